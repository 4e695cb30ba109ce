"""A month of nights by Dagster's own daemon on PostgreSQL, on a clock that is put forward."""
