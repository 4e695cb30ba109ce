"""How the rows themselves look, month by month: amounts, signs, deletions, answers off the scale.

Belongs here: what is measured of the typed rows of a month, in one query a feed, and the verdict on it.
Does not belong here: what staging already counted (whole_table), rows against their contract (suites).

The rule: of every provider's month one or two numbers are taken that wrong extracts are known to move, and each is set
beside the median of the provider's months before (history).
- ledger: the middle absolute amount (pence for pounds moves it a hundredfold, one huge journal does not), and the
  share of negative amounts (a turned sign moves it to its opposite).
- activity: the share of deletions. survey: the share of answers that are on no scale.
"""

from collections.abc import Collection, Iterable
from pathlib import Path

import duckdb

from vm_pipeline.calendar import period_of
from vm_pipeline.quality.expectations import Bound, outside
from vm_pipeline.quality.history import Compared, Measured, Thresholds, compare, is_open
from vm_pipeline.quality.parquet import Answer, Batch, ask, batches
from vm_pipeline.quality.verdict import SHOWN, Figure, Verdict, counted, shown
from vm_pipeline.sources.receipts import Version
from vm_pipeline.staging.batches import Staging
from vm_pipeline.staging.known import Known

_AMOUNT, _SHARE = "ratio", "shift"

_MEASURES: dict[str, dict[str, tuple[str, str]]] = {
    "ledger": {
        "middle_amount_gbp": (_AMOUNT, "quantile_disc(abs(amount), 0.5)::DOUBLE"),
        "share_negative": (_SHARE, "count_if(amount < 0) / count(*)"),
    },
    "activity": {"share_deleted": (_SHARE, "count_if(transaction_type = 'D') / count(*)")},
    "survey": {"share_off_scale": (_SHARE, "count_if(answer IS NOT DISTINCT FROM '?') / count(*)")},
}
_REMEDY = "Look at the extracts of these months (units, signs, deletions, answer texts) before anybody uses them."


def check_distribution(
    con: duckdb.DuckDBPyConnection,
    feed: str,
    known: Known,
    staging: Staging,
    thresholds: Thresholds | None = None,
    blocking: Collection[str] = frozenset(),
) -> Verdict:
    """Months whose rows look unlike the provider's own months before."""
    limits = thresholds or Thresholds()
    versions = known.in_force(feed)
    todo = batches(feed, known, staging, versions)
    answer = _measure(con, feed, todo)
    found: list[tuple[float, Figure]] = []
    judged = 0
    for place, (measure, (way, _)) in enumerate(_MEASURES[feed].items()):
        compared = compare(_months(answer, place, versions, todo), limits)
        judged = max(judged, sum(one.usual is not None for one in compared))
        found += [_figure(measure, way, one) for one in _odd(feed, measure, way, compared, limits)]
    message = f"{feed}: {counted(judged, 'month')} judged, each looks like the provider's months before."
    if found:
        message = (
            f"{feed}: found {counted(len(found), 'number')} of {counted(judged, 'month')} unlike the provider's "
            f"months before; expected amounts {limits.least_ratio:g} to {limits.most_ratio:g} times their median and "
            f"shares within {limits.share_shift:g} of it. {_REMEDY}"
        )
    worst = sorted(found, key=lambda one: -one[0])[:SHOWN]
    return Verdict("distribution", feed, not found, feed in blocking, message, tuple(figure for _, figure in worst))


def _measure(con: duckdb.DuckDBPyConnection, feed: str, todo: list[Batch]) -> Answer:
    numbers = ", ".join(sql for _, sql in _MEASURES[feed].values())
    rows = "read_parquet($files, filename = true)"
    sql = f"SELECT filename, batch_month, {numbers} FROM {rows} GROUP BY filename, batch_month"
    return ask(con, sql, [batch.accepted for batch in todo])


def _months(answer: Answer, place: int, versions: Iterable[Version], todo: list[Batch]) -> list[Measured]:
    """One number by provider and month in force, of months that were over when they were received."""
    counts = {(Path(file), period_of(month)): numbers[place] for file, month, *numbers in answer.rows}
    files = {batch.receipt.content_id: batch.accepted for batch in todo}
    return [
        Measured(version.receipt.slot.sender, month, float(counts[file, month]))
        for version in versions
        if (file := files.get(version.receipt.content_id))
        for month in version.months_in_force
        if (file, month) in counts and not is_open(version, month)
    ]


def _odd(feed: str, measure: str, way: str, compared: list[Compared], limits: Thresholds) -> list[Compared]:
    low, high = (-limits.share_shift, limits.share_shift) if way == _SHARE else (limits.least_ratio, limits.most_ratio)
    rows = [{measure: one.shift if way == _SHARE else one.ratio} for one in compared]
    return [compared[place] for place in outside(f"{feed} {measure}", rows, [Bound(measure, low, high)])[measure]]


def _figure(measure: str, way: str, one: Compared) -> tuple[float, Figure]:
    """How unlike it is, for ordering, and its figures."""
    return abs(one.shift or 0) if way == _SHARE else one.times, {
        "measure": measure,
        "provider_code": one.month.provider_code,
        "period": one.month.period,
        "value": shown(one.month.value),
        "usual": shown(one.usual or 0),
    }
