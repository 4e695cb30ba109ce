"""What a patient of Ward 7A costs: 807.70 pounds before July 2021, 631.50 pounds from then on.

Belongs here: the phases with one figure each, and the average of the ward's weekly ratios, to scale its spending by.
Does not belong here: the spending itself (ledger), who was admitted (stays), the indicator (indicators).

A week's cost is what was posted in it, and of pay its days' part of the month; a week's patients are those admitted.
The average is of whole weeks within a phase: an average of ratios, as a control chart draws it, and no ratio of sums.
"""

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from vm_pipeline.calendar import first_day, last_day, months, week_start
from vm_pipeline.demo.accounts import ACCOUNT
from vm_pipeline.demo.journal import Line
from vm_pipeline.demo.programme import HIGHLAND
from vm_pipeline.demo.stays import ward_stays

WARD_7A = next(centre for centre in HIGHLAND.cost_centres if centre.code == "H21070")
_WARD = next(ward for ward in HIGHLAND.wards if ward.unit == "H7A")
_WEEK = timedelta(weeks=1)


class Phase(NamedTuple):
    """Months in which a patient costs so many pence, on average of weeks."""

    first: str
    last: str
    pence: int

    def weeks(self) -> list[date]:
        """Mondays of the weeks that lie wholly within it."""
        start, end = week_start(first_day(self.first) + timedelta(days=6)), last_day(self.last)
        return [start + number * _WEEK for number in range((end - start).days // 7 + 1) if _ends(start, number) <= end]


BEFORE_THE_PAUSE = Phase("2019-11", "2020-02", 807_70)
BEFORE = Phase("2020-10", "2021-06", 807_70)
AFTER = Phase("2021-07", "2022-10", 631_50)
PHASES = (BEFORE_THE_PAUSE, BEFORE, AFTER)

LinesOf = Callable[[str], list[Line]]  # the ward's ordinary lines of a month


def phase_of(month: str) -> Phase | None:
    """The phase a month lies in; the hibernation is in none."""
    return next((phase for phase in PHASES if phase.first <= month <= phase.last), None)


def weekly_average(phase: Phase, lines: LinesOf, seed: int) -> float:
    """Pence a patient: the average, over the phase's weeks, of cost over admissions."""
    cost: dict[date, float] = defaultdict(float)
    for month in months(phase.first, phase.last):
        for day, pence in daily_cost(month, lines(month)).items():
            cost[week_start(day)] += pence
    admitted = _admitted(seed)
    weeks = phase.weeks()
    return sum(cost[week] / admitted[week] for week in weeks) / len(weeks)


def daily_cost(month: str, lines: list[Line]) -> dict[date, float]:
    """Pence of direct cost by day: dated accounts when posted, the others in even parts over the month."""
    days = [first_day(month) + timedelta(days=number) for number in range(last_day(month).day)]
    cost = dict.fromkeys(days, 0.0)
    direct = [line for line in lines if _counts(line)]
    spread = sum(line.pence for line in direct if _is_spread(line))
    for line in direct:
        if not _is_spread(line):
            cost[line.posted] += line.pence
    return {day: pence + spread / len(days) for day, pence in cost.items()}


def _ends(start: date, number: int) -> date:
    return start + number * _WEEK + timedelta(days=6)


def _counts(line: Line) -> bool:
    account = ACCOUNT[line.account]
    return account.is_direct and account.category not in ("income", "capital", "recharge")


def _is_spread(line: Line) -> bool:
    account = ACCOUNT[line.account]
    return (account.timing or ("spread" if account.category.startswith("pay") else "dated")) == "spread"


@cache
def _admitted(seed: int) -> Counter[date]:
    return Counter(week_start(stay.start.date()) for stay in ward_stays(HIGHLAND, _WARD, seed))
