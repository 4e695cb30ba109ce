"""Quality assets: the verdict on a feed's months, rejected rows as a file, feedback for their senders.

Belongs here: one asset a feed, its checks, and who is told of what.
Does not belong here: judging (quality), rejected rows (staging/rejects), feedback (feedback).
"""

import csv
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import dagster as dg

from vm_pipeline.defs.describe import OWNERS, table_of
from vm_pipeline.defs.night import AS_OF, Night, as_check, known_until, one_each
from vm_pipeline.defs.staging import in_months, known_in, write_feedback
from vm_pipeline.feeds import FEEDS
from vm_pipeline.quality.distribution import check_distribution
from vm_pipeline.quality.suites import check_contract
from vm_pipeline.quality.verdict import Verdict
from vm_pipeline.quality.whole_table import check_whole_table
from vm_pipeline.sources.receipts import Version
from vm_pipeline.staging.known import Known
from vm_pipeline.staging.rejects import rejects

# A check that may block does so only with severity ERROR, a WARN lets pass. Which it is, the verdict says.
_CHECKS = {
    "contract_kept": "What was accepted really keeps the contract.",
    "volume": "Rows of a month against the months before.",
    "month_present": "No month is missing between a provider's first and last.",
    "share_rejected": "Rows rejected, of rows received.",
    "outside_period": "Rows that belong to a month outside their batch.",
    "distribution": "A month looks like the months before.",
    "refused": "Batches refused as a whole; the last good version stays in force.",
    "dated_far": "Rows that are dated more than a month from the month of their period.",
    "no_control": "Ledger batches without a control file.",
}
_ONLY_TELL = ("outside_period", "refused", "dated_far", "no_control")
_BY_SETTING = " A warning, unless `blocking` of the settings names the feed."
_WHOLE_TABLE = ("volume", "month_present", "share_rejected", "outside_period", "distribution", "refused")


def quality_assets(months: dg.PartitionsDefinition) -> list[dg.AssetsDefinition]:
    """One asset a feed, partitioned by month."""
    return [_feed_asset(feed, months) for feed in FEEDS]


def _codes(feed: str) -> tuple[str, ...]:
    of_ledger = ("dated_far", "no_control") if feed == "ledger" else ()
    return ("contract_kept", *_WHOLE_TABLE, *of_ledger)


def _check_spec(code: str, key: dg.AssetKey) -> dg.AssetCheckSpec:
    said = _CHECKS[code] + ("" if code in ("contract_kept", *_ONLY_TELL) else _BY_SETTING)
    return dg.AssetCheckSpec(code, asset=key, blocking=code not in _ONLY_TELL, description=said)


def _feed_asset(feed: str, months: dg.PartitionsDefinition) -> dg.AssetsDefinition:
    key = dg.AssetKey(["quality", feed])

    @dg.asset(
        key=key,
        group_name="quality",
        deps=[["staging", feed]],
        description=f"Whether the accepted rows of {feed} keep their contract, and what only the whole table can show.",
        owners=OWNERS,
        kinds={"greatexpectations"},
        partitions_def=months,
        backfill_policy=dg.BackfillPolicy.single_run(),
        check_specs=[_check_spec(code, key) for code in _codes(feed)],
    )
    def judged(context: dg.AssetExecutionContext, night: dg.ResourceParam[Night]) -> dg.MaterializeResult:
        start = time.perf_counter()
        night.report(f"judging {feed}", 0, 1)
        home = night.home
        until = known_until(context)
        receipts = [r for r in home.receipts(until) if r.slot.feed == feed]
        known, versions = known_in(home, receipts, in_months(receipts, context), until)
        with ThreadPoolExecutor(1) as beside:  # Python writes files while DuckDB reads others
            writing = beside.submit(_write, night, feed, known, context)
            verdicts = night.judge(_verdicts(night, feed, known, versions))
            path, told = writing.result()
        night.report(f"judging {feed}", 1, 1)
        return dg.MaterializeResult(
            metadata={
                "verdicts": table_of({"check": v.code, "result": _result(v), "message": v.message} for v in verdicts),
                "rejected rows": dg.MetadataValue.path(str(path)),
                "batches with feedback": told,
                "seconds": round(time.perf_counter() - start, 2),
            },
            check_results=[as_check(verdict, key) for verdict in one_each(verdicts, _codes(feed), feed)],
        )

    return judged


def _write(night: Night, feed: str, known: Known, context: dg.AssetExecutionContext) -> tuple[Path, int]:
    """What people mend by. Returns where the rejected rows are, and how many batches have feedback."""
    path = write_rejects(night, feed, known, context.run.tags.get(AS_OF, ""))
    return path, write_feedback(night, feed, known, context)


def _result(verdict: Verdict) -> str:
    return "passed" if verdict.passed else "blocks" if verdict.blocks else "warns"


def _verdicts(night: Night, feed: str, known: Known, versions: list[Version]) -> list[Verdict]:
    staging, limits, blocking = night.home.staging, night.thresholds, night.blocking
    with night.home.connect(2) as con:  # beside the one that is written from
        verdicts = check_contract(con, feed, known, staging, versions)
    verdicts += check_whole_table(feed, known, limits, blocking)
    return [*verdicts, check_distribution(feed, known, limits, blocking)]


def write_rejects(night: Night, feed: str, known: Known, as_of: str) -> Path:
    """Rejected rows in force, as a CSV for people."""
    header, rows = rejects(known.in_force(feed), night.home.staging, feed)
    path = night.home.reports(as_of) / "rejects" / f"{feed}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    return path
