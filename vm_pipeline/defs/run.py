"""One night in this process: the same jobs Dagster would launch, one after the other.

Belongs here: landing, then one refresh over the months it found something for; what came of it.
Does not belong here: printing (cli), the assets.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.instance import InstanceRef

from vm_pipeline.defs.assemble import BUILD, LAND, STAGE, assemble, monthly
from vm_pipeline.defs.night import AS_OF, CARRIED, FULL, KNOWN_UNTIL, Night
from vm_pipeline.defs.schedule import range_tags
from vm_pipeline.defs.telling import first_cause, tell_of, tell_of_crash
from vm_pipeline.disk import FULL_DISK, put, says_full
from vm_pipeline.home import Home, Report, utc_now
from vm_pipeline.locks import held
from vm_pipeline.outcome import Outcome, nothing_to_do
from vm_pipeline.settings import Settings
from vm_pipeline.sources.landing import Received

_DAGSTER = """\
telemetry:
  enabled: false
nux:
  enabled: false
freshness:  # the policy of the landing assets: a landing every night
  enabled: true
run_monitoring:  # a run whose process was killed is over one day, and no longer in the way of others
  enabled: true
  max_runtime_seconds: 43200
event_log_storage:
  module: vm_pipeline.defs.storage
  class: KeptSqliteEventLogStorage
  config:
    base_dir: history  # beside this file
"""
# What a step prints goes where the command prints, unless `dagster.yaml` says where else. To copy it into files,
# Dagster starts four processes a run.
_IN_A_TERMINAL: Any = {
    "compute_logs": {"module": "dagster._core.storage.noop_compute_log_manager", "class": "NoOpComputeLogManager"}
}
_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def run_night(settings: Settings, report: Report, full: bool = False, arrived: Received | None = None) -> Outcome:
    """Land, refresh what changed, and tell people what needs them.

    `arrived`: what was received already, for the run that lands to tell.
    """
    home = Home(settings)
    try:
        with dagster_instance(home.folder) as instance:
            outcome = _night(Night(home, report, arrived=arrived), instance, full)
            return replace(outcome, alerts=tuple(tell_of(home, instance, utc_now())))
    except Exception as error:
        tell_of_crash(home, error)
        raise


def _night(night: Night, instance: dg.DagsterInstance, full: bool) -> Outcome:
    home, settings = night.home, night.home.settings
    definitions = assemble(settings, night)
    home.tidy()
    night.report("landing", 0, 1)
    failure = _execute(definitions, LAND, instance, {})
    night.report("landing", 1, 1)
    receipts = home.receipts()
    if failure or not receipts:
        return _outcome(night, "", failure or "Nothing was ever received: there is nothing to publish.")
    if not full and (nothing := nothing_to_do(home, night.received)):
        return replace(nothing, verdicts=tuple(night.verdicts))
    until = home.landing.last_moment
    todo = receipts if full else home.unpublished()
    tags = range_tags(todo, monthly(settings.first_month), until) | ({FULL: "true"} if full else {})
    return _refresh(definitions, night, instance, tags)


def land_only(settings: Settings) -> Received:
    """Receive, and leave the warehouse as it is. Raises RuntimeError where the landing fails."""
    night = Night(Home(settings))
    with dagster_instance(settings.home) as instance:
        failure = _execute(assemble(settings, night), LAND, instance, {})
    if failure or night.received is None:
        raise RuntimeError(failure)
    return night.received


def rebuild_as_of(settings: Settings, report: Report, as_of: str, full: bool = False) -> Outcome:
    """The warehouse as it was known at a time (UTC, ISO), in a file of its own. Lands nothing.

    Dagster's history has none of it: of every asset and check the latest would be of then, and sensors would follow it.
    """
    home = Home(settings)
    night = Night(home, report)
    receipts = home.receipts(as_of)
    if not receipts:
        return _outcome(night, as_of, f"Nothing had been received by {as_of}: there is nothing to rebuild.")
    todo = receipts if full else home.unseen(as_of)
    tags = range_tags(todo, monthly(settings.first_month), as_of) | {AS_OF: as_of} | ({FULL: "true"} if full else {})
    with dg.DagsterInstance.ephemeral() as instance:
        return _refresh(assemble(settings, night), night, instance, tags)


def _refresh(definitions: dg.Definitions, night: Night, instance: dg.DagsterInstance, tags: dict[str, str]) -> Outcome:
    """Stage the months, then build."""
    failure = _execute(definitions, STAGE, instance, tags)
    failure = failure or _execute(definitions, BUILD, instance, {tag: tags[tag] for tag in CARRIED if tag in tags})
    night.home.tidy()
    return _outcome(night, tags[KNOWN_UNTIL], failure)


def _execute(definitions: dg.Definitions, job: str, instance: dg.DagsterInstance, tags: dict[str, str]) -> str:
    """Run a job here. Returns why it failed; empty = it did not."""
    result = definitions.resolve_job_def(job).execute_in_process(
        instance=instance, tags=tags, run_config=_QUIET, raise_on_error=False
    )
    if result.success:
        return ""
    failed = [event for event in result.all_events if event.is_step_failure]
    return " ".join(_reason(event) for event in failed) or "The run failed; see it in Dagster."


def _reason(event: dg.DagsterEvent) -> str:
    kind, said = first_cause(event)
    if kind == dg.DagsterExecutionInterruptedError.__name__:
        said = "the run was ended by hand (Ctrl-C or a signal). The next one goes on where it stopped."
    elif says_full(said):
        said = FULL_DISK
    return f"{event.step_key}: {said or 'it failed'}"


def _outcome(night: Night, until: str, failure: str) -> Outcome:
    verdicts, built = tuple(night.verdicts), tuple(night.built)
    return Outcome(night.received, until, night.published, False, failure, verdicts, built)


def dagster_home(home: Path) -> Path:
    """The folder Dagster keeps its runs in, made ready: nothing is sent anywhere."""
    folder = home / "dagster"
    for one in (home, folder):  # a mode holds for the last of a path only
        one.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings = folder / "dagster.yaml"
    if not settings.exists():
        put(settings, _DAGSTER)
    return folder


def dagster_instance(home: Path) -> dg.DagsterInstance:
    """The instance whose runs the UI shows."""
    folder = dagster_home(home)
    with held(folder / "lock"):  # two first runs at once would each make its databases, and one would fail
        said = "compute_logs:" in (folder / "dagster.yaml").read_text("utf-8")
        return dg.DagsterInstance.from_ref(InstanceRef.from_dir(str(folder), overrides={} if said else _IN_A_TERMINAL))
