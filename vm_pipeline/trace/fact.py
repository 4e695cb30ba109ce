"""From a row of a file to where it went: teams and shares, the indicators it counts in, or why it is no fact.

Belongs here: rows of fact tables, asked by batch and row number.
Does not belong here: rows that are no facts (lost), sums over rows (figure).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import duckdb

from vm_pipeline.calendar import financial_year, first_day, week_start
from vm_pipeline.indicators.catalogue import CATALOGUE, parts
from vm_pipeline.indicators.entry import Facts, Indicator, Ingredient
from vm_pipeline.trace.facts import FACTS_OF, FactTable
from vm_pipeline.trace.figure import BY_NAME, figures_of_a_month
from vm_pipeline.trace.lost import batch_before, where_it_went
from vm_pipeline.trace.origin import Origin, Origins
from vm_pipeline.warehouse.rows import Row, named_rows


@dataclass(frozen=True)
class CountsIn:
    """One indicator that a row counts in, of which team, and through what. `until`: the last month that it counts in.

    `week` is empty where its weeks are shares of the month, or there are none.
    """

    indicator_code: str
    indicator_name: str
    team_code: str
    side: str
    ingredient: str
    month: str
    until: str
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
    asked = f"FROM vm.{table.name} WHERE batch_id = ? AND row_number = ? ORDER BY ALL"
    found = named_rows(con.execute(asked, [batch_id, row_number]))
    whole = sum((_amount(table, one) for one in found), Decimal(0))
    return tuple(_part(con, table, one, whole) for one in found)


def _part(con: duckdb.DuckDBPyConnection, table: FactTable, fact: Row, whole: Decimal) -> Part:
    amount = _amount(table, fact)
    counted = _counted(con, table, fact)
    columns = {name: fact[name] for name in table.open_columns}
    share = float(100 * amount / whole) if whole and table.is_shared else None
    names = set(figures_of_a_month())
    team_month = tuple(one.ingredient.name for one in counted if one.ingredient.name in names)
    return Part(columns, amount, share, tuple(_counts_in(fact, counted)), team_month)


def _amount(table: FactTable, fact: Row) -> Decimal:
    """A budget may be of people alone."""
    return Decimal(str(fact[table.amount] or 0))


@dataclass(frozen=True)
class _Counted:
    """An ingredient that a row counts in, of which team, and the day that puts it into its week and month, if any."""

    ingredient: Ingredient
    team_code: str
    day: date | None


def _counted(con: duckdb.DuckDBPyConnection, table: FactTable, fact: Row) -> list[_Counted]:
    asked = [one for one in BY_NAME.values() if one.facts and one.facts.table == table.name]
    return [
        _Counted(one, team, day) for one in asked if one.facts for team, day in _teams_and_days(con, one.facts, fact)
    ]


def _teams_and_days(con: duckdb.DuckDBPyConnection, facts: Facts, fact: Row) -> list[tuple[str, date | None]]:
    """Of every team that the row counts for: its own, but where the facts are said to be of another."""
    keys = ["batch_id", "row_number", *(name for name in ("team_code", "question_code") if name in fact)]
    keys = [name for name in keys if not (facts.of_team and name == "team_code")]
    same = " AND ".join(f"{name} = ?" for name in keys)
    return con.execute(
        f"SELECT team_code, {f'({facts.day})::DATE' if facts.day else 'NULL'} FROM {facts.rows} "
        f"WHERE {same} AND ({facts.where}) ORDER BY ALL",
        [fact[name] for name in keys],
    ).fetchall()


def _counts_in(fact: Row, counted: list[_Counted]) -> Iterator[CountsIn]:
    """Ledger period 0 counts in nothing: it has no month."""
    for entry in CATALOGUE:
        for code, side, name, _ in parts(entry) if entry.is_generic else ():
            for one in counted:
                month = f"{one.day:%Y-%m}" if one.day else str(fact["period"] or "")
                if one.ingredient.name == name and month:
                    yield CountsIn(
                        code, entry.name, one.team_code, side, name, month, _until(one, month), _week(entry, one)
                    )


def _until(one: _Counted, month: str) -> str:
    """A figure of the year so far has the row to the end of the financial year."""
    facts = one.ingredient.facts
    return f"{int(financial_year(first_day(month))[:4]) + 1}-03" if facts and facts.since_april else month


def _week(entry: Indicator, one: _Counted) -> str:
    return f"{week_start(one.day)}" if one.day and "week" in entry.grains else ""


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
