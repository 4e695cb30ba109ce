"""The SQL files of `sql/`: one statement a table, named as the table, run in the order their FROM clauses ask for.

Belongs here: finding them, what each reads, their order; the macros, one a file, that statements and readers call.
Does not belong here: what they compute (the files themselves), where they run (workspace).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter

from vm_pipeline.indicators.catalogue import BOX_SCORE
from vm_pipeline.warehouse.sql_files import sql_folder

LAYERS = ("core", "marts", "signals")
_READS = re.compile(r"\b(?:FROM|JOIN)\s+((?:vm|core|staging)\.\w+)", re.IGNORECASE)
_COMMENT = re.compile(r"--[^\n]*")


@dataclass(frozen=True)
class Statement:
    """One file: `layer` is its folder, `name` the table it fills, `reads` the tables it selects from."""

    layer: str
    name: str
    sql: str
    reads: frozenset[str]
    published: bool

    @property
    def target(self) -> str:
        """The table as SQL files name it."""
        return f"{'vm' if self.published else 'core'}.{self.name}"

    @property
    def purpose(self) -> str:
        """The comment the file opens with."""
        return purpose_of(self.sql)


@cache
def read_by_others() -> frozenset[str]:
    """Tables that any statement selects from."""
    return frozenset(table for layer in LAYERS for one in statements(layer) for table in one.reads)


def reading(statement: Statement, views: Mapping[str, str]) -> str:
    """Its SQL, made to read other tables in place of some."""
    return _READS.sub(
        lambda met: met[0].replace(met[1], views.get(met[1].lower(), met[1])), _COMMENT.sub("", statement.sql)
    )


def purpose_of(sql: str) -> str:
    """The comment an SQL file opens with."""
    lines = [line[2:].strip() for line in sql.splitlines() if line.startswith("--")]
    return " ".join(lines)


@cache
def macros() -> dict[str, str]:
    """CREATE MACRO of every file of `sql/macros`, by name."""
    return {path.stem: path.read_text("utf-8") for path in sorted((sql_folder() / "macros").glob("*.sql"))}


def _box_score() -> str:
    """Columns of `team_week`, from the catalogue: of each measure its value, its baseline and its target."""
    return ",\n           ".join(
        f"max({what}) FILTER (measure = '{one.column}') AS {one.column}{suffix}"
        for one in BOX_SCORE
        for what, suffix in (("value", ""), ("baseline", "_baseline"), ("target", "_target"))
    )


@cache
def statements(layer: str) -> tuple[Statement, ...]:
    """The statements of a layer of LAYERS in the order they must run."""
    from vm_pipeline.warehouse.tables import METADATA, SCHEMA

    found = {}
    for path in sorted((sql_folder() / layer).glob("*.sql")):
        sql = path.read_text("utf-8").replace("{box_score}", _box_score())
        reads = frozenset(name.lower() for name in _READS.findall(_COMMENT.sub("", sql)))
        one = Statement(layer, path.stem, sql, reads, f"{SCHEMA}.{path.stem}" in METADATA.tables)
        found[one.target] = one
    graph = {target: sorted(one.reads & found.keys()) for target, one in sorted(found.items())}
    return tuple(found[target] for target in TopologicalSorter(graph).static_order())
