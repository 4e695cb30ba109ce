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

from vm_pipeline.calendar import current_month
from vm_pipeline.sources.receipts import Version


@dataclass(frozen=True)
class Thresholds:
    """Where whole-table checks begin to warn. Every field has a default that suits monthly extracts of one board.

    `least_ratio`, `most_ratio`: a month's rows, or its middle amount, against what is usual for the provider.
    `months_back`: how many earlier months say what is usual: their median. `least_history`: with fewer, a month is not
    judged. `share_shift`: how far a share (of negative amounts, deletions, answers off the scale) may lie from usual.
    `share_rejected`, `share_outside`: rows of a batch that were rejected, or belong to a month outside it.
    `least_rejected`: fewer rejected rows are no share worth a warning, however small the batch.
    `share_unallocated`: of a provider's month, on no team; judged in the last `recent_months`.
    `restated`: how far a figure of a provider's month may move between two landings, as a share of what it was.
    `monthly`: feeds that come every month. A survey comes by wave: no month of it is missing or unusually large.
    """

    least_ratio: float = 0.5
    most_ratio: float = 2.0
    months_back: int = 12
    least_history: int = 3
    share_shift: float = 0.10
    share_rejected: float = 0.05
    least_rejected: int = 5
    share_outside: float = 0.25
    share_unallocated: float = 0.05
    recent_months: int = 12
    restated: float = 0.05
    monthly: frozenset[str] = frozenset({"ledger", "activity"})


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
