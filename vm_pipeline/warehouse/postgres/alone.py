"""One publisher at a time, and no waiting without end for what readers hold.

Belongs here: the lock, and who has it. The server drops it with the transaction, so none is ever left behind.
Does not belong here: what is done under it.
"""

from dataclasses import dataclass

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
    return str(holder(con) or "it has just ended")


@dataclass(frozen=True)
class Holder:
    """A session that has the lock, as far as we may see it. `moved`: bytes of the COPY it is in.

    `waits`: seconds since its last statement began, if it waits for its client; else 0.
    """

    pid: int
    user: str
    since: str
    waits: float
    moved: int

    def __str__(self) -> str:
        return f"process {self.pid} of {self.user}, since {self.since} UTC"


def holder(con: Connection) -> Holder | None:
    """Who has the lock of this database. Asked as the login: what a session does is shown to its own role alone."""
    there = con.begin_nested()
    con.execute(text("SET LOCAL ROLE NONE"))
    con.execute(text("SELECT pg_stat_clear_snapshot()"))  # or who asks twice in a transaction is told the same twice
    row = con.execute(
        text(
            "SELECT pid, usename, "
            "coalesce(to_char(xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS'), 'a time not shown') AS since, "
            "CASE WHEN wait_event = 'ClientRead' THEN extract(epoch FROM clock_timestamp() - state_change) END "
            "AS waits, bytes_processed AS moved FROM pg_locks JOIN pg_stat_activity USING (pid) "
            "LEFT JOIN pg_stat_progress_copy USING (pid) WHERE locktype = 'advisory' AND granted "
            f"AND (classid::bigint << 32 | objid::bigint) = {_LOCK} AND database = "
            "(SELECT oid FROM pg_database WHERE datname = current_database())"
        )
    ).first()
    there.rollback()
    return Holder(row.pid, row.usename, row.since, float(row.waits or 0), row.moved or 0) if row else None
