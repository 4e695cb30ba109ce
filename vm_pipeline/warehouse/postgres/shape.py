"""What reports bind to: names, types, keys, and whether a value is always there; and how two such shapes differ.

Belongs here: the shape of what is declared, of a database, and which differences break a report.
Does not belong here: making them the same (upgrade), what was promised (promise).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, inspect
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

from vm_pipeline.warehouse.tables import SCHEMA

NEW_TABLE, NEW_COLUMN, ALWAYS_THERE = "table added", "column added", "always filled now"
NO_TABLE, NO_COLUMN = "table removed", "column removed"
HARMLESS = (NEW_TABLE, NEW_COLUMN, ALWAYS_THERE)


@dataclass(frozen=True)
class Shape:
    """A table: its key, and of every column its type (PostgreSQL's word) and whether it is always filled."""

    key: tuple[str, ...]
    columns: Mapping[str, tuple[str, bool]]


@dataclass(frozen=True)
class Difference:
    """One thing that is no more as it was. `column` is empty where it is the table's."""

    what: str
    table: str
    column: str = ""

    @property
    def breaks(self) -> bool:
        """Whether a report that worked may stop working."""
        return self.what not in HARMLESS

    @property
    def name(self) -> str:
        """`table` or `table.column`."""
        return f"{self.table}.{self.column}" if self.column else self.table

    def __str__(self) -> str:
        return f"{self.name}: {self.what}"


Shapes = Mapping[str, Shape]


def declared(tables: Iterable[Table]) -> dict[str, Shape]:
    """Of tables as declared."""
    return {
        table.name: Shape(
            tuple(table.primary_key.columns.keys()),
            {column.name: (word(column.type), not column.nullable) for column in table.columns},
        )
        for table in tables
    }


def found(con: Connection) -> dict[str, Shape]:
    """Of the published tables of a database."""
    seen = inspect(con)
    keys = seen.get_multi_pk_constraint(schema=SCHEMA)
    return {
        str(name[1]): Shape(
            tuple(keys[name]["constrained_columns"]),
            {column["name"]: (word(column["type"]), not column["nullable"]) for column in columns},
        )
        for name, columns in seen.get_multi_columns(schema=SCHEMA).items()
    }


def word(kind: TypeEngine[Any]) -> str:
    """A type as PostgreSQL calls it."""
    return str(kind.compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]


def differences(before: Shapes, now: Shapes) -> list[Difference]:
    """Everything that is not as before."""
    return [one for table in sorted({*before, *now}) for one in _of_table(table, before.get(table), now.get(table))]


def own_columns(there: Shapes, now: Shapes) -> list[Difference]:
    """Columns that somebody added to tables of ours, and that are in nobody's way: they may be empty, and none of their
    type is missing beside them, which they may have been under another name.
    """
    found = differences(there, now)
    missing = {(one.table, now[one.table].columns[one.column][0]) for one in found if one.what == NEW_COLUMN}
    added = [(one, *there[one.table].columns[one.column]) for one in found if one.what == NO_COLUMN]
    return [one for one, kind, is_filled in added if not is_filled and (one.table, kind) not in missing]


def _of_table(table: str, before: Shape | None, now: Shape | None) -> Iterator[Difference]:
    if before is None or now is None:
        yield Difference(NEW_TABLE if before is None else NO_TABLE, table)
        return
    if before.key != now.key:
        yield Difference(f"key {', '.join(before.key)} became {', '.join(now.key)}", table)
    for column in dict.fromkeys([*before.columns, *now.columns]):
        what = _of_column(before.columns.get(column), now.columns.get(column))
        if what:
            yield Difference(what, table, column)


def _of_column(before: tuple[str, bool] | None, now: tuple[str, bool] | None) -> str:
    if before == now:
        return ""
    if before is None or now is None:
        return NEW_COLUMN if before is None else NO_COLUMN
    if before[0] != now[0]:
        return f"type {before[0]} became {now[0]}"
    return ALWAYS_THERE if now[1] else "may be empty now"
