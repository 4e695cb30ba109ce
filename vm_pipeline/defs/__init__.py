"""Dagster: assets, checks, partitions, jobs, schedules, sensors. Thin: every step's work is done elsewhere.

Belongs here: what Dagster must be told, and nothing that would be missed without Dagster.
"""
