"""The definitions as a whole: assets, jobs, schedule, sensors, and the night they work on.

Belongs here: what there is. Parts can be swapped, for tests. Does not belong here: any of it (the other modules).
"""

import warnings

import dagster as dg

from vm_pipeline.calendar import LONDON
from vm_pipeline.defs.core import core
from vm_pipeline.defs.landing import landing
from vm_pipeline.defs.night import Night
from vm_pipeline.defs.publish import marts, published_warehouse, signals
from vm_pipeline.defs.quality import quality_assets
from vm_pipeline.defs.schedule import build_sensor, drop_folder_sensor, nightly, stage_sensor
from vm_pipeline.defs.staging import staging_assets
from vm_pipeline.defs.telling import JOBS, alerts_sensor
from vm_pipeline.home import Home
from vm_pipeline.settings import Settings

LAND, STAGE, BUILD = JOBS
# By the first tag deploy/dagster.yaml lets one of them run at a time. By the second a run whose process died is tried
# again as a whole: Dagster would begin after the steps that were done, and find no draft, which is one run's own.
_TAGS = {"vm/night": "one", "dagster/retry_strategy": "ALL_STEPS"}


def monthly(first_month: str) -> dg.MonthlyPartitionsDefinition:
    """Months from the first of the settings to the running one, London time."""
    return dg.MonthlyPartitionsDefinition(start_date=first_month, fmt="%Y-%m", timezone=LONDON.key, end_offset=1)


def assemble(settings: Settings, night: Night | None = None) -> dg.Definitions:
    """Every definition, for one home."""
    months = monthly(settings.first_month)
    with warnings.catch_warnings():  # single-run backfills are marked beta; said once in docs/adr, not on every run
        warnings.simplefilter("ignore", dg.BetaWarning)
        assets = [landing, *staging_assets(months), *quality_assets(months), core, marts, signals, published_warehouse]
    land = dg.define_asset_job(
        LAND,
        dg.AssetSelection.groups("landing"),
        description="Ask every source and keep what is new.",
        tags=_TAGS,
    )
    stage = dg.define_asset_job(
        STAGE,
        dg.AssetSelection.groups("staging", "quality"),
        description="Stage and judge a range of months.",
        tags=_TAGS,
    )
    # A job of its own: in a run over a range Dagster writes an event a month for every asset, partitioned or not.
    build = dg.define_asset_job(
        BUILD,
        dg.AssetSelection.groups("core", "marts", "signals", "publish"),
        description="Build the warehouse from all that is staged, and publish it.",
        tags=_TAGS,
    )
    return dg.Definitions(
        assets=assets,
        jobs=[land, stage, build],
        schedules=[nightly(land)],
        sensors=[
            drop_folder_sensor(land),
            stage_sensor(land, stage, months),
            build_sensor(stage, build),
            alerts_sensor(),
        ],
        resources={"night": night or Night(Home(settings))},
        executor=dg.in_process_executor,
    )
