"""The SQL files of `sql/`: one statement a table, named as the table, run in the order their FROM clauses ask for.

Belongs here: finding them, what each reads, their order; the macros, one a file, that statements and readers call.
Does not belong here: what they compute (the files themselves), where they run (workspace).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter

from vm_pipeline.indicators.catalogue import BOX_SCORE
from vm_pipeline.indicators.chosen import driving
from vm_pipeline.indicators.entry import Facts
from vm_pipeline.indicators.ingredients import CONDITION, INGREDIENTS, OF_TEAM_MONTH
from vm_pipeline.warehouse.sql_files import sql_folder

LAYERS = ("core", "marts", "signals")
SERVING = "serving"  # views: nothing is filled by them
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
    """Columns of `team_week` with the values of measures, from the catalogue."""
    return _columns(f"max(value) FILTER (indicator_code = '{one.code}') AS {one.column}" for one in BOX_SCORE)


def _box_score_aims() -> str:
    """Columns of `team_week` with the baseline and the target of each measure."""
    return _columns(
        f"max(target.{what}) FILTER (indicator_code = '{one.code}')::DOUBLE AS {one.column}_{what}"
        for one in BOX_SCORE
        for what in ("baseline", "target")
    )


def _columns(found: Iterable[str]) -> str:
    return ",\n           ".join(found)


def _stated() -> str:
    """SELECTs of the ingredients that are declared by a condition on facts, added up by batch and day."""
    return "\nUNION ALL\n".join(
        f"SELECT batch_id, provider_code, team_code, {facts.day}::DATE AS day, '{one.name}' AS ingredient, "
        f"sum({facts.counts})::DECIMAL(38,9) AS amount\nFROM vm.{facts.table} WHERE {facts.where}\nGROUP BY ALL"
        for one in INGREDIENTS
        if one.feed != "reference" and (facts := one.stated) and not facts.of_team
    )


def _chosen() -> dict[str, str]:
    """Conditions on facts that a reference file chooses, by the name of the ingredient."""
    return {one.name: one.stated.where for one in INGREDIENTS if one.stated and one.feed == "reference"}


def _cost_sums() -> str:
    """Columns with the sums of cost categories that make an ingredient each."""
    return _columns(f"sum(amount_gbp) FILTER ({facts.where})::DECIMAL(38,9) AS {name}" for name, facts in _costs())


def _team_month_costs() -> str:
    """Columns of `team_month` with the sums of cost categories."""
    costs = (one.name for one in (*INGREDIENTS, *OF_TEAM_MONTH) if one.categories)
    return _columns(f"sum(amount_gbp) FILTER ({CONDITION[name]}) AS {name}" for name in costs)


def _costs_each() -> str:
    """SELECTs that put these columns one below the other, by the name of the ingredient."""
    return "\nUNION ALL\n".join(
        f"SELECT provider_code, team_code, grain, starts_on, '{name}' AS ingredient, {name} AS amount FROM cost "
        f"WHERE {name} IS NOT NULL"
        for name, _ in _costs()
    )


def _costs() -> list[tuple[str, Facts]]:
    return [(one.name, one.facts) for one in INGREDIENTS if one.categories and one.facts]


def _signals() -> str:
    """What `bi_box_score` makes of signals: of each measure whether its own rule profile raises one."""
    return _columns(
        f"bool_or(signal) FILTER (WHERE indicator_code = '{one.code}' AND rule_profile = '{one.profile}' "
        "AND is_final AND NOT is_tentative) "
        f"AS {one.column}_signal"
        for one in BOX_SCORE
    )


def _made() -> dict[str, str]:
    """What SQL files name in braces, and that follows from the catalogue."""
    return {
        "box_score": _box_score(),
        "box_score_aims": _box_score_aims(),
        "box_score_signals": _signals(),
        "cost_sums": _cost_sums(),
        "direct_cost": CONDITION["direct_cost_gbp"],
        "total_cost": CONDITION["total_cost_gbp"],
        "team_month_costs": _team_month_costs(),
        "costs": _costs_each(),
        "stated": _stated(),
        "driving": driving("core.activity_day"),
        **_chosen(),
    }


@cache
def statements(layer: str) -> tuple[Statement, ...]:
    """The statements of a layer in the order they must run."""
    from vm_pipeline.warehouse.tables import METADATA, SCHEMA

    found = {}
    for path in sorted((sql_folder() / layer).glob("*.sql")):
        sql = path.read_text("utf-8")
        for name, text in _made().items():
            sql = sql.replace(f"{{{name}}}", text)
        reads = frozenset(name.lower() for name in _READS.findall(_COMMENT.sub("", sql)))
        published = layer == SERVING or f"{SCHEMA}.{path.stem}" in METADATA.tables
        one = Statement(layer, path.stem, sql, reads, published)
        found[one.target] = one
    graph = {target: sorted(one.reads & found.keys()) for target, one in sorted(found.items())}
    return tuple(found[target] for target in TopologicalSorter(graph).static_order())


def serving() -> tuple[Statement, ...]:
    """What the views for BI tools are, each after those it reads."""
    return statements(SERVING)
