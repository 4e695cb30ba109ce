"""The warehouse on a PostgreSQL server: the tables of the snapshot, kept the same by publishing what changed.

Belongs here: addresses, the schema as PostgreSQL keeps it, publishing, upgrading, rights.
Does not belong here: what is published (tables), how it is made (build); publishing copies a finished draft.
"""
