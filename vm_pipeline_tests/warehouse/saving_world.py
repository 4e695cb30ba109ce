"""A warehouse of nothing but one saving case, filled by hand: for trying thousands of savings in a second.

Belongs here: facts of a case put where sql/ reads them, the saving statements run, the same saving in fractions.
Does not belong here: assertions, the way from files to facts (programme).
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import duckdb

from vm_pipeline.feeds.reference import REFERENCES
from vm_pipeline.warehouse.statements import statements
from vm_pipeline.warehouse.workspace import create_tables, run

BEFORE, AFTER = date(2021, 1, 1), date(2022, 1, 1)
LARGEST = Decimal(10) ** 14  # pounds of a part: from there on none is told
Counted = list[tuple[int, int]]  # (day of the window, pence or thousandths of a unit)


@dataclass(frozen=True)
class Side:
    """One window: its length, and what was posted, bought and done on its days."""

    days: int = 1
    cost: Counted = field(default_factory=list)
    volume: Counted = field(default_factory=list)
    activity: Counted = field(default_factory=list)
    price: int | None = None  # millionths of a pound; None: no price list

    def pence(self) -> int:
        return sum(pence for _, pence in self.cost)


@dataclass(frozen=True)
class Case:
    """A window case; volume and activity are declared or not."""

    before: Side
    after: Side
    scale_by: str = "days"
    has_volume: bool = True
    has_activity: bool = True

    def swapped(self) -> "Case":
        return replace(self, before=self.after, after=self.before)

    def times(self, factor: int) -> "Case":
        """All money times a factor."""
        return replace(self, before=_times(self.before, factor), after=_times(self.after, factor))


def _times(side: Side, factor: int) -> Side:
    price = None if side.price is None else side.price * factor
    return replace(side, cost=[(day, pence * factor) for day, pence in side.cost], price=price)


def pennies(amount: Fraction) -> Decimal:
    """To a whole penny, halves away from zero; the amount is in pence."""
    whole = (2 * abs(amount.numerator) + amount.denominator) // (2 * amount.denominator)
    return Decimal(whole if amount >= 0 else -whole) / 100


def reckoned(case: Case) -> dict[str, Decimal | None]:
    """The formulas of domain and docs in fractions: baseline, saving and its three parts."""
    before, after = case.before, case.after
    length = Fraction(after.days, before.days)
    d = [sum(units for _, units in side.activity) if case.has_activity else 0 for side in (before, after)]
    v = [sum(units for _, units in side.volume) if case.has_volume else 0 for side in (before, after)]
    found: dict[str, Decimal | None] = dict.fromkeys(("baseline", "saving", "price", "activity", "efficiency"))
    if case.scale_by == "activity" and not (d[0] and d[1]):
        return found
    scale = Fraction(d[1], d[0]) if case.scale_by == "activity" else length
    baseline = pennies(before.pence() * scale)
    saving = baseline - Decimal(after.pence()) / 100
    worth = [_worth(side, case.has_volume) for side in (before, after)]
    price = activity = None
    if v[0] and v[1] and worth[0] > 0 and worth[1] > 0:
        price = pennies(worth[0] * v[1] / v[0] - worth[1])
    if d[0] and d[1] and worth[0] > 0:
        activity = pennies(worth[0] * (scale - Fraction(d[1], d[0])))
    if max(map(abs, filter(None, (baseline, price, activity))), default=0) >= LARGEST:
        return found
    found["baseline"] = baseline
    if baseline <= 0:
        return found
    known = price is not None and activity is not None
    rest = saving - price - activity if known else None  # type: ignore[operator]
    return found | {"saving": saving, "price": price, "activity": activity, "efficiency": rest}


def _worth(side: Side, has_volume: bool) -> Fraction:
    """Pence of the volume at its price; without a price list, the cost."""
    if side.price is None or not has_volume:
        return Fraction(side.pence())
    return Fraction(sum(units for _, units in side.volume) * side.price, 10_000_000)


class Savings:
    """The statements of a saving over facts put by hand."""

    def __init__(self) -> None:
        self.con = duckdb.connect(config={"threads": "1"})
        self.con.execute("ATTACH ':memory:' AS staging; ATTACH ':memory:' AS core")
        create_tables(self.con)
        for name in ("saving_cases", "prices"):
            columns = ", ".join(f"{c.stored} {c.value.stored}" for c in REFERENCES[name].contract.columns)
            self.con.execute(f"CREATE TABLE staging.{name} ({columns})")
        self.con.execute(
            "CREATE TABLE core.feed_span (feed VARCHAR, provider_code VARCHAR, grain VARCHAR, starts_on DATE);"
            "CREATE TABLE core.heard (feed VARCHAR, provider_code VARCHAR, known_day DATE, last_day DATE)"
        )
        wanted = ("dim_price", "dim_saving_case", "saving")
        self.statements = [s for layer in ("core", "marts") for s in statements(layer) if s.name.startswith(wanted)]

    def of(self, case: Case, order: random.Random | None = None) -> dict[str, Any]:
        """The row of vm.saving that a case gives."""
        for table in ("staging.saving_cases", "staging.prices", "vm.fact_cost", "vm.fact_activity"):
            self.con.execute(f"DELETE FROM {table}")
        for statement in self.statements:
            if statement.published:
                self.con.execute(f"DELETE FROM {statement.target}")
        self._declare(case)
        self._fill("vm.fact_cost", _lines(case), order)
        self._fill("vm.fact_activity", _records(case), order)
        for statement in self.statements:
            run(self.con, statement)
        found = self.con.execute("SELECT * FROM vm.saving")
        names = [column[0] for column in found.description]
        return dict(zip(names, found.fetchall()[0], strict=True))

    def _declare(self, case: Case) -> None:
        with_price = case.before.price is not None
        row = {
            "provider_code": "B1",
            "case_code": "C",
            "method": "window",
            "team_code": "T1",
            "baseline_from": BEFORE,
            "baseline_to": BEFORE + timedelta(days=case.before.days - 1),
            "after_from": AFTER,
            "after_to": AFTER + timedelta(days=case.after.days - 1),
            "scale_by": case.scale_by,
            "volume_measure": "item_issued" if case.has_volume else None,
            "item_code": "MILK" if with_price else None,
            "activity_measure": "bed_day" if case.has_activity else None,
            "is_cash_releasing": True,
        }
        self._insert("staging.saving_cases", row)
        for side, first in ((case.before, None), (case.after, AFTER)) if with_price else ():
            last = AFTER - timedelta(days=1) if first is None else None
            price = Decimal(side.price or 0) / 1_000_000
            self._insert(
                "staging.prices",
                {"provider_code": "B1", "item_code": "MILK", "price": price, "valid_from": first, "valid_to": last},
            )

    def _fill(self, table: str, rows: list[dict[str, Any]], order: random.Random | None) -> None:
        numbered = [{**row, "batch_id": "b", "row_number": number} for number, row in enumerate(rows, 1)]
        if order:
            order.shuffle(numbered)
        if numbered:
            names = list(numbered[0])
            marks = ", ".join("?" for _ in names)
            cells: Sequence[list[Any]] = [[row[name] for name in names] for row in numbered]
            self.con.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", cells)

    def _insert(self, table: str, row: dict[str, Any]) -> None:
        marks = ", ".join("?" for _ in row)
        self.con.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", list(row.values()))


def _sides(case: Case) -> list[tuple[Side, date]]:
    return [(case.before, BEFORE), (case.after, AFTER)]


def _lines(case: Case) -> list[dict[str, Any]]:
    return [
        {
            "provider_code": "B1",
            "team_code": "T1",
            "cost_centre_code": "R1",
            "account_code": "3001A",
            "cost_category": "food",
            "is_direct": True,
            "posting_date": first + timedelta(days=day),
            "period": f"{first + timedelta(days=day):%Y-%m}",
            "financial_year": "2021/22",
            "ledger_period": 1,
            "amount_gbp": Decimal(pence) / 100,
        }
        for side, first in _sides(case)
        for day, pence in side.cost
    ]


def _records(case: Case) -> list[dict[str, Any]]:
    return [
        {
            "provider_code": "B1",
            "team_code": "T1",
            "unit_code": "W1",
            "measure_code": measure,
            "start_at": datetime.combine(first + timedelta(days=day), datetime.min.time()),
            "quantity": Decimal(units) / 1000,
            "period": f"{first + timedelta(days=day):%Y-%m}",
        }
        for side, first in _sides(case)
        for measure, counted in (("item_issued", side.volume), ("bed_day", side.activity))
        for day, units in counted
    ]
