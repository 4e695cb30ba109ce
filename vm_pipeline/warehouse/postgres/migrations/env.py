"""Alembic's entry: runs revisions on the connection it is given, within its transaction.

Belongs here: where Alembic keeps its note. Does not belong here: addresses, transactions (upgrade has them).
"""

from alembic import context

context.configure(connection=context.config.attributes["connection"], version_table_schema="vm_ops")
context.run_migrations()
