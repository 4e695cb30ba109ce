"""How the rows themselves look, month by month: amounts, signs, deletions, answers off the scale.

Belongs here: the verdict on what staging measured of the typed rows of a month.
Does not belong here: the measures (feeds) and taking them (staging/looks), what staging counted (whole_table), rows
against their contract (suites).

The rule: of every provider's month one or two numbers are taken that wrong extracts are known to move, and each is set
beside the median of the provider's months before (history).
"""

from collections.abc import Collection, Iterable

from vm_pipeline.feeds import CONTRACTS
from vm_pipeline.feeds.contract import Measure
from vm_pipeline.quality.aside import outside
from vm_pipeline.quality.expectations import Bound
from vm_pipeline.quality.history import Compared, Measured, Thresholds, compare, is_open
from vm_pipeline.quality.verdict import SHOWN, Figure, Verdict, counted, shown
from vm_pipeline.sources.receipts import Version
from vm_pipeline.staging.known import Known

_REMEDY = "Look at the extracts of these months (units, signs, deletions, answer texts) before anybody uses them."


def check_distribution(
    feed: str, known: Known, thresholds: Thresholds | None = None, blocking: Collection[str] = frozenset()
) -> Verdict:
    """Months whose rows look unlike the provider's own months before."""
    limits = thresholds or Thresholds()
    found: list[tuple[float, Figure]] = []
    judged = 0
    for measure in dict.fromkeys(one for contract in CONTRACTS[feed] for one in contract.measures):
        compared = compare(_months(measure, known, known.in_force(feed)), limits)
        judged = max(judged, sum(one.usual is not None for one in compared))
        found += [_figure(measure, one) for one in _odd(feed, measure, compared, limits)]
    message = f"{feed}: {counted(judged, 'month')} judged, each looks like the provider's months before."
    if found:
        message = (
            f"{feed}: found {counted(len(found), 'number')} of {counted(judged, 'month')} unlike the provider's "
            f"months before; expected amounts {limits.least_ratio:g} to {limits.most_ratio:g} times their median and "
            f"shares within {limits.share_shift:g} of it. {_REMEDY}"
        )
    worst = sorted(found, key=lambda one: -one[0])[:SHOWN]
    return Verdict("distribution", feed, not found, feed in blocking, message, tuple(figure for _, figure in worst))


def _months(measure: Measure, known: Known, versions: Iterable[Version]) -> list[Measured]:
    """One number by provider and month in force, of months that were over when they were received."""
    return [
        Measured(version.receipt.slot.sender, look.period, look.measured[measure.name])
        for version in versions
        if (summary := known.summary(version))
        for look in summary.looks
        if look.period in version.months_in_force and not is_open(version, look.period)
    ]


def _odd(feed: str, measure: Measure, compared: list[Compared], limits: Thresholds) -> list[Compared]:
    shares, ratios = (-limits.share_shift, limits.share_shift), (limits.least_ratio, limits.most_ratio)
    rows = [{measure.name: one.shift if measure.is_share else one.ratio} for one in compared]
    bound = Bound(measure.name, *(shares if measure.is_share else ratios))
    return [compared[place] for place in outside(f"{feed} {measure.name}", rows, [bound])[measure.name]]


def _figure(measure: Measure, one: Compared) -> tuple[float, Figure]:
    """How unlike it is, for ordering, and its figures."""
    return abs(one.shift or 0) if measure.is_share else one.times, {
        "measure": measure.name,
        "provider_code": one.month.provider_code,
        "period": one.month.period,
        "value": shown(one.month.value),
        "usual": shown(one.usual or 0),
    }
