"""Landing assets: one a feed, all filled by one look at the sources.

Belongs here: one spec a feed, and what a landing tells of itself.
Does not belong here: asking sources, keeping what they have (home, sources).
"""

import time
from collections.abc import Iterator
from dataclasses import astuple
from datetime import timedelta

import dagster as dg

from vm_pipeline.calendar import LONDON
from vm_pipeline.defs.describe import OWNERS, table_of
from vm_pipeline.defs.night import Night, as_check
from vm_pipeline.feeds import FEEDS
from vm_pipeline.home import utc_now
from vm_pipeline.sources.folder import empty
from vm_pipeline.sources.landing import Received

GROUPS = (*FEEDS, "reference")
PROBLEMS, WORDS = "problems", ("where", "found", "expected", "to do")  # a table of metadata, and its columns
# Whatever came: a landing at all, every night. The schedule starts it at two; a slow one may take until six.
_EVERY_NIGHT = dg.FreshnessPolicy.cron("0 6 * * *", timedelta(hours=24), LONDON.key)
_DESCRIPTION = "Extracts of the {0} feed as received: bytes under their SHA-256, and a receipt for each. Never changed."


def _specs() -> list[dg.AssetSpec]:
    return [
        dg.AssetSpec(
            ["landing", feed],
            group_name="landing",
            description=_DESCRIPTION.format(feed),
            owners=OWNERS,
            kinds={"file"},
            freshness_policy=_EVERY_NIGHT,
        )
        for feed in GROUPS
    ]


def _fresh(feed: str) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        "fresh",
        asset=["landing", feed],
        description="Every sender's last month that was due is there, by `[freshness]` of the settings.",
    )


@dg.multi_asset(specs=_specs(), name="landing", check_specs=[_fresh(feed) for feed in FEEDS])
def landing(
    context: dg.AssetExecutionContext, night: dg.ResourceParam[Night]
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """Ask every source and keep what is new."""
    if not night.home.settings.sources:
        raise dg.Failure("found no source in the settings; expected [[source]] in vm.toml, VM_FEEDS or VM_CONFIG.")
    if not night.arrived and (amiss := empty(night.home.settings.sources)):
        raise dg.Failure("; ".join(map(str, amiss)))  # as `vm-pipeline run` does not begin then
    start = time.perf_counter()
    received = night.receive()
    seconds = round(time.perf_counter() - start, 2)
    for problem in received.problems:
        context.log.warning(str(problem))
    for feed in GROUPS:
        yield dg.MaterializeResult(
            asset_key=["landing", feed], metadata={**_figures(received, feed), "seconds": seconds}
        )
    for verdict in night.judge(night.home.fresh(utc_now())):
        yield as_check(verdict, dg.AssetKey(["landing", verdict.subject]))


def _figures(received: Received, feed: str) -> dict[str, dg.MetadataValue]:
    new = [receipt for receipt in received.new if receipt.slot.feed.partition("/")[0] == feed]
    rows = [{"slot": str(r.slot), "bytes": r.size, "sha256": r.sha256[:12]} for r in new]
    found = [dict(zip(WORDS, astuple(problem), strict=True)) for problem in received.problems]
    return {
        "new extracts": dg.MetadataValue.int(len(new)),
        "new bytes": dg.MetadataValue.int(sum(receipt.size for receipt in new)),
        **{name: table_of(table) for name, table in (("received", rows), (PROBLEMS, found)) if table},
    }
