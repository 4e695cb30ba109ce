"""Tests of the contracts and the calendar: what may be sent, and how time is counted."""
