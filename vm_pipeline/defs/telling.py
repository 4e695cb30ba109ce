"""Telling people of nights: what the last run of each job came to, and what was received, as causes of alerts.

Belongs here: reading runs and checks out of Dagster's event log; one telling, for the command line and the sensor.
Does not belong here: words for what was received, what is news, sending (alerts).

What is there decides, not what just happened: a telling that is missed, or fails, is made up for by the next.
"""

from collections.abc import Iterator
from datetime import datetime

import dagster as dg

from vm_pipeline.alerts.cause import KINDS, Cause, late_extracts, not_received, refused_batches, restatements
from vm_pipeline.alerts.telling import tell
from vm_pipeline.defs.landing import GROUPS, PROBLEMS, WORDS
from vm_pipeline.defs.night import AS_OF, Night
from vm_pipeline.home import Home, utc_now
from vm_pipeline.quality.verdict import Figure
from vm_pipeline.sources.extract import Problem
from vm_pipeline.staging.known import NotStaged

JOBS = ("land", "stage", "build")
_FINISHED = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE]
_LOOKED_AT = 50  # runs of a job, newest first, among which the last of a night is sought
_SHOWN = 5  # rows of a check's figures
_WILL_RETRY = "dagster/will_retry"
# Errors whose words are ours. Those of others may quote a cell: of them only the kind is told.
OURS = ("Failure", "LandingDamaged", "NotStaged", "WarehouseRefused")
_GATE = "DagsterAssetCheckFailedError"
_RUN_AGAIN = "Look at the run in Dagster, or at the log of the night; then: `vm-pipeline doctor`, `vm-pipeline run`."
_MEND = (
    "Mend what it names, then: `vm-pipeline run`. Where the pipeline contradicts itself (totals_hold, contract_kept, "
    "ledger_reconciles, keys_unique): `vm-pipeline run --full`."
)


def tell_of(home: Home, instance: dg.DagsterInstance, now: datetime) -> list[str]:
    """Tell what is news. Returns what came of it; an alert never fails a night, whatever is wrong with it."""
    alerts = home.settings.alerts
    if not (alerts.webhook or alerts.email):
        return []
    try:
        causes, judged = _causes(home, instance, now)
        return tell(alerts, home.alerts, causes, judged)
    except Exception as error:
        return [
            f"Nobody was told: found {type(error).__name__} while alerts were gathered. It is tried again next time."
        ]


def tell_of_crash(home: Home, error: Exception) -> None:
    """Tell of a night that ended outside any run: Dagster cannot know of it."""
    reason = f"The night ended before its runs did: found {type(error).__name__}."
    tell(home.settings.alerts, home.alerts, [Cause("failed_run", "night", reason, _RUN_AGAIN)], ())


def _causes(home: Home, instance: dg.DagsterInstance, now: datetime) -> tuple[list[Cause], set[str]]:
    """What needs somebody, and the kinds that could be looked for. Batches are known once all of them are staged."""
    causes = [cause for job in JOBS for cause in _of_job(instance, job)] + late_extracts(home.late(now))
    judged, problems = {*KINDS}, _problems(instance)
    if problems is None:
        judged -= {"not_received"}
    causes += not_received(problems or ())
    try:
        known = home.known()
    except NotStaged:
        return causes, judged - {"refused_batch", "restatement"}
    return causes + refused_batches(known) + restatements(known, home.settings.alerts, now), judged


def _problems(instance: dg.DagsterInstance) -> list[Problem] | None:
    """What the last landing could not receive, as it wrote it down; None where there was no landing."""
    event = instance.get_latest_materialization_event(dg.AssetKey(["landing", GROUPS[0]]))
    if event is None or event.asset_materialization is None:
        return None
    table = event.asset_materialization.metadata.get(PROBLEMS)
    rows = table.records if isinstance(table, dg.TableMetadataValue) else []
    return [Problem(*(str(row.data[name]) for name in WORDS)) for row in rows]


def _of_job(instance: dg.DagsterInstance, job: str) -> list[Cause]:
    """Why the last night's run of a job failed; nothing where it did not."""
    wanted = dg.RunsFilter(job_name=job, statuses=_FINISHED)
    nights = (
        run
        for run in instance.get_runs(wanted, limit=_LOOKED_AT)
        if AS_OF not in run.tags and run.tags.get(_WILL_RETRY) != "true"
    )
    run = next(nights, None)
    return [] if run is None or run.is_success else [*_of_run(instance, run)]


def _of_run(instance: dg.DagsterInstance, run: dg.DagsterRun) -> Iterator[Cause]:
    events = [
        record.event_log_entry.dagster_event
        for record in instance.get_records_for_run(
            run.run_id, of_type={dg.DagsterEventType.STEP_FAILURE, dg.DagsterEventType.ASSET_CHECK_EVALUATION}
        ).records
    ]
    failures = [event for event in events if event and event.is_step_failure]
    for event in failures:
        kind, said = _error(event)
        if kind == _GATE:
            yield from (_closed(one.asset_check_evaluation_data) for one in events if one and _closes(one, event))
        else:
            yield Cause("failed_run", f"{run.job_name} {event.step_key}", f"Found {said}.", _RUN_AGAIN)
    if not failures:
        yield Cause("failed_run", run.job_name, "It ended without a word: its process was killed, or lost.", _RUN_AGAIN)


def _error(event: dg.DagsterEvent) -> tuple[str, str]:
    """The kind of what went wrong first, and what may be said of it."""
    kind, line = first_cause(event)
    if not kind:
        return "", "a failure without an error"
    said = line if kind in OURS else ""
    return kind, f"{kind}: {said}".rstrip(". ") if said else kind


def first_cause(event: dg.DagsterEvent) -> tuple[str, str]:
    """The kind of error that the failure of a step goes back to, and its first line; empty where there is none.

    Of ours the line is what was found, expected and to do, without the name of the kind before it.
    """
    error = event.step_failure_data.error
    while error and error.cause:
        error = error.cause
    if not error:
        return "", ""
    kind, line = error.cls_name or "", error.message.strip().split("\n")[0]
    return kind, line.partition(": ")[2] if kind in OURS else line


def _closes(event: dg.DagsterEvent, failure: dg.DagsterEvent) -> bool:
    """Whether an event is the verdict that closed the gate of a failed step."""
    if event.event_type != dg.DagsterEventType.ASSET_CHECK_EVALUATION or event.step_key != failure.step_key:
        return False
    found = event.asset_check_evaluation_data
    return not found.passed and found.severity == dg.AssetCheckSeverity.ERROR


def _closed(found: dg.AssetCheckEvaluation) -> Cause:
    table = found.metadata.get("figures")
    rows = table.records[:_SHOWN] if isinstance(table, dg.TableMetadataValue) else []
    figures: tuple[Figure, ...] = tuple({**row.data} for row in rows)
    about = f"{found.asset_key.to_user_string()} {found.check_name}"
    return Cause("closed_gate", about, found.description or "The check failed.", _MEND, figures)


def alerts_sensor() -> dg.SensorDefinition:
    """Tells what needs somebody, and what no longer does."""

    @dg.sensor(
        name="alerts",
        minimum_interval_seconds=300,  # it reads what is known of every batch
        description="Tell people of failed runs, closed gates, late extracts, refused batches and restatements, once.",
    )
    def alerts(context: dg.SensorEvaluationContext, night: dg.ResourceParam[Night]) -> dg.SkipReason:
        said = tell_of(night.home, context.instance, utc_now())
        return dg.SkipReason(" ".join(said) or "Nothing new to tell.")

    return alerts
