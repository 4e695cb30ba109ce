"""One publisher at a time, and no waiting without end for what readers hold.

Belongs here: the lock, who has it, who keeps tables in use. The server drops it with the transaction, so none is ever
left behind.
Does not belong here: what is done under it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from vm_pipeline.warehouse.postgres.refused import WarehouseRefused
from vm_pipeline.warehouse.tables import SCHEMA

_LOCK = 8_766_719_001  # any number will do, as long as every publisher takes the same
_PATIENCE = 600  # seconds for another publisher: a night of ten million rows takes a few minutes
_TABLE_PATIENCE = 30  # seconds for a reader to let go of a table whose columns change; others wait behind us
_SINCE = "coalesce(to_char(xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') || ' UTC', 'a time not shown')"


def alone(con: Connection, patience: int = _PATIENCE, tell: Callable[[str], None] = lambda said: None) -> None:
    """Wait for the lock, for `patience` seconds, and `tell` of it. Raises WarehouseRefused, with who has it."""
    if not con.execute(text(f"SELECT pg_try_advisory_xact_lock({_LOCK})")).scalar():
        tell(f"Waiting for another publisher to end, for up to {patience} s: {_who(con)}.")
        _wait(con, patience)
    con.execute(text(f"SET LOCAL lock_timeout = '{_TABLE_PATIENCE}s'"))


def _wait(con: Connection, patience: int) -> None:
    con.execute(text(f"SET LOCAL lock_timeout = '{patience}s'"))
    there = con.begin_nested()
    try:
        con.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
    except DBAPIError as error:
        if not _waited_too_long(error):
            raise
        there.rollback()
        raise WarehouseRefused(
            f"found another publisher at work ({_who(con)}) for more than {patience} s, expected it to end. "
            "Nothing was published; run again when it has ended, or end it."
        ) from None
    there.commit()


@contextmanager
def while_nobody_reads(con: Connection) -> Iterator[None]:
    """What changes tables, undone where readers do not let go of them. Raises WarehouseRefused, with who they are."""
    there = con.begin_nested()
    try:
        yield
    except DBAPIError as error:
        if not _waited_too_long(error):
            raise
        there.rollback()
        raise WarehouseRefused(_in_use(con)) from None
    there.commit()


def _waited_too_long(error: DBAPIError) -> bool:
    return getattr(error.orig, "sqlstate", "") == "55P03"


def _in_use(con: Connection) -> str:
    """Who uses tables of the warehouse, as far as we may see it, for longer than we have waited."""
    con.execute(text("SET LOCAL ROLE NONE"))
    found = con.execute(
        text(
            f"SELECT pid, coalesce(usename, 'the server') AS usename, application_name, {_SINCE} AS since, "
            "string_agg(DISTINCT relation::regclass::text, ', ' ORDER BY relation::regclass::text) AS tables "
            "FROM pg_locks JOIN pg_stat_activity USING (pid) "
            "WHERE locktype = 'relation' AND granted AND pid <> pg_backend_pid() "
            "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
            f"AND relation IN (SELECT oid FROM pg_class WHERE relnamespace = to_regnamespace('{SCHEMA}') "
            "AND relkind IN ('r', 'p', 'v')) "
            f"AND coalesce(xact_start < clock_timestamp() - interval '{_TABLE_PATIENCE} s', true) "
            "GROUP BY pid, usename, application_name, xact_start ORDER BY xact_start"
        )
    ).all()
    held = [f"{_session(one)}, which uses {one.tables}" for one in found] or ["a session that has just ended"]
    end = "".join(f", or SELECT pg_terminate_backend({one.pid})" for one in found)
    return (
        f"found tables in use for more than {_TABLE_PATIENCE} s by {'; '.join(held)}; expected a moment in which no "
        "transaction uses them, for their columns change. Nothing was changed. Ask them to end it (COMMIT)"
        f"{end}; then run again."
    )


def _session(one: Any) -> str:
    """A row with pid, usename, application_name, since."""
    return f"process {one.pid} of {one.usename} ({one.application_name or 'application not told'}), since {one.since}"


def _who(con: Connection) -> str:
    return str(holder(con) or "it has just ended")


@dataclass(frozen=True)
class Holder:
    """A session that has the lock, as far as we may see it. `moved`: bytes of the COPY it is in.

    `waits`: seconds since its last statement began, if it waits for its client; else 0.
    """

    pid: int
    said: str
    waits: float
    moved: int

    def __str__(self) -> str:
        return self.said


def holder(con: Connection) -> Holder | None:
    """Who has the lock of this database. Asked as the login: what a session does is shown to its own role alone."""
    there = con.begin_nested()
    con.execute(text("SET LOCAL ROLE NONE"))
    con.execute(text("SELECT pg_stat_clear_snapshot()"))  # or who asks twice in a transaction is told the same twice
    row = con.execute(
        text(
            f"SELECT pid, usename, application_name, {_SINCE} AS since, "
            "CASE WHEN wait_event = 'ClientRead' THEN extract(epoch FROM clock_timestamp() - state_change) END "
            "AS waits, bytes_processed AS moved FROM pg_locks JOIN pg_stat_activity USING (pid) "
            "LEFT JOIN pg_stat_progress_copy USING (pid) WHERE locktype = 'advisory' AND granted "
            f"AND (classid::bigint << 32 | objid::bigint) = {_LOCK} AND database = "
            "(SELECT oid FROM pg_database WHERE datname = current_database())"
        )
    ).first()
    there.rollback()
    return Holder(row.pid, _session(row), float(row.waits or 0), row.moved or 0) if row else None
