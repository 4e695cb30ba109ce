"""Which columns each column of the warehouse is made of: `lineage.json`, read off the SQL files.

Belongs here: reading that file; following a column down to what no statement makes.
Does not belong here: reading SQL (reference/column_lineage writes the file), pages, Dagster.

A column is named `schema.table.column`. What it is made of is what its value is computed from, conditions of sums and
cases included; columns that only join or filter rows are not told.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("lineage.json")

Lineage = Mapping[str, Mapping[str, tuple[str, ...]]]


@cache
def made_of() -> Lineage:
    """By table and column: the columns it is made of, one step down."""
    raw = json.loads(FILE.read_text("utf-8"))
    return {table: {column: tuple(of) for column, of in columns.items()} for table, columns in raw.items()}


def written(lineage: Lineage) -> str:
    """As it is committed: one line a column, so that a change reads well."""
    tables = (
        f'"{table}": {{\n'
        + ",\n".join(f'  "{column}": {json.dumps(sorted(of))}' for column, of in columns.items())
        + "\n}"
        for table, columns in lineage.items()
    )
    return "{\n" + ",\n".join(tables) + "\n}\n"


def below(column: str) -> tuple[frozenset[str], frozenset[str]]:
    """What a column comes from in the end: columns that no statement makes; and the tables it comes through."""
    ends, tables, todo, seen = set(), set(), [column], {column}
    while todo:
        table, _, name = todo.pop().rpartition(".")
        of = made_of().get(table)
        if of is None:
            ends.add(f"{table}.{name}")
            continue
        tables.add(table)
        new = set(of[name]) - seen
        seen |= new
        todo += new
    return frozenset(ends), frozenset(tables)
