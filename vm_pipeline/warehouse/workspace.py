"""The DuckDB in which one warehouse is built: inputs under `staging`, steps under `core`, what is published under `vm`.

Belongs here: opening it, creating declared tables, running SQL files, timing them.
Does not belong here: filling the inputs (inputs), what the files compute (sql/), publishing (snapshot).
"""

import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from sqlalchemy import Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from vm_pipeline.memory import limits
from vm_pipeline.staging.naming import literal
from vm_pipeline.warehouse.drafts import core_of, spill_of
from vm_pipeline.warehouse.statements import Statement, macros, reading
from vm_pipeline.warehouse.tables import METADATA, SCHEMA, TABLES
from vm_pipeline.warehouse.views import create_view, in_order

# Text is written in half the time of the oldest format; DuckDB 1.3 and later can read it.
STORAGE = "v1.3.0"
_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]  # DuckDB reads PostgreSQL's DDL


@dataclass(frozen=True)
class Built:
    """One table after its statement ran. Rows of a view are not counted."""

    statement: Statement
    rows: int | None
    seconds: float
    # A column and its values, of teams with their provider before each: no row of others was made.
    only: tuple[str, tuple[str, ...]] | None = None


@contextmanager
def open_workspace(path: Path, memory: str = "", threads: int = 0) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection whose default database is the file at `path`, `staging` in memory, `core` in a file beside it.

    `core` stays, so that marts can be filled, or filled again, by another process than the one that built it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # A remainder of nothing is no number, as a ratio over nothing is none: one such row is not to stop the night.
    ours = {"preserve_insertion_order": "false", "error_on_division_by_zero": "false"}
    ours |= {"temp_directory": str(spill_of(path))}
    con = duckdb.connect(config=limits(memory, threads) | ours)
    try:
        con.execute(f"ATTACH {literal(path)} AS warehouse (STORAGE_VERSION '{STORAGE}')")
        con.execute(f"ATTACH {literal(core_of(path))} AS core (STORAGE_VERSION '{STORAGE}')")
        con.execute("ATTACH ':memory:' AS staging; USE warehouse")
        yield con
    finally:
        con.close()


def create_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Every declared table, empty, with its comments; the macros and the views, which stay in the file for readers.

    Tables that are there already, those of the last night, are left. In one transaction: hundreds take twice as long.
    """
    if con.execute("FROM duckdb_schemas() WHERE database_name = 'warehouse' AND schema_name = ?", [SCHEMA]).fetchall():
        return
    con.execute(f"BEGIN; CREATE SCHEMA {SCHEMA}")
    for macro in macros().values():
        con.execute(macro)
    for table in TABLES:
        _create(con, table)
    for view in in_order():
        con.execute(";".join([create_view(view), *comments(view, "VIEW")]))
    con.execute("COMMIT")


def _create(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    con.execute(";".join([ddl(table), *comments(table)]))


def ddl(table: Table) -> str:
    """CREATE TABLE. The key of a large table holds by construction: an index on it costs more than the table."""
    if not table.info["large"]:
        return str(CreateTable(table).compile(dialect=_DIALECT))
    return str(CreateTable(_without_key(table)).compile(dialect=_DIALECT))


def _without_key(table: Table) -> Table:
    from sqlalchemy import Column, MetaData

    columns: list[Column[Any]] = [Column(c.name, c.type, nullable=c.nullable) for c in table.columns]
    return Table(table.name, MetaData(schema=SCHEMA), *columns)


def comments(table: Table, kind: str = "TABLE") -> list[str]:
    """COMMENT ON statements of a table, or a VIEW, and its columns."""
    name = f"{SCHEMA}.{table.name}"
    columns = {f'COLUMN {name}."{column.name}"': column.comment for column in table.columns}
    said = {f"{kind} {name}": table.comment} | columns
    return [f"COMMENT ON {what} IS {literal(comment or '')}" for what, comment in said.items()]


def run(con: duckdb.DuckDBPyConnection, statement: Statement) -> Built:
    """Fill one table from its file, whatever it held before."""
    start = time.perf_counter()
    if not statement.published:
        con.execute(f"CREATE OR REPLACE TABLE {statement.target} AS {statement.sql}")
        return Built(statement, _rows(con, statement), time.perf_counter() - start)
    if _rows(con, statement):
        con.execute(f"DROP TABLE {statement.target}")
        _create(con, METADATA.tables[statement.target])
    _insert(con, statement, statement.sql)
    return Built(statement, _rows(con, statement), time.perf_counter() - start)


def replace_rows(
    con: duckdb.DuckDBPyConnection, statement: Statement, sql: str, whose: str, only: tuple[str, Collection[str]]
) -> Built:
    """Put what `sql` finds, its file over some of the rows, in place of the rows `whose` says; `only` names them."""
    start = time.perf_counter()
    con.execute(f"DELETE FROM {statement.target} WHERE {whose}")
    _insert(con, statement, sql)
    column, values = only
    return Built(statement, _rows(con, statement), time.perf_counter() - start, (column, tuple(values)))


def put_view(con: duckdb.DuckDBPyConnection, statement: Statement, names: Mapping[str, str]) -> Built:
    """Its SQL as a view. `names`: of each table it reads the one by which it is found from everywhere."""
    con.execute(f"CREATE OR REPLACE VIEW {statement.target} AS {reading(statement, names)}")
    return Built(statement, None, 0.0, ("", ()))


def untouched(con: duckdb.DuckDBPyConnection, statement: Statement) -> Built:
    """A table that stays as it is."""
    return Built(statement, _rows(con, statement), 0.0, ("", ()))


def _insert(con: duckdb.DuckDBPyConnection, statement: Statement, sql: str) -> None:
    declared = METADATA.tables.get(statement.target)
    columns = ", ".join(f'"{column.name}"' for column in declared.columns) if declared is not None else "*"
    con.execute(f"INSERT INTO {statement.target} BY NAME SELECT {columns} FROM ({sql}\n)")


def _rows(con: duckdb.DuckDBPyConnection, statement: Statement) -> int:
    ((rows,),) = con.execute(f"SELECT count(*) FROM {statement.target}").fetchall()
    return int(rows)


def columns_of(con: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    """Names of a table's columns."""
    return [name for name, *_ in con.execute(f"DESCRIBE {table}").fetchall()]
