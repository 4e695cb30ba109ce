"""Staging assets: typed batches of a feed by month, with the gate that rows and pounds must pass.

Belongs here: one asset a feed and one for reference tables, and what they tell of each month.
Does not belong here: typing and judging rows (staging), checks of whole tables (quality).
"""

import time
from collections import defaultdict
from typing import Any

import dagster as dg

from vm_pipeline.defs.describe import OWNERS, schema_of_contract, table_of
from vm_pipeline.defs.night import AS_OF, FULL, Night, as_check, known_until, said_first
from vm_pipeline.defs.schedule import partition_of
from vm_pipeline.feedback.reports import write_all
from vm_pipeline.feeds import FEEDS, contract_for
from vm_pipeline.feeds.reference import REFERENCES
from vm_pipeline.home import Home
from vm_pipeline.quality import aside
from vm_pipeline.quality.totals import check_totals
from vm_pipeline.sources.receipts import Receipt, Version
from vm_pipeline.staging.known import Known, what_is_known
from vm_pipeline.staging.summary import Summary


def staging_assets(months: dg.PartitionsDefinition) -> list[dg.AssetsDefinition]:
    """One asset a feed, partitioned by month, and one for the reference tables."""
    return [*(_feed_asset(feed, months) for feed in FEEDS), _reference_asset()]


def _feed_asset(feed: str, months: dg.PartitionsDefinition) -> dg.AssetsDefinition:
    contract, key = contract_for(feed), dg.AssetKey(["staging", feed])
    said = [(rule.code, rule.description) for rule in contract.rules]
    said += [("duplicate", contract.duplicates.description)] if contract.duplicates else []
    rules = "\n".join(f"- `{code}`: {description}" for code, description in said)

    @dg.asset(
        key=key,
        group_name="staging",
        deps=[["landing", feed]],
        description=f"Typed batches, one a received content: {contract.grain}. Rows are rejected by\n\n{rules}",
        owners=OWNERS,
        kinds={"parquet", "duckdb"},
        partitions_def=months,
        backfill_policy=dg.BackfillPolicy.single_run(),
        metadata={"dagster/column_schema": schema_of_contract(contract), "contract": contract.version},
        check_specs=[
            dg.AssetCheckSpec(
                "totals_hold",
                asset=key,
                blocking=True,
                description="Rows and pounds in = accepted + rejected, per batch.",
            )
        ],
    )
    def staged(context: dg.AssetExecutionContext, night: dg.ResourceParam[Night]) -> dg.MaterializeResult:
        start = time.perf_counter()
        home, until = night.home, known_until(context)
        receipts = [r for r in home.receipts(until) if r.slot.feed == feed]
        chosen = in_months(receipts, context)
        aside.begin()  # what judges it takes seconds to import: it loads meanwhile
        with said_first():
            done = stage(night, chosen, feed, again=FULL in context.run.tags)
            known, versions = known_in(home, receipts, chosen, until)
        with home.connect() as con:
            verdict = night.judge([check_totals(con, feed, known, home.staging, versions)])[0]
        _tell_months(context, known, versions, {"batches staged in this run": done, "seconds": _since(start)})
        return dg.MaterializeResult(check_results=[as_check(verdict, key)])

    return staged


def in_months(receipts: list[Receipt], context: dg.AssetExecutionContext) -> list[Receipt]:
    """Receipts that are worked on under the run's months."""
    keys, (first, last) = set(context.partition_keys), _bounds(context)
    return [receipt for receipt in receipts if partition_of(receipt.slot, first, last) in keys]


def _tell_months(
    context: dg.AssetExecutionContext, known: Known, versions: list[Version], of_run: dict[str, Any]
) -> None:
    """Figures of each month of a run, which over a range of them is one step; `of_run` stands beside each."""
    of_run = {"months in this run": len(context.partition_keys), **of_run}
    by_month = _by_month(versions, context)
    for month in context.partition_keys:
        of_month = by_month.get(month, [])
        figures = {"dagster/partition_row_count": _accepted(known, of_month), **_figures(known, of_month)}
        context.add_asset_metadata(figures | of_run, partition_key=month)


def _since(start: float) -> float:
    return round(time.perf_counter() - start, 2)


def _by_month(versions: list[Version], context: dg.AssetExecutionContext) -> dict[str, list[Version]]:
    first, last = _bounds(context)
    found: dict[str, list[Version]] = defaultdict(list)
    for version in versions:
        found[partition_of(version.receipt.slot, first, last)].append(version)
    return found


def _bounds(context: dg.AssetExecutionContext) -> tuple[str, str]:
    """First and last month there is a partition for. Dagster counts them anew each time: ask once."""
    months = context.assets_def.partitions_def
    first, last = (months.get_first_partition_key(), months.get_last_partition_key()) if months else ("", "")
    return first or "", last or ""


def stage(night: Night, receipts: list[Receipt], feed: str, again: bool) -> int:
    """Stage what is not staged yet, telling whoever listens."""
    todo = receipts if again else night.home.staging.unstaged(receipts)
    done = 0

    def progress(_: str) -> None:
        nonlocal done
        done += 1
        night.report(f"staging {feed}", done, len(todo))

    return night.home.staging.stage(todo, progress, again)


def known_in(home: Home, receipts: list[Receipt], chosen: list[Receipt], until: str) -> tuple[Known, list[Version]]:
    """What is known of a feed, where only the chosen receipts need be staged; and the chosen versions.

    Raises Purged where rows in force are gone: as of then nothing can be built.
    """
    contents = {r.content_id for r in chosen}
    counts = contents | {r.content_id for r in home.staging.staged(receipts)}
    known = what_is_known([r for r in receipts if r.content_id in counts], home.staging, home.decisions(until))
    home.staging.check_kept(version.receipt for version in known.versions if version.in_force)
    return known, [v for v in known.versions if v.receipt.content_id in contents]


def write_feedback(night: Night, room: str, known: Known, context: dg.AssetExecutionContext) -> int:
    """Files for the senders of a feed, of what is known now. A look back leaves them as they are."""
    if AS_OF in context.run.tags:
        return 0
    return len(write_all(known, room, night.home.staging, night.home.feedback))


def _accepted(known: Known, versions: list[Version]) -> int:
    return sum(s.rows_accepted for v in versions if (s := known.summary(v)))


def _figures(known: Known, versions: list[Version]) -> dict[str, Any]:
    """Rows, batches and what was rejected. Tables of nothing are left out."""
    found = [(v, s) for v in versions if (s := known.summary(v))]
    rejections: list[dict[str, Any]] = [
        {"batch": str(v.receipt.slot), "rule": rule.rule_code, "rows": rule.rows, "pounds": rule.amount}
        for v, s in found
        for rule in sorted(s.rejections, key=lambda rule: -rule.rows)
    ]
    tables = {"batches": [_batch(v, s) for v, s in found], "rejections": rejections}
    return {
        "rows received": sum(s.rows_received for _, s in found),
        "rows rejected": sum(s.rows_rejected for _, s in found),
        **{name: table_of(rows) for name, rows in tables.items() if rows},
    }


def _batch(version: Version, summary: Summary) -> dict[str, Any]:
    state = "in force" if version.in_force else f"superseded at {version.superseded_at}"
    state = f"{version.decision.kind} at {version.decision.received_at}" if version.decision else state
    state = f"refused: {summary.refused_because}" if version.refused else state
    return {
        "batch": str(version.receipt.slot),
        "batch_id": version.batch_id,
        "received": version.receipt.received_at[: len("2022-07-31T02:00:00")],
        "rows accepted": summary.rows_accepted,
        "rows rejected": summary.rows_rejected,
        "state": "; ".join((state, *(one.message for one in summary.notes))),
    }


def _reference_asset() -> dg.AssetsDefinition:
    names = ", ".join(REFERENCES)

    @dg.asset(
        key=["staging", "reference"],
        group_name="staging",
        deps=[["landing", "reference"]],
        description=f"Typed reference tables: {names}.",
        owners=OWNERS,
        kinds={"parquet", "duckdb"},
    )
    def staged(context: dg.AssetExecutionContext, night: dg.ResourceParam[Night]) -> dg.MaterializeResult:
        start = time.perf_counter()
        home = night.home
        until = known_until(context)
        receipts = [r for r in home.receipts(until) if r.slot.feed.startswith("reference/")]
        with said_first():
            stage(night, receipts, "reference", again=FULL in context.run.tags)
        known, versions = known_in(home, receipts, receipts, until)
        in_force = [version for version in versions if version.in_force]
        told = write_feedback(night, "reference", known, context)
        return dg.MaterializeResult(
            metadata={
                "dagster/row_count": _accepted(known, in_force),
                "batches with feedback": told,
                **_figures(known, in_force + [version for version in versions if version.refused]),
                "seconds": _since(start),
            }
        )

    return staged
