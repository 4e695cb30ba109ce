"""Tests of the checks: each fails when it should, passes when it should, and tells no cell."""
