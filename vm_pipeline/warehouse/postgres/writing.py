"""Rows on their way to the server: parts made the draft's, whole or only the rows that are others.

Belongs here: DELETE, COPY, and statistics of what was written much.
Does not belong here: what changed (changes, night_before), the transaction (publish).
"""

import io
from typing import Any

import duckdb
from sqlalchemy import Connection, text

from vm_pipeline.warehouse.parts import BATCH
from vm_pipeline.warehouse.postgres import night_before
from vm_pipeline.warehouse.postgres.changes import Change
from vm_pipeline.warehouse.postgres.night_before import Gone, Row
from vm_pipeline.warehouse.postgres.refused import WarehouseRefused
from vm_pipeline.warehouse.postgres.schema import attach_partition, kept, make_partition
from vm_pipeline.warehouse.postgres.shape import word
from vm_pipeline.warehouse.tables import SCHEMA

_BATCH = 100_000  # rows of CSV at a time: some 10 MB


def fill(con: Connection, source: duckdb.DuckDBPyConnection, change: Change) -> None:
    """A partition that is not there yet."""
    make_partition(con, change.table, change.year)
    _copy(con, source, change, _in_draft(change))
    attach_partition(con, change.table, change.year)


def replace(con: Connection, source: duckdb.DuckDBPyConnection, change: Change) -> int:
    """All rows of the parts. Returns how many were written."""
    con.exec_driver_sql(f"DELETE FROM {change.place}" + ("" if change.is_all else f" WHERE {change.rows}"))
    return _copy(con, source, change, _in_draft(change))


def amend(con: Connection, source: duckdb.DuckDBPyConnection, change: Change, gone: Gone) -> int:
    """Only rows that are others: `gone` are those that go. Returns how many were written."""
    if gone.batches:
        where = f"({change.rows}) AND {BATCH} = ANY(%s)"
        con.exec_driver_sql(f"DELETE FROM {change.place} WHERE {where}", (gone.batches,))
    if gone.keys:
        _delete(con, change, gone.keys)
    return _copy(con, source, change, night_before.new(change))


def analyse(con: Connection, place: str) -> None:
    """New statistics, without which a question on many new rows may be planned badly."""
    con.execute(text(f"ANALYZE {place}"))


def _in_draft(change: Change) -> str:
    return f"SELECT * FROM {SCHEMA}.{change.table.name} WHERE {change.rows}"


def _delete(con: Connection, change: Change, keys: list[Row]) -> None:
    """Rows by their key: one statement, an array a column."""
    columns = kept()[change.table.name].primary_key.columns
    names = ", ".join(f'"{column.name}"' for column in columns)
    arrays = ", ".join(f"%s::{word(column.type)}[]" for column in columns)
    same = " AND ".join(f'place."{column.name}" = gone."{column.name}"' for column in columns)
    with _cursor(con) as cursor:
        cursor.execute(
            f"DELETE FROM {change.place} AS place USING unnest({arrays}) AS gone ({names}) WHERE {same}",
            list(map(list, zip(*keys, strict=True))),
        )


def _copy(con: Connection, source: duckdb.DuckDBPyConnection, change: Change, select: str) -> int:
    """Rows as CSV, in the order of the key, so that what is asked for together lies together."""
    import pyarrow.csv

    columns = ", ".join(f'"{column.name}"' for column in change.table.columns)
    key = ", ".join(change.table.primary_key.columns.keys())
    rows = source.sql(f"SELECT {columns} FROM ({select}) ORDER BY {key}").to_arrow_reader(_BATCH)
    bare = pyarrow.csv.WriteOptions(include_header=False)
    with _cursor(con) as cursor:
        with cursor.copy(f"COPY {change.place} ({columns}) FROM STDIN (FORMAT csv)") as copy:
            for batch in rows:
                text_of_batch = io.BytesIO()
                pyarrow.csv.write_csv(batch, text_of_batch, bare)
                copy.write(text_of_batch.getbuffer())
        return int(cursor.rowcount)


def _cursor(con: Connection) -> Any:
    driver = con.connection.driver_connection
    if driver is None:
        raise WarehouseRefused("found a connection that is closed, expected an open one.")
    return driver.cursor()
