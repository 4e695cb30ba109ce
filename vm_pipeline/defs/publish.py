"""Marts, signals and publish: what people read, built from core and put in place in one step.

Belongs here: the order of these steps, and what they tell.
Does not belong here: building (warehouse/build), putting a draft in place (home).
"""

import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import dagster as dg
import duckdb

from vm_pipeline.behind import refuse_behind
from vm_pipeline.defs.describe import OWNERS
from vm_pipeline.defs.night import AS_OF, Night, as_check, known_until, said_first
from vm_pipeline.defs.statements import result, specs
from vm_pipeline.quality.restated import check_restated
from vm_pipeline.warehouse.build import build_marts, build_signals, judge
from vm_pipeline.warehouse.drafts import core_of
from vm_pipeline.warehouse.made_from import publication
from vm_pipeline.warehouse.snapshot import describe
from vm_pipeline.warehouse.statements import LAYERS, statements

PUBLISHED = dg.AssetKey(["publish", "warehouse"])


def _draft(context: dg.AssetExecutionContext, night: Night) -> Path:
    """What core began in this run. Raises Failure in a run that leaves core out."""
    draft = night.home.drafts.path(context.run.run_id)
    if not draft.is_file():
        raise dg.Failure(
            f"found no draft of run {context.run.run_id}, expected what core puts in it: a run that begins after core "
            "has nothing to build on. Run all of the job: `Re-execute all` in Dagster, or `vm-pipeline run`."
        )
    return draft


@dg.multi_asset(specs=specs("marts"), name="marts")
def marts(context: dg.AssetExecutionContext, night: dg.ResourceParam[Night]) -> Iterator[dg.MaterializeResult]:
    """Fill the marts in the draft."""

    def fill(con: duckdb.DuckDBPyConnection) -> Iterable[dg.MaterializeResult]:
        built = build_marts(con)
        night.built += built
        night.report("marts", 1, 1)
        return map(result, built)

    night.report("marts", 0, 1)
    yield from night.build(_draft(context, night), fill)


_RESTATED = dg.AssetCheckSpec(
    "restated",
    asset=dg.AssetKey(["signals", "restatement"]),
    description="How far figures of months published before moved with the last landing.",
)


@dg.multi_asset(specs=specs("signals"), name="signals", check_specs=[_RESTATED])
def signals(
    context: dg.AssetExecutionContext, night: dg.ResourceParam[Night]
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """Judge every series, and keep what was published first of each point."""

    def fill(con: duckdb.DuckDBPyConnection) -> Iterable[dg.MaterializeResult | dg.AssetCheckResult]:
        judge(con)
        built = build_signals(con, night.home.as_published, night.home.landings(con, known_until(context)))
        (verdict,) = night.judge([check_restated(con, night.thresholds)])
        night.built += built
        night.report("signals", 1, 1)
        return [*map(result, built), as_check(verdict, _RESTATED.asset_key)]

    night.report("signals", 0, 1)
    yield from night.build(_draft(context, night), fill)


@dg.asset(
    key=PUBLISHED,
    group_name="publish",
    deps=[[s.layer, s.name] for layer in LAYERS for s in statements(layer) if s.published],
    owners=OWNERS,
    kinds={"duckdb"},
    description="The warehouse readers see: the draft put in place in one step, after every gate held.",
)
def published_warehouse(context: dg.AssetExecutionContext, night: dg.ResourceParam[Night]) -> dg.MaterializeResult:
    """Swap the draft in. An older night never replaces a newer one."""
    start = time.perf_counter()
    home, until = night.home, known_until(context)
    draft, as_of = _draft(context, night), context.run.tags.get(AS_OF, "")
    night.report("publish", 0, 1)
    with home.workspace(draft) as con:
        last = max(home.moments(until), default=until)  # a run by hand in Dagster is later than all it knows of
        describe(con, publication(home.known(until), as_of or last, home.settings.nation))
    with said_first():
        if not as_of:
            refuse_behind(home)
        digest = home.publish(draft, as_of)
    night.published = bool(digest)
    if digest and not as_of:
        home.kept.keep(core_of(draft), digest, home.set_apart(until))
    home.tidy()
    night.report("publish", 1, 1)
    if not night.published:
        context.log.warning("A newer night is published already; this one was dropped.")
    return dg.MaterializeResult(
        metadata={
            "warehouse": dg.MetadataValue.path(home.readers_at(as_of)),
            "published": night.published,
            "bytes": home.target(as_of).stat().st_size,
            "seconds": round(time.perf_counter() - start, 2),
        }
    )
