"""When things run: every night at two, when the drop folder changes, and the months that a landing found.

Belongs here: the schedule, the sensors, and the months that one run is over.
Does not belong here: what runs (assemble), alerts (telling).
"""

import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

import dagster as dg

from vm_pipeline.calendar import LONDON
from vm_pipeline.defs.night import CARRIED, KNOWN_UNTIL, Night
from vm_pipeline.home import Home
from vm_pipeline.sources.folder import FolderSource
from vm_pipeline.sources.receipts import Receipt, Slot

if TYPE_CHECKING:  # Dagster exports no public name for what define_asset_job returns
    from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

Requests = Iterator[dg.RunRequest | dg.SkipReason]


def range_tags(receipts: list[Receipt], months: dg.PartitionsDefinition, until: str) -> dict[str, str]:
    """Run tags of one run over the months that some receipts are worked on under."""
    keys = months.get_partition_keys()
    touched = [partition_of(r.slot, keys[0], keys[-1]) for r in receipts if r.slot.first_period] or [keys[-1]]
    return {
        "dagster/asset_partition_range_start": min(touched),
        "dagster/asset_partition_range_end": max(touched),
        KNOWN_UNTIL: until,
    }


def partition_of(slot: Slot, first: str, last: str) -> str:
    """The month an extract is worked on under: its last, or the nearest there is a partition for."""
    return min(max(slot.last_period, first), last)


def nightly(land: "UnresolvedAssetJobDefinition") -> dg.ScheduleDefinition:
    """Two in the morning in London, clock changes included."""
    return dg.ScheduleDefinition(
        name="nightly",
        job=land,
        cron_schedule="0 2 * * *",
        execution_timezone=LONDON.key,
        description="Ask every source; what is new is refreshed in a run of its own.",
    )


def drop_folder_sensor(land: "UnresolvedAssetJobDefinition") -> dg.SensorDefinition:
    """Land when names, sizes or times in the drop folders change."""

    @dg.sensor(
        name="drop_folder",
        job=land,
        minimum_interval_seconds=60,
        description="Ask every source when names, sizes or times in the drop folders change.",
    )
    def drop_folder(context: dg.SensorEvaluationContext, night: dg.ResourceParam[Night]) -> Requests:
        seen = _state(night.home)
        if seen == context.cursor:
            yield dg.SkipReason("Nothing in the drop folders has changed.")
            return
        context.update_cursor(seen)
        yield dg.RunRequest()  # no run key: a folder may come back to what it held before

    return drop_folder


def _state(home: Home) -> str:
    """A hash of what the drop folders hold, by name, size and time: cheap, and never the last word (landing hashes)."""
    digest = hashlib.sha256()
    for source in home.settings.sources:
        if isinstance(source, FolderSource) and source.root.is_dir():
            for path in sorted(one for one in source.root.rglob("*") if one.suffix.lower() == ".csv"):
                stat = path.stat()
                digest.update(f"{path}|{stat.st_size}|{stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def stage_sensor(
    land: "UnresolvedAssetJobDefinition", stage: "UnresolvedAssetJobDefinition", months: dg.PartitionsDefinition
) -> dg.SensorDefinition:
    """After a landing: one run over the months it found something for, or none."""

    @dg.run_status_sensor(
        name="stage_after_landing",
        run_status=dg.DagsterRunStatus.SUCCESS,
        monitored_jobs=[land],
        request_job=stage,
        minimum_interval_seconds=10,
        description="After a landing: stage and judge the months it found something for, in one run.",
    )
    def stage_after_landing(context: dg.RunStatusSensorContext, night: dg.ResourceParam[Night]) -> Requests:
        receipts, todo = night.home.receipts(), night.home.unpublished()
        if not receipts or (not todo and night.home.is_published(night.home.known())):
            yield dg.SkipReason("Nothing new was received; the warehouse is up to date.")
            return
        tags = range_tags(todo, months, night.home.landing.last_moment)
        yield dg.RunRequest(run_key=context.dagster_run.run_id, tags=tags)

    return stage_after_landing


def build_sensor(stage: "UnresolvedAssetJobDefinition", build: "UnresolvedAssetJobDefinition") -> dg.SensorDefinition:
    """After months were staged and every gate held: build and publish, as known to the run that staged them."""

    @dg.run_status_sensor(
        name="build_after_staging",
        run_status=dg.DagsterRunStatus.SUCCESS,
        monitored_jobs=[stage],
        request_job=build,
        minimum_interval_seconds=10,
        description="After months were staged and every gate held: build the warehouse and publish it.",
    )
    def build_after_staging(context: dg.RunStatusSensorContext, night: dg.ResourceParam[Night]) -> Requests:
        run = context.dagster_run
        if night.home.unseen():
            yield dg.SkipReason("Other months are not staged yet; their run builds.")
            return
        yield dg.RunRequest(run_key=run.run_id, tags={tag: run.tags[tag] for tag in CARRIED if tag in run.tags})

    return build_after_staging
