"""Freshness: by which working day a month of a feed is expected, and who is late.

Belongs here: the keys of `[freshness]`, what follows from them at a moment that is handed in.
Does not belong here: the clock, telling anybody (alerts), gaps between months that are there (whole_table).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from vm_pipeline.calendar import LONDON, current_month, month_number, period_of, working_day
from vm_pipeline.quality.verdict import Figure, Verdict, counted
from vm_pipeline.sources.receipts import Version

WorkingDay = Annotated[int, Field(ge=1, le=60)]
_MARCH = "03"


@dataclass(frozen=True)
class Expected:
    """When the months of a feed are expected."""

    working_day: WorkingDay
    """Working day of the month after, counted from 1, by whose end in London a month is expected."""
    march_working_day: WorkingDay | None = None
    """The same for March, whose books close later. Default: as for other months."""
    no_longer: tuple[str, ...] = ()
    """Providers, or `provider/part`, that send it no longer."""

    def due_on(self, period: str, nation: str) -> date:
        """The last day on which a month is not late yet."""
        number = (self.march_working_day if period.endswith(_MARCH) else None) or self.working_day
        return working_day(period_of(month_number(period) + 1), number, nation)

    def last_due(self, now: datetime, nation: str) -> tuple[str, date]:
        """The last month that should be there by now, and the day it was due on."""
        today, month = now.astimezone(LONDON).date(), month_number(current_month(now)) - 1
        while (due := self.due_on(period_of(month), nation)) >= today:
            month -= 1
        return period_of(month), due


@dataclass(frozen=True)
class Freshness:
    """By when extracts are expected. A feed without a table of its own is never late."""

    ledger: Expected | None = None
    """Table `[freshness.ledger]`."""
    activity: Expected | None = None
    """Table `[freshness.activity]`."""
    survey: Expected | None = None
    """Table `[freshness.survey]`, where one comes every month."""

    def of(self, feed: str) -> Expected | None:
        """What is expected of a feed."""
        found: Expected | None = getattr(self, feed)
        return found


@dataclass(frozen=True)
class Late:
    """A sender whose last month in force is before the last that was due."""

    feed: str
    sender: str
    last_period: str
    expected_period: str
    due_on: date

    def __str__(self) -> str:
        """What was found and expected."""
        return (
            f"{self.feed} of {self.sender}: found {self.last_period} as the last month in force, expected "
            f"{self.expected_period} by {self.due_on}"
        )


def late(
    feeds: Iterable[str], versions: Sequence[Version], freshness: Freshness, now: datetime, nation: str
) -> list[Late]:
    """Who is late, by feed and sender. Only who ever had a month in force is expected to send the next."""
    found = []
    for feed in feeds:
        expected = freshness.of(feed)
        if expected is None:
            continue
        period, due_on = expected.last_due(now, nation)
        for sender, last in sorted(_last_months(feed, versions, current_month(now)).items()):
            if last < period and not {sender, sender.partition("/")[0]} & {*expected.no_longer}:
                found.append(Late(feed, sender, last, period, due_on))
    return found


def _last_months(feed: str, versions: Sequence[Version], running: str) -> dict[str, str]:
    """The last month in force of each sender; a mistyped month ahead of time is none."""
    last: dict[str, str] = {}
    for version in versions:
        slot = version.receipt.slot
        for month in version.months_in_force if slot.feed == feed else ():
            if month <= running:
                last[slot.sender] = max(last.get(slot.sender, ""), month)
    return last


def check_fresh(feed: str, versions: Sequence[Version], freshness: Freshness, now: datetime, nation: str) -> Verdict:
    """`fresh` of a feed: a warning that names who is late."""
    expected = freshness.of(feed)
    if expected is None:
        message = f"{feed}: nothing is expected by a day; [freshness.{feed}] of vm.toml would say one."
        return Verdict("fresh", feed, True, False, message)
    found = late([feed], versions, freshness, now, nation)
    period, due_on = expected.last_due(now, nation)
    if not found:
        return Verdict("fresh", feed, True, False, f"{feed}: {period}, due by {due_on}, is there of everyone.")
    figures: tuple[Figure, ...] = tuple({"sender": one.sender, "last_month": one.last_period} for one in found)
    message = (
        f"{feed}: found {counted(len(found), 'sender')} without {period}; expected it by {due_on}. "
        "Ask for it, and run when it is there."
    )
    return Verdict("fresh", feed, False, False, message, figures)
