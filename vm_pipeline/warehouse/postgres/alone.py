"""One publisher at a time, and no waiting without end for what readers hold.

Belongs here: the lock. The server drops it with the transaction, so none is ever left behind.
Does not belong here: what is done under it.
"""

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from vm_pipeline.warehouse.postgres.refused import WarehouseRefused

_LOCK = 8_766_719_001  # any number will do, as long as every publisher takes the same
_PATIENCE = 600  # seconds for another publisher: a night of ten million rows takes a few minutes
_TABLE_PATIENCE = 30  # seconds for a reader to let go of a table whose columns change; others wait behind us


def alone(con: Connection, patience: int = _PATIENCE) -> None:
    """Wait for the lock, for `patience` seconds. Raises WarehouseRefused, with who has it."""
    con.execute(text(f"SET LOCAL lock_timeout = '{patience}s'"))
    there = con.begin_nested()
    try:
        con.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", "") != "55P03":
            raise
        there.rollback()
        raise WarehouseRefused(
            f"found another publisher at work ({_who(con)}) for more than {patience} s, expected it to end. "
            "Nothing was published; run again when it has ended, or end it."
        ) from None
    there.commit()
    con.execute(text(f"SET LOCAL lock_timeout = '{_TABLE_PATIENCE}s'"))


def _who(con: Connection) -> str:
    """The process that holds the lock, as far as we may see it."""
    row = con.execute(
        text(
            "SELECT pid, usename, to_char(xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') "
            "FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory' AND granted "
            f"AND (classid::bigint << 32 | objid::bigint) = {_LOCK} AND database = "
            "(SELECT oid FROM pg_database WHERE datname = current_database())"
        )
    ).first()
    return f"process {row[0]} of {row[1]}, since {row[2]} UTC" if row else "it has just ended"
