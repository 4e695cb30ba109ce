"""Real data of seven London trusts, brought in by configuration alone."""
