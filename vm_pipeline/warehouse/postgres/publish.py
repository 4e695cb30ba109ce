"""Publishing: a finished draft copied to PostgreSQL, in one transaction, and of it only what changed.

Belongs here: comparing parts, replacing their rows, noting what was published.
Does not belong here: building the draft (build), what a part is (parts), changing the schema (upgrade).

Readers see the night before until the commit, and this one after it. Rows are deleted and copied: TRUNCATE and a swap
of partitions would stop readers, and show those with an older snapshot an empty table.
"""

import contextlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from sqlalchemy import Connection, Table, text

from vm_pipeline.warehouse.fingerprint import CONTENT, POSTGRES, digest_query, of_digests
from vm_pipeline.warehouse.postgres.address import opened, shown
from vm_pipeline.warehouse.postgres.alone import alone
from vm_pipeline.warehouse.postgres.parts import Content, contents, is_in, time_of, year_of
from vm_pipeline.warehouse.postgres.refused import WarehouseRefused
from vm_pipeline.warehouse.postgres.schema import (
    attach_partition,
    content,
    is_created,
    make_partition,
    partition,
    partitions,
    publication,
)
from vm_pipeline.warehouse.postgres.upgrade import bring_up_to_date, set_up
from vm_pipeline.warehouse.snapshot import Publication
from vm_pipeline.warehouse.snapshot import published as published_in_file
from vm_pipeline.warehouse.tables import SCHEMA, TABLES

_BATCH = 100_000  # rows of CSV at a time: some 10 MB


@dataclass(frozen=True)
class Change:
    """Parts of one table that lie in one place (a partition, or the table itself) and are not as they were."""

    table: Table
    year: str
    parts: tuple[str, ...]
    is_all: bool

    @property
    def place(self) -> str:
        """Where the rows go."""
        return partition(self.table.name, self.year) if self.year else f"{SCHEMA}.{self.table.name}"

    @property
    def rows(self) -> str:
        """A condition on the rows of these parts, for both engines."""
        return " OR ".join(f"({is_in(self.table, part)})" for part in self.parts)


def published(address: str) -> Publication | None:
    """What the warehouse was made from; None where there is none that can be asked."""
    with contextlib.suppress(WarehouseRefused), opened(address) as con:
        return _last(con) if is_created(con) else None
    return None


def fingerprint(address: str) -> str:
    """The fingerprint of what is published. Raises WarehouseRefused, also where only some rows may be seen."""
    with opened(address, row_security=False) as con:
        if not is_created(con):
            raise WarehouseRefused(f"{shown(address)}: found no warehouse, expected a published one. Use `run` first.")
        found = {table.name: con.exec_driver_sql(digest_query(table, POSTGRES)).one() for table in CONTENT}
    return of_digests({name: " ".join(map(str, row)) for name, row in found.items()})


def publish(draft: Path, address: str) -> bool:
    """Make the warehouse what a finished draft is. False, and nothing happened, where a newer night is there.

    A failure leaves what was there. Raises WarehouseRefused.
    """
    mine = published_in_file(draft)
    if mine is None:
        raise ValueError(f"{draft}: found no publication in it, expected a finished draft")
    with duckdb.connect(str(draft), read_only=True) as source, opened(address) as con:
        wanted = {table.name: contents(source, table) for table in TABLES}
        _prepare(con)
        with con.begin():
            alone(con)
            if not is_created(con):
                set_up(con)
            there = _last(con)
            if there and there.as_of > mine.as_of:
                return False
            _replace(con, source, wanted)
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


def _last(con: Connection) -> Publication | None:
    row = con.execute(publication.select().order_by(publication.c.number.desc()).limit(1)).first()
    return Publication(row.inputs, row.as_of, row.code) if row else None


def _replace(con: Connection, source: duckdb.DuckDBPyConnection, wanted: dict[str, dict[str, Content]]) -> None:
    there = partitions(con)
    for table in TABLES:
        before = _noted(con, table)
        found = changes(table, before, wanted[table.name])
        new = [change for change in found if change.year and change.place not in there]
        for change in found:
            _put(con, source, change, is_new=change in new)
        if found:
            _note(con, table, wanted[table.name])
            _analyse(con, table, [] if new else found)


def _analyse(con: Connection, table: Table, changed: list[Change]) -> None:
    """Statistics of the places that changed; of all, and of the table as a whole, where a partition is new."""
    for place in [change.place for change in changed] or [f"{SCHEMA}.{table.name}"]:
        con.execute(text(f"ANALYZE {place}"))


def changes(table: Table, before: dict[str, Content], now: dict[str, Content]) -> list[Change]:
    """What has to be written, place by place."""
    years: dict[str, list[str]] = {}
    for part in sorted({*before, *now}):
        if before.get(part) != now.get(part):
            years.setdefault(_year(table, part), []).append(part)
    kept = {_year(table, part) for part in before if before[part] == now.get(part)}
    return [Change(table, year, tuple(parts), year not in kept) for year, parts in years.items()]


def _year(table: Table, part: str) -> str:
    return year_of(part) if time_of(table) else ""


def _put(con: Connection, source: duckdb.DuckDBPyConnection, change: Change, is_new: bool) -> None:
    if is_new:
        make_partition(con, change.table, change.year)
    else:
        con.exec_driver_sql(f"DELETE FROM {change.place}" + ("" if change.is_all else f" WHERE {change.rows}"))
    _copy(con, source, change)
    if is_new:
        attach_partition(con, change.table, change.year)


def _copy(con: Connection, source: duckdb.DuckDBPyConnection, change: Change) -> None:
    """Rows as CSV, in the order of the key, so that what is asked for together lies together."""
    import pyarrow.csv

    columns = ", ".join(f'"{column.name}"' for column in change.table.columns)
    key = ", ".join(change.table.primary_key.columns.keys())
    rows = source.execute(
        f"SELECT {columns} FROM {SCHEMA}.{change.table.name} WHERE {change.rows} ORDER BY {key}"
    ).to_arrow_reader(_BATCH)
    bare = pyarrow.csv.WriteOptions(include_header=False)
    with _cursor(con) as cursor, cursor.copy(f"COPY {change.place} ({columns}) FROM STDIN (FORMAT csv)") as copy:
        for batch in rows:
            text_of_batch = io.BytesIO()
            pyarrow.csv.write_csv(batch, text_of_batch, bare)
            copy.write(text_of_batch.getbuffer())


def _cursor(con: Connection) -> Any:
    driver = con.connection.driver_connection
    if driver is None:
        raise WarehouseRefused("found a connection that is closed, expected an open one.")
    return driver.cursor()


def _noted(con: Connection, table: Table) -> dict[str, Content]:
    rows = con.execute(content.select().where(content.c.table_name == table.name))
    return {row.part: Content(row.rows, row.digest) for row in rows}


def _note(con: Connection, table: Table, now: dict[str, Content]) -> None:
    con.execute(content.delete().where(content.c.table_name == table.name))
    rows = [{"table_name": table.name, "part": part, "rows": c.rows, "digest": c.digest} for part, c in now.items()]
    if rows:
        con.execute(content.insert(), rows)
