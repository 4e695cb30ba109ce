"""From a row of a file to where it went: teams and shares, the indicators it counts in, or why it is no fact.

Belongs here: rows of fact tables, asked by batch and row number.
Does not belong here: rows that are no facts (lost), sums over rows (figure).
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb

from vm_pipeline.indicators.catalogue import CATALOGUE, parts
from vm_pipeline.indicators.entry import Ingredient
from vm_pipeline.trace.facts import FACTS_OF, FactTable
from vm_pipeline.trace.figure import BY_NAME, Row, figures_of_a_month
from vm_pipeline.trace.lost import batch_before, where_it_went
from vm_pipeline.trace.origin import Origin, Origins


@dataclass(frozen=True)
class CountsIn:
    """One indicator that a row counts in, and through what. `week` is empty where its weeks are shares of the month."""

    indicator_code: str
    indicator_name: str
    side: str
    ingredient: str
    month: str
    week: str


@dataclass(frozen=True)
class Part:
    """One fact of a row: its open columns, the share of the row it has, the figures it counts in."""

    columns: Row
    amount: Decimal
    share_pct: float | None
    indicators: tuple[CountsIn, ...]
    team_month: tuple[str, ...]


@dataclass(frozen=True)
class Traced:
    """One row of one batch. `line` is the line of the file it begins on, where that was asked and can be told."""

    batch: Origin
    row_number: int
    line: int | None
    parts: tuple[Part, ...]
    amount: Decimal
    explained: tuple[str, ...]


def trace_fact(con: duckdb.DuckDBPyConnection, origins: Origins, batch_id: str, row_number: int) -> Traced:
    """Where a row went. Raises Unknown."""
    origin = origins(batch_id)
    made = _parts(con, FACTS_OF[origin.feed], batch_id, row_number) if origin.feed in FACTS_OF else ()
    amount = sum((part.amount for part in made), Decimal(0))
    explained = _explained(con, origins, origin, row_number, bool(made))
    return Traced(origin, row_number, origins.line(origin, row_number), made, amount, tuple(explained))


def _parts(con: duckdb.DuckDBPyConnection, table: FactTable, batch_id: str, row_number: int) -> tuple[Part, ...]:
    found = _facts(con, table, batch_id, row_number)
    whole = sum((Decimal(one[table.amount]) for one in found), Decimal(0))
    return tuple(_part(con, table, one, whole) for one in found)


def _facts(con: duckdb.DuckDBPyConnection, table: FactTable, batch_id: str, row_number: int) -> list[dict[str, Any]]:
    rows = f"FROM vm.{table.name} WHERE batch_id = ? AND row_number = ? ORDER BY ALL"
    asked = con.execute(rows, [batch_id, row_number])
    names = [name for name, *_ in asked.description or ()]
    return [dict(zip(names, row, strict=True)) for row in asked.fetchall()]


def _part(con: duckdb.DuckDBPyConnection, table: FactTable, fact: dict[str, Any], whole: Decimal) -> Part:
    amount = Decimal(fact[table.amount])
    counted = _ingredients(con, table, fact)
    columns = {name: fact[name] for name in table.open_columns}
    share = float(100 * amount / whole) if whole and table.feed == "ledger" else None
    names = set(figures_of_a_month())
    team_month = tuple(one.name for one, _ in counted if one.name in names)
    return Part(columns, amount, share, tuple(_counts_in(fact, counted)), team_month)


def _ingredients(
    con: duckdb.DuckDBPyConnection, table: FactTable, fact: dict[str, Any]
) -> list[tuple[Ingredient, date]]:
    """Ingredients that the row counts in, each with the day that puts it into its week and month."""
    asked = [(one, one.facts) for one in BY_NAME.values() if one.facts and one.facts.table == table.name]
    conditions = ", ".join(f"coalesce({facts.where}, false)" for _, facts in asked)
    days = ", ".join(f"({facts.day or 'week_start'})::DATE" for _, facts in asked)
    keys = [name for name in ("team_code", "question_code") if name in fact]
    row = con.execute(
        f"SELECT {conditions}, {days} FROM vm.{table.name} WHERE batch_id = ? AND row_number = ? "
        + "".join(f"AND {name} = ? " for name in keys),
        [fact["batch_id"], fact["row_number"], *(fact[name] for name in keys)],
    ).fetchall()[0]
    return [(one, row[len(asked) + place]) for place, (one, _) in enumerate(asked) if row[place]]


def _counts_in(fact: dict[str, Any], counted: list[tuple[Ingredient, date]]) -> list[CountsIn]:
    """Ledger period 0 counts in nothing: it has no month."""
    days = {one.name: day for one, day in counted}
    found = []
    for entry in CATALOGUE:
        for code, side, name, _ in parts(entry) if entry.is_generic else ():
            facts = BY_NAME[name].facts
            if name not in days or facts is None:
                continue
            day = days[name]
            month = f"{day:%Y-%m}" if facts.day else fact["period"]
            week = f"{date.fromordinal(day.toordinal() - day.weekday())}" if facts.day else ""
            if month:
                found.append(CountsIn(code, entry.name, side, name, month, week))
    return found


def _explained(
    con: duckdb.DuckDBPyConnection, origins: Origins, origin: Origin, row_number: int, is_fact: bool
) -> list[str]:
    """What a person must know to read it."""
    if row_number < 0:
        before = batch_before(origins, origin)
        return [
            "The ledger is sent year to date: what the batch before it in the year said is taken off. "
            f"This is row {-row_number} of that batch, {before or 'which the landing of this home does not tell'}, "
            "with its sign turned."
        ]
    said = [] if is_fact else [where_it_went(con, origins, origin, row_number)]
    again = con.execute(
        "SELECT DISTINCT batch_id FROM vm.fact_cost WHERE row_number = ? AND provider_code = ?",
        [-row_number, origin.provider_code],
    ).fetchall()
    after = [one for (one,) in again if batch_before(origins, origins(one)) == origin.batch_id]
    return said + [
        f"The ledger is sent year to date: it is taken off again in batch {one}, row {-row_number}." for one in after
    ]
