"""The page of the warehouse: every published table and view, its columns, and which file makes it of what.

Belongs here: tables and SQL files as Markdown. Does not belong here: their declarations.
"""

import re
from collections.abc import Mapping

import duckdb
from sqlalchemy import Table

from vm_pipeline.reference.markdown import code, codes, joined, table, yes
from vm_pipeline.warehouse.statements import LAYERS, Statement, macros, purpose_of, serving, statements
from vm_pipeline.warehouse.tables import SCHEMA, TABLES
from vm_pipeline.warehouse.tables.columns import OF_NIGHTS
from vm_pipeline.warehouse.views import VIEWS
from vm_pipeline.warehouse.workspace import create_tables


def warehouse_page() -> str:
    """Every published table: grain, key, columns, and which file makes it of what."""
    made = {one.name: one for layer in LAYERS for one in statements(layer)}
    types = _types()
    return joined(
        f"# Warehouse\n\nThe snapshot is a DuckDB file; every table is in the schema {code(SCHEMA)}. "
        "Money is `DECIMAL(18,2)` in pounds and ends in `_gbp`; percentages are 0 to 100 and end in `_pct`; months are "
        "`YYYY-MM`; weeks are named by their Monday. Tables and columns carry these words as comments in the file, "
        "too.",
        table(("table", "grain"), [(f"[{one.name}](#{one.name})", one.comment) for one in TABLES]),
        *(_published(one, types, made[one.name]) for one in TABLES),
        _views(types),
        _lineage(),
        _macros(),
        "## What the file says of itself",
        "`pipeline.publication` has one row: `inputs` (a hash of every version known and of the code), `as_of` (UTC, "
        "the time up to which receipts count) and `code` (a hash that changes when the same receipts would give "
        "another warehouse).",
    )


def _types() -> dict[tuple[str, str], str]:
    """The type of every column, as a reader of the file sees it."""
    with duckdb.connect() as con:
        create_tables(con)
        rows = con.execute(
            "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal"
        ).fetchall()
    return {(name, column): kind for name, column, kind in rows}


def _published(one: Table, types: Mapping[tuple[str, str], str], statement: Statement) -> str:
    varies = one.info["varies"]
    return joined(
        f"## {one.name}",
        f"{one.comment} Made by `sql/{statement.layer}/{statement.name}.sql` of {codes(sorted(statement.reads))}.",
        _columns(one, types),
        "Not in the fingerprint: it tells of nights." if varies == OF_NIGHTS else "",
        f"Not in the fingerprint: {codes(varies)}." if varies and varies != OF_NIGHTS else "",
    )


def _columns(one: Table, types: Mapping[tuple[str, str], str]) -> str:
    rows = [
        (code(c.name), types[one.name, c.name], yes(c.primary_key), yes(c.nullable, "may be"), c.comment or "")
        for c in one.columns
    ]
    return table(("column", "type", "key", "empty", "what it is"), rows)


def _views(types: Mapping[tuple[str, str], str]) -> str:
    """The views for BI tools, and how they are joined."""
    made = {one.name: one for one in serving()}
    return joined(
        "## Views for BI tools",
        "Beside the tables, in the same schema, on both engines, not in the fingerprint. How to use them: "
        "[connect a BI tool](../how-to/connect-bi-tools.md).",
        table(("view", "grain"), [(f"[{one.name}](#{one.name})", one.comment) for one in VIEWS]),
        "## Joins of the views",
        "Many rows to one, one column to one column: no join drops or repeats a row. A key that may be empty is joined "
        "with a LEFT JOIN.",
        table(("from", "to", "empty"), _joins()),
        *(_view(one, types, made[one.name]) for one in VIEWS),
    )


def _joins() -> list[tuple[str, ...]]:
    return [
        (
            code(f"{one.name}.{column.name}"),
            code(f"{key.column.table.name}.{key.column.name}"),
            yes(column.nullable, "may be"),
        )
        for one in VIEWS
        for column in one.columns
        for key in column.foreign_keys
    ]


def _view(one: Table, types: Mapping[tuple[str, str], str], statement: Statement) -> str:
    date, filters = one.info["date_table"], one.info["filters"]
    return joined(
        f"## {one.name}",
        f"{one.comment} Made by `sql/serving/{statement.name}.sql` of {codes(sorted(statement.reads))}."
        + (f" Mark it as the date table, by {code(date)}." if date else "")
        + (f" Choose one value of {codes(filters)} before you add up." if filters else ""),
        _columns(one, types),
    )


def _lineage() -> str:
    rows = [
        (code(one.target), f"`sql/{layer}/{one.name}.sql`", one.purpose, codes(sorted(one.reads)))
        for layer in LAYERS
        for one in statements(layer)
    ]
    return joined(
        "## Lineage",
        "In the order they run. `staging.` names what was put there before: typed batches of versions in force, "
        "versions, reference tables, the calendar. `core.` names steps that are not published.",
        table(("table", "made by", "what the file says", "of"), rows),
    )


def _macros() -> str:
    rows = [(code(f"vm.{name}({_arguments(sql)})"), purpose_of(sql)) for name, sql in macros().items()]
    return joined(
        "## Functions",
        "Macros of the file, functions on PostgreSQL, for whoever asks: what the marts divide by, and how a figure is "
        "rounded to be shown.",
        table(("function", "what it gives"), rows),
    )


def _arguments(sql: str) -> str:
    arguments = sql.split("MACRO", 1)[1].split("(", 1)[1].split(")", 1)[0]
    return re.sub(r"\s*/\*.*?\*/", "", arguments).strip()  # types are for PostgreSQL
