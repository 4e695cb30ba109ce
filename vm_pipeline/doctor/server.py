"""The warehouse on a PostgreSQL server, where the settings name one: whether a night can be published there, and is.

Belongs here: reaching it, rights, its schema, the night it has, who holds the lock of publishers.
Does not belong here: the file (contents); mending, which `upgrade` and `run` do.
"""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from vm_pipeline.doctor.finding import Finding, named, note, ok, wrong
from vm_pipeline.doctor.nights import behind
from vm_pipeline.home import Home
from vm_pipeline.warehouse.postgres.refused import WarehouseRefused
from vm_pipeline.warehouse.snapshot import published

if TYPE_CHECKING:  # a database driver takes long to import, and most homes have no server
    from sqlalchemy import Connection

_LONG = 60  # seconds that no publisher at work lets the server wait for
_LOOK_AGAIN = 2  # seconds in which a COPY that is fed moves on
_UPGRADING = "See docs/how-to/publish-to-postgresql.md, on upgrading."


def warehouse(of: Home) -> Iterator[Finding]:
    """Everything of the server; nothing where no address is named. No finding has a password in it."""
    if not of.settings.postgres:
        return
    from vm_pipeline.warehouse.postgres.address import opened, shown

    try:
        with opened(of.settings.postgres) as con:
            yield ok("server", f"{shown(of.settings.postgres)}, PostgreSQL {_version(con)}")
            may = _may_publish(con)
            yield may
            if may.state == "wrong":
                return
            yield from _may_read(con)
            yield from _schema(con)
            yield from _night(con, of)
            yield _lock(con)
    except WarehouseRefused as error:
        found, _, rest = str(error).partition(", expected ")
        expected, _, remedy = rest.partition(". ")
        yield wrong("server", found, expected.rstrip("."), remedy or "See the log of the server.")


def _version(con: "Connection") -> str:
    return str(con.exec_driver_sql("SHOW server_version").scalar()).split()[0]


def _may_publish(con: "Connection") -> Finding:
    """The login may act as the owner of what is there, or make what is not."""
    from vm_pipeline.warehouse.postgres.schema import kept

    others = _names(
        con,
        "SELECT oid::regclass::text FROM pg_class WHERE relkind IN ('r', 'p') AND NOT pg_has_role(relowner, 'USAGE') "
        "AND (relnamespace = to_regnamespace('vm_ops') OR relnamespace = to_regnamespace('vm') AND relname = ANY(%s)) "
        "ORDER BY relnamespace <> to_regnamespace('vm'), 1",
        (list(kept()),),
    )
    closed = _names(
        con,
        "SELECT name FROM unnest(ARRAY['vm', 'vm_ops']) AS name WHERE NOT CASE WHEN to_regnamespace(name) IS NULL "
        "THEN has_database_privilege(current_database(), 'CREATE') ELSE has_schema_privilege(name, 'CREATE') END",
    )
    login = con.exec_driver_sql("SELECT session_user").scalar()
    if not others and not closed:
        return ok("server_rights", f"login {login} may publish")
    what = f"write {named(others)}" if others else f"make tables in {named(closed)}"
    remedy = "An administrator runs `vm-pipeline roles` there, and grants vm_publisher to this login."
    return wrong("server_rights", f"login {login}, who may not {what}", "one who may act as the owner", remedy)


def _may_read(con: "Connection") -> Iterator[Finding]:
    """Where there are roles, each may read what it is for."""
    from vm_pipeline.warehouse.postgres.address import has_roles
    from vm_pipeline.warehouse.postgres.rights import may_read

    if not has_roles(con):
        return
    there = _names(
        con, "SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace('vm') AND relkind IN ('p', 'r')"
    )
    pairs = [(role, name) for name in there for role in may_read(name)]
    unread = _names(
        con,
        "SELECT name || ' by ' || role FROM unnest(%s::text[], %s::text[]) AS asked (role, name) "
        "WHERE NOT has_table_privilege(role, 'vm.' || quote_ident(name), 'SELECT') ORDER BY 1",
        ([role for role, _ in pairs], [name for _, name in pairs]),
    )
    if unread:
        remedy = "Grant it again, or ask who revoked it."
        yield wrong("server_rights", f"no right to read {named(unread)}", "what these roles are for", remedy)


def _schema(con: "Connection") -> Iterator[Finding]:
    """Tables, columns and keys against those of this version."""
    from vm_pipeline.warehouse.postgres.schema import is_created, kept
    from vm_pipeline.warehouse.postgres.shape import ALWAYS_THERE, declared, found, own_columns
    from vm_pipeline.warehouse.postgres.upgrade import EMPTIED, is_current, to_do

    if not is_created(con):
        yield note("server_schema", "no warehouse there yet", "a published one", "`vm-pipeline run`.")
        return
    if own := own_columns(found(con), declared(kept().values())):
        yield note("server_schema", f"columns of your own: {named([one.name for one in own])}", "none", EMPTIED)
    other = to_do(con)
    said = named([str(one) for one in other]) or "other indexes, views, functions, comments or rights"
    if any(one.breaks for one in other):
        yield wrong("server_schema", f"a schema of another version: {said}", "that of this version", _UPGRADING)
    elif other or not is_current(con):
        filled = other and all(one.what == ALWAYS_THERE for one in other)
        remedy = "`vm-pipeline run`: a night fills it." if filled else "`vm-pipeline upgrade`."
        yield wrong("server_schema", f"a schema of another version: {said}", "that of this version", remedy)
    else:
        yield ok("server_schema", f"{len(kept())} tables of this version")


def _night(con: "Connection", of: Home) -> Iterator[Finding]:
    """What is published there, against the file."""
    from vm_pipeline.warehouse.postgres.publish import last
    from vm_pipeline.warehouse.postgres.schema import is_created

    mine, received = published(of.settings.warehouse), of.landing.last_moment
    there = last(con) if is_created(con) else None
    if there and received and there.as_of > received:
        yield behind("server_night", there.as_of, received)
        return
    if mine is None or not is_created(con):
        return
    if there is None or there.as_of < mine.as_of:
        found = f"the night as of {there.as_of}" if there else "no night"
        yield wrong("server_night", found, f"that of {mine.as_of}, which the file has", "`vm-pipeline run`.")
    elif there != mine:
        remedy = "One home publishes to one server: see which other one does, or which file is older."
        yield note("server_night", f"the night as of {there.as_of}", f"that of {mine.as_of}, as in the file", remedy)
    else:
        yield ok("server_night", f"published as of {there.as_of}, as the file")


def _lock(con: "Connection") -> Finding:
    """Who publishes. A session whose program is gone waits for it, and nothing moves."""
    from vm_pipeline.warehouse.postgres.alone import holder

    first = holder(con)
    if first and first.waits > _LONG:
        time.sleep(_LOOK_AGAIN)
        again = holder(con)
        if again and (again.pid, again.moved) == (first.pid, first.moved) and again.waits > first.waits:
            found = f"the lock of publishers held by {again}, which has waited {again.waits:.0f} s for its program"
            remedy = f"If no run is at work: SELECT pg_terminate_backend({again.pid}); nothing of it is published."
            return wrong("server_lock", found, "no session without a program", remedy)
    if first:
        return note("server_lock", f"a publisher at work: {first}", "none, or a run at work", "Wait for it to end.")
    return ok("server_lock", "no publisher at work")


def _names(con: "Connection", sql: str, given: tuple[list[str], ...] = ()) -> list[str]:
    return [str(name) for name in con.exec_driver_sql(sql, given or None).scalars()]
