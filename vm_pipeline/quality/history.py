"""A provider's months against its own past.

Belongs here: the thresholds of the whole-table checks, and what is usual for a month.
Does not belong here: what is measured of a month (whole_table, distribution), pauses and signals (indicators).
"""

import math
import statistics
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import Field

from vm_pipeline.calendar import current_month
from vm_pipeline.feeds import FEEDS
from vm_pipeline.keys import OneOf
from vm_pipeline.sources.receipts import Version

FeedName = Annotated[str, OneOf(FEEDS)]
Share = Annotated[float, Field(ge=0, le=1)]


@dataclass(frozen=True)
class Thresholds:
    """Where whole-table checks begin to warn. Every default suits monthly extracts of one board."""

    least_ratio: Annotated[float, Field(ge=0)] = 0.5
    """A month's rows, or its middle amount, at least so many times what is usual for the provider."""
    most_ratio: Annotated[float, Field(ge=0)] = 2.0
    """And at most so many times."""
    months_back: Annotated[int, Field(ge=1)] = 12
    """How many earlier months say what is usual: their median."""
    least_history: Annotated[int, Field(ge=1)] = 3
    """With fewer earlier months, a month is not judged."""
    share_shift: Share = 0.10
    """How far a share (negative amounts, deletions, answers off the scale) may lie from what is usual."""
    share_rejected: Share = 0.05
    """Rows of a batch that may be rejected, as a share of those received."""
    least_rejected: Annotated[int, Field(ge=0)] = 5
    """Fewer rejected rows give no warning, however small the batch."""
    share_outside: Share = 0.25
    """Accepted rows of a batch that may belong to a month outside it, or be dated more than a month from theirs."""
    share_unallocated: Share = 0.05
    """What may be on UNALLOCATED, as a share of a provider's month."""
    recent_months: Annotated[int, Field(ge=1)] = 12
    """How many of the last months `share_unallocated` is judged in."""
    restated: Share = 0.05
    """How far a figure of a provider's month may move between two landings, as a share of what it was."""
    monthly: frozenset[FeedName] = frozenset({"ledger", "activity"})
    """Feeds that come every month: a missing month is told. A survey comes by wave: no month of it is missing."""


@dataclass(frozen=True)
class Measured:
    """One number of one provider's month."""

    provider_code: str
    period: str
    value: float


@dataclass(frozen=True)
class Compared:
    """A month's number beside what is usual; None where its past is too short to say."""

    month: Measured
    usual: float | None

    @property
    def ratio(self) -> float | None:
        """How many times what is usual."""
        return self.month.value / self.usual if self.usual else None

    @property
    def times(self) -> float:
        """How many times too large or too small, for ordering."""
        return max(self.ratio, 1 / self.ratio) if self.ratio else math.inf

    @property
    def shift(self) -> float | None:
        """How far from what is usual."""
        return None if self.usual is None else self.month.value - self.usual


def compare(measured: Iterable[Measured], thresholds: Thresholds) -> list[Compared]:
    """Each month beside the median of the provider's months before it, as many as `months_back`."""
    by_provider: dict[str, list[Measured]] = defaultdict(list)
    for one in sorted(measured, key=lambda month: (month.provider_code, month.period)):
        by_provider[one.provider_code].append(one)
    return [
        Compared(month, _usual([one.value for one in past[max(0, place - thresholds.months_back) : place]], thresholds))
        for past in by_provider.values()
        for place, month in enumerate(past)
    ]


def _usual(values: Sequence[float], thresholds: Thresholds) -> float | None:
    return statistics.median(values) if len(values) >= thresholds.least_history else None


def is_open(version: Version, period: str) -> bool:
    """Whether a month was still running when its extract was received: such a month is not whole."""
    return period >= current_month(datetime.fromisoformat(version.receipt.received_at))
