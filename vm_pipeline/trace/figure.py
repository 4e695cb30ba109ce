"""From a figure to its facts: numerator and denominator, their ingredients, batches and row numbers, added up again.

Belongs here: asking the warehouse, comparing what rows add up to with what is published.
Does not belong here: which rows (selection), where batches come from (origin), layout on the page (commands).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import duckdb

from vm_pipeline.indicators.catalogue import CATALOGUE, parts
from vm_pipeline.indicators.entry import IN_INDICATOR_VALUE, KINDS, Indicator, Ingredient
from vm_pipeline.indicators.ingredients import INGREDIENT, OF_TEAM_MONTH
from vm_pipeline.trace.facts import FACTS_IN, FACTS_OF, declared
from vm_pipeline.trace.origin import Origin, Origins
from vm_pipeline.trace.selection import Part, Selection, Whose, query, selections, share_of_week
from vm_pipeline.trace.unknown import Unknown
from vm_pipeline.warehouse.rows import Row, named_rows

BY_CODE = {one.code: one for one in CATALOGUE}
BY_NAME = INGREDIENT | {one.name: one for one in OF_TEAM_MONTH}
_FILES = {
    "median": "sql/marts/indicator_median.sql",
    "gap": "sql/marts/indicator_gap.sql",
    "class": "sql/marts/indicator_class.sql",
    "completeness": "sql/marts/indicator_value.sql",
}


@dataclass(frozen=True)
class Rows:
    """Facts of one batch: how many, what they add up to, their row numbers as `1, 4–7`, the largest of them."""

    batch: Origin
    rows: int
    amount: Decimal
    row_numbers: str
    largest: tuple[Row, ...]


@dataclass(frozen=True)
class Piece:
    """Facts of an ingredient that count in one way. `amount` is in the figure, `rows_amount` what the rows add up to.

    They differ for spread cost in a week: the rows are the month's, the week has its days' share (`shared_month`).
    """

    amount: Decimal
    rows_amount: Decimal
    rows: int
    shared_month: str
    batches: tuple[Rows, ...]


@dataclass(frozen=True)
class Found:
    """One ingredient. `look_at`: why it was not followed to its rows, and where to look; empty = it was."""

    ingredient: str
    meaning: str
    weight: int
    unit: str
    pieces: tuple[Piece, ...]
    look_at: str

    @property
    def amount(self) -> Decimal:
        """What it adds to its side."""
        return self.weight * sum((piece.amount for piece in self.pieces), Decimal(0))


@dataclass(frozen=True)
class Side:
    """Numerator or denominator: as published, and as its rows add up (None where one part was not followed)."""

    name: str
    published: Decimal | None
    traced: Decimal | None
    rows: int
    agrees: bool | None
    parts: tuple[Found, ...]


@dataclass(frozen=True)
class Figure:
    """One published figure and what it is made of."""

    name: str
    formula: str
    whose: Whose
    value: float | Decimal | None
    unit: str
    status: str
    qualifier: str
    look_at: str
    sides: tuple[Side, ...]

    @property
    def agrees(self) -> bool:
        """Whether nothing that was followed to its rows contradicts what is published."""
        return all(side.agrees is not False for side in self.sides)


def trace_indicator(con: duckdb.DuckDBPyConnection, origins: Origins, whose: Whose, largest: int = 0) -> Figure:
    """One value of one indicator. Raises Unknown."""
    one = indicator(whose.code)
    found = con.execute(
        f"SELECT numerator, denominator, value, unit, status, qualifier FROM vm.indicator_value WHERE {whose.key}"
    ).fetchall()
    if not found:
        raise Unknown(_nothing(con, whose))
    numerator, denominator, value, unit, status, qualifier = found[0]
    published = {"numerator": numerator, "denominator": denominator}
    sides = [(name, amount, list(_parts(one, name))) for name, amount in published.items()]
    made = tuple(side_of(con, origins, whose, *side, largest) for side in sides if side[2])
    return Figure(one.name, one.formula, whose, value, unit, status, qualifier or "", _why_not(one), made)


def trace_column(con: duckdb.DuckDBPyConnection, origins: Origins, whose: Whose, largest: int = 0) -> Figure:
    """One column of one row of team_month; `whose.code` is the column. Raises Unknown."""
    column = declared("team_month").columns.get(whose.code)
    if column is None or column.primary_key:
        known = ", ".join(figures_of_a_month())
        raise Unknown(f"found no figure {whose.code!r} in team_month, expected one of {known}.")
    rows = named_rows(con.execute(f"FROM vm.team_month WHERE {whose.teams} AND period = ?", [whose.month]))
    if not rows:
        raise Unknown(f"found no row of {whose.provider_code}, {whose.team_code} in team_month for {whose.month}.")
    cells = rows[0]
    sides = _sides_of_column(whose.code)
    made = tuple(
        side_of(con, origins, whose, name, _published(cells, some), some, largest) for name, some in sides.items()
    )
    unit = "" if len(made) > 1 else made[0].parts[0].unit
    return Figure(column.comment or whose.code, _formula(whose.code), whose, cells[whose.code], unit, "", "", "", made)


def _published(cells: Row, made: Sequence[Part]) -> Decimal:
    """Every ingredient of a ratio of team_month is a column of it, too."""
    return sum((part.weight * Decimal(str(cells[part.ingredient.name])) for part in made), Decimal(0))


def _sides_of_column(column: str) -> dict[str, list[Part]]:
    """A ratio is the one of its indicator; any other column is one ingredient."""
    if column in BY_NAME:
        return {"numerator": [Part("numerator", BY_NAME[column])]}
    one = next(one for one in CATALOGUE if one.team_month_column == column)
    return {side: _parts(one, side) for side in ("numerator", "denominator")}


def _formula(column: str) -> str:
    return "" if column in BY_NAME else next(one.formula for one in CATALOGUE if one.team_month_column == column)


def figures_of_a_month() -> list[str]:
    """Columns of team_month that are figures."""
    return [one.name for one in declared("team_month").columns if not one.primary_key]


def indicator(code: str) -> Indicator:
    """The entry of a code. Raises Unknown."""
    if code not in BY_CODE:
        raise Unknown(f"found no indicator {code!r} in the catalogue, expected one of {', '.join(BY_CODE)}.")
    return BY_CODE[code]


def sql_of(whose: Whose) -> str:
    """The query of every fact of a figure; empty where none is a sum of facts."""
    if whose.code in BY_CODE:
        made = [part for side in ("numerator", "denominator") for part in _parts(BY_CODE[whose.code], side)]
    else:
        made = [part for side in _sides_of_column(whose.code).values() for part in side]
    return query([one for part in made for one in selections(part, whose)])


def _parts(one: Indicator, side: str) -> list[Part]:
    """None for a kind that is not made of sums."""
    made = parts(one) if one.is_generic else []
    return [Part(side, INGREDIENT[name], weight) for _, named, name, weight in made if named == side]


def _why_not(one: Indicator) -> str:
    if one.is_generic:
        return ""
    of = ", ".join(dict.fromkeys(_table(INGREDIENT[name.lstrip("-")]) for name in one.numerator)) or "values"
    return f"{one.code} is no sum of rows: {one.formula}. It is worked out in {_FILES[one.kind]}, of {of}."


def _table(one: Ingredient) -> str:
    feed, _, what = one.source.partition("/")
    if feed not in FACTS_OF:
        return f"the batches of feed {one.source}"
    return f"vm.{FACTS_OF[feed].name}" + (f" ({what})" if what else "")


def side_of(
    con: duckdb.DuckDBPyConnection,
    origins: Origins,
    whose: Whose,
    name: str,
    published: Decimal | None,
    made: Sequence[Part],
    largest: int,
    find: Callable[[Part, Whose], list[Selection]] = selections,
) -> Side:
    """One side, from its parts; `find` says which facts a part has."""
    found = tuple(_found(con, origins, whose, part, find(part, whose), largest) for part in made)
    rows = sum(piece.rows for part in found for piece in part.pieces)
    if any(part.look_at for part in found):
        return Side(name, published, None, rows, None, found)
    traced = sum((part.amount for part in found), Decimal(0))
    agrees = None if published is None else traced == published
    return Side(name, published, traced, rows, agrees, found)


def _found(
    con: duckdb.DuckDBPyConnection,
    origins: Origins,
    whose: Whose,
    part: Part,
    chosen: Sequence[Selection],
    largest: int,
) -> Found:
    one = part.ingredient
    pieces = [_piece(con, origins, whose, selection, largest) for selection in chosen]
    look_at = "" if chosen else f"worked out in sql/marts/ingredient.sql, of {_table(one)}"
    kept = tuple(piece for piece in pieces if piece.rows or len(pieces) == 1)
    return Found(one.name, one.meaning, part.weight, one.unit, kept, look_at)


def _piece(con: duckdb.DuckDBPyConnection, origins: Origins, whose: Whose, chosen: Selection, largest: int) -> Piece:
    rows = con.execute(
        f"SELECT batch_id, count(*), sum({chosen.facts.counts})::DECIMAL(38,9), "
        f"list(DISTINCT row_number ORDER BY row_number) FROM {chosen.facts.rows} WHERE {chosen.where} "
        f"GROUP BY batch_id ORDER BY abs(sum({chosen.facts.counts})) DESC, batch_id"
    ).fetchall()
    batches = tuple(
        Rows(origins(batch), count, amount, ranges(numbers), _largest(con, chosen, batch, largest))
        for batch, count, amount, numbers in rows
    )
    total = sum((one.amount for one in batches), Decimal(0))
    amount = con.execute(share_of_week(chosen, whose)).fetchall()[0][0] if chosen.shared_month else total
    return Piece(amount, total, sum(one.rows for one in batches), chosen.shared_month, batches)


def _largest(con: duckdb.DuckDBPyConnection, chosen: Selection, batch: str, largest: int) -> tuple[Row, ...]:
    if not largest:
        return ()
    columns = FACTS_IN[chosen.facts.table].open_columns
    found = con.execute(
        f"SELECT {', '.join(columns)} FROM {chosen.facts.rows} WHERE {chosen.where} AND batch_id = ? "
        f"ORDER BY abs({chosen.facts.counts}) DESC, row_number LIMIT {largest}",
        [batch],
    )
    return tuple(named_rows(found))


def ranges(numbers: Sequence[int]) -> str:
    """`1, 4–7`; numbers below zero stand for rows of the batch before and come first."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return ", ".join(f"{first}" if first == last else f"{first}–{last}" for first, last in spans)


def _nothing(con: duckdb.DuckDBPyConnection, whose: Whose) -> str:
    """What there is instead."""
    kind = BY_CODE[whose.code].kind
    if kind not in IN_INDICATOR_VALUE:
        return f"found {whose.code}, expected an indicator that indicator_value has. This one has none: {KINDS[kind]}"
    there = con.execute(
        "SELECT level, grain, min(starts_on)::VARCHAR, max(starts_on)::VARCHAR FROM vm.indicator_value "
        "WHERE indicator_code = ? AND ? IN (provider_code, '*') AND ? IN (team_code, '*') GROUP BY ALL ORDER BY ALL",
        [whose.code, whose.provider_code, whose.team_code],
    ).fetchall()
    what = f"{whose.code} of {whose.provider_code}, {whose.team_code}, {whose.grain} of {whose.starts_on}"
    said = "; ".join(f"level {level}, {grain}: {first} to {last}" for level, grain, first, last in there)
    return f"found no value of {what} in indicator_value, expected one. There is: {said or 'none of that team'}."
