"""Tests of the warehouse: shares, what is live, team_month, as-of, fingerprint, publishing."""
