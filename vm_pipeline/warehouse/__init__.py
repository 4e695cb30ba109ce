"""The warehouse: tables declared once, the runner of `sql/`, the publishers, the fingerprint.

Belongs here: everything between typed batches and what readers see.
Does not belong here: connectors, parsing, Dagster.
"""
