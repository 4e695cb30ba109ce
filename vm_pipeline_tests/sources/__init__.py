"""Tests of what is received: drop folder, landing, receipts, versions."""
