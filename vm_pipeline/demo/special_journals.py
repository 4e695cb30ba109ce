"""Journals that are not an ordinary month's spending: what a ledger holds beside it.

Belongs here: recharges, capital, opening balances, year-end adjustments, late and standing journals.
Does not belong here: milk (milk), ordinary spending (ledger), rows that are wrong (defects).
"""

from collections.abc import Iterator
from datetime import timedelta
from random import Random

from vm_pipeline.calendar import first_day, last_day, ledger_period, month_number, period_of
from vm_pipeline.demo.accounts import CAPITAL, RECHARGE, SUPPLIES
from vm_pipeline.demo.chance import split, wobble
from vm_pipeline.demo.journal import Journal, Line
from vm_pipeline.demo.programme import FIRST_MONTH, FORTH_VALLEY, GLASGOW, Board

APRIL, MARCH = 1, 12  # ledger periods
QUARTER = 3
OPENING, YEAR_END, AUDIT = 0, 13, 14
STANDING_JOURNAL, STANDING_MONTHS = "GSJ0001", ("2020-11", "2020-12")  # one number used twice: the key comes again
_MEALS_PENCE = 9_400_00  # a month, to each ward
_CAPITAL_PENCE = 18_250_00
_OPENING_PENCE = 640_00
_YEAR_END_PENCE = 1_150_00
_AUDIT_PENCE = -275_30
_LATE_PENCE = 390_00
_STANDING_PENCE = 84_00


def special_lines(board: Board, month: str, rng: Random) -> Iterator[Line]:
    """Every special line of a board's ledger month."""
    yield from _recharges(board, month, rng)
    period = ledger_period(first_day(month))
    if period % QUARTER == 0:
        yield from _capital(board, month, rng)
    if period == APRIL:
        yield from _each_ward(board, month, OPENING, _OPENING_PENCE, rng)
    elif board is FORTH_VALLEY and month > FIRST_MONTH:
        yield from _late(board, month, rng)
    if period == MARCH:
        yield from _each_ward(board, month, YEAR_END, _YEAR_END_PENCE, rng)
        yield from _audit(board, month)
    if board is GLASGOW and month in STANDING_MONTHS:
        yield from _standing(board, month)


def _wards(board: Board) -> list[str]:
    return [centre.code for centre in board.cost_centres if centre.kind.endswith("ward")]


def _recharges(board: Board, month: str, rng: Random) -> Iterator[Line]:
    """Meals: a credit on the kitchen, a debit on every ward, nothing in sum."""
    wards, day = _wards(board), last_day(month)
    for kitchen in (centre.code for centre in board.cost_centres if centre.kind == "kitchen"):
        meals = split(rng, round(_MEALS_PENCE * len(wards) * wobble(rng, 0.03)), len(wards))
        yield from Journal(board, month, kitchen, RECHARGE).lines([(day, -sum(meals))])
        for ward, pence in zip(wards, meals, strict=True):
            yield from Journal(board, month, ward, RECHARGE).lines([(day, pence)])


def _capital(board: Board, month: str, rng: Random) -> Iterator[Line]:
    pence = round(_CAPITAL_PENCE * wobble(rng, 0.5))
    yield from Journal(board, month, _wards(board)[0], CAPITAL).lines([(last_day(month), pence)])


def _each_ward(board: Board, month: str, period: int, pence: int, rng: Random) -> Iterator[Line]:
    """Opening balances on the first of April, year-end adjustments on the last of March."""
    day = first_day(month) if period == OPENING else last_day(month)
    text = "Balance brought forward" if period == OPENING else "Year-end accrual"
    for ward in _wards(board):
        journal = Journal(board, month, ward, SUPPLIES, f"P{period}", period)
        yield from journal.lines([(day, round(pence * wobble(rng, 0.6)))], (text,))


def _audit(board: Board, month: str) -> Iterator[Line]:
    journal = Journal(board, month, _wards(board)[0], SUPPLIES, f"P{AUDIT}", AUDIT)
    yield from journal.lines([(last_day(month), _AUDIT_PENCE)], ("Audit adjustment",))


def _late(board: Board, month: str, rng: Random) -> Iterator[Line]:
    """Two lines of the month before, which that month's extract missed."""
    before = period_of(month_number(month) - 1)
    period = ledger_period(first_day(before))
    journal = Journal(board, month, _wards(board)[-1], SUPPLIES, "LATE", period)
    pence = [round(_LATE_PENCE * wobble(rng, 0.7)) for _ in range(2)]
    yield from journal.lines([(last_day(before) - timedelta(days=3), part) for part in pence], ("Late invoice",))


def _standing(board: Board, month: str) -> Iterator[Line]:
    journal = Journal(board, month, _wards(board)[0], SUPPLIES)
    for line in journal.lines([(last_day(month), _STANDING_PENCE)], ("Standing order",)):
        yield line._replace(journal=STANDING_JOURNAL)
