"""Publishing: a finished draft copied to PostgreSQL, in one transaction, and of it only what changed.

Belongs here: the transaction, its order, noting what was published.
Does not belong here: building the draft (build), what changed (changes), writing it (writing), upgrade.

Readers see the night before until the commit, and this one after it. Rows are deleted and copied: TRUNCATE and a swap
of partitions would stop readers, and show those with an older snapshot an empty table.
"""

import contextlib
from pathlib import Path

import duckdb
from sqlalchemy import Connection, Table

from vm_pipeline.warehouse.fingerprint import CONTENT, POSTGRES, digest_query, of_digests
from vm_pipeline.warehouse.postgres import night_before, writing
from vm_pipeline.warehouse.postgres.address import opened, shown
from vm_pipeline.warehouse.postgres.alone import alone
from vm_pipeline.warehouse.postgres.changes import Change, changes
from vm_pipeline.warehouse.postgres.parts import Content, contents
from vm_pipeline.warehouse.postgres.refused import WarehouseRefused
from vm_pipeline.warehouse.postgres.schema import content, is_created, partitions, publication
from vm_pipeline.warehouse.postgres.upgrade import bring_up_to_date, set_up
from vm_pipeline.warehouse.snapshot import Publication
from vm_pipeline.warehouse.snapshot import published as published_in_file
from vm_pipeline.warehouse.tables import SCHEMA, TABLES

Source = duckdb.DuckDBPyConnection


def published(address: str) -> Publication | None:
    """What the warehouse was made from; None where there is none that can be asked."""
    with contextlib.suppress(WarehouseRefused), opened(address) as con:
        return last(con) if is_created(con) else None
    return None


def last(con: Connection) -> Publication | None:
    """The last night published to a warehouse; None where none was."""
    row = con.execute(publication.select().order_by(publication.c.number.desc()).limit(1)).first()
    return Publication(row.inputs, row.as_of, row.code) if row else None


def fingerprint(address: str) -> str:
    """The fingerprint of what is published. Raises WarehouseRefused, also where only some rows may be seen."""
    with opened(address, row_security=False) as con:
        if not is_created(con):
            raise WarehouseRefused(f"{shown(address)}: found no warehouse, expected a published one. Use `run` first.")
        found = {table.name: con.exec_driver_sql(digest_query(table, POSTGRES)).one() for table in CONTENT}
    return of_digests({name: " ".join(map(str, row)) for name, row in found.items()})


def publish(draft: Path, address: str, before: Path | None = None) -> bool:
    """Make the warehouse what a finished draft is. False, and nothing happened, where a newer night is there.

    `before`: the file readers had until now. Where it has what the server has, only rows that differ are written.
    A failure leaves what was there. Raises WarehouseRefused.
    """
    mine = published_in_file(draft)
    if mine is None:
        raise ValueError(f"{draft}: found no publication in it, expected a finished draft")
    with duckdb.connect(str(draft), read_only=True) as source, opened(address) as con:
        wanted = {table.name: contents(source, table) for table in TABLES}
        beside = night_before.take_up(source, before)
        _prepare(con)
        with con.begin():
            alone(con)
            if not is_created(con):
                set_up(con)
            there = last(con)
            if there and there.as_of > mine.as_of:
                return False
            _write(con, source, wanted, beside)
            con.execute(publication.insert().values(inputs=mine.inputs, as_of=mine.as_of, code=mine.code))
        with contextlib.suppress(WarehouseRefused):  # published it is; columns become required the next time
            _prepare(con)
    return True


def _prepare(con: Connection) -> None:
    """Upgrade an older warehouse, in a transaction of its own: readers wait for a moment, not for the copying."""
    with con.begin():
        alone(con)
        if is_created(con):
            bring_up_to_date(con)


def _write(con: Connection, source: Source, contents_now: dict[str, dict[str, Content]], beside: bool) -> None:
    """Every change of every table. `beside`: the night before is at hand."""
    there = partitions(con)
    for table in TABLES:
        now = contents_now[table.name]
        found = changes(table, _noted(con, table), now)
        new = [change for change in found if change.year and change.place not in there]
        for change in found:
            if change in new:
                writing.fill(con, source, change)
            else:
                _change(con, source, change, beside)
        if new:  # of the table as a whole too, which autovacuum never looks at
            writing.analyse(con, f"{SCHEMA}.{table.name}")
        if found:
            _note(con, table, now)


def _change(con: Connection, source: Source, change: Change, beside: bool) -> None:
    gone = night_before.gone(source, change) if beside else None
    replaced = writing.replace(con, source, change) if gone is None else writing.amend(con, source, change, gone)
    if change.is_much(replaced):
        writing.analyse(con, change.place)


def _noted(con: Connection, table: Table) -> dict[str, Content]:
    rows = con.execute(content.select().where(content.c.table_name == table.name))
    return {row.part: Content(row.rows, row.digest) for row in rows}


def _note(con: Connection, table: Table, now: dict[str, Content]) -> None:
    con.execute(content.delete().where(content.c.table_name == table.name))
    rows = [{"table_name": table.name, "part": part, "rows": c.rows, "digest": c.digest} for part, c in now.items()]
    if rows:
        con.execute(content.insert(), rows)
