"""Dagster's launcher of runs on one machine, which can be asked whether a run's process is still there.

Belongs here: this one launcher class, named in `deploy/dagster.yaml`.
Does not belong here: what follows when it is gone: run monitoring ends the run, run retries start another.

A code server tells when the process of a run dies. Where the code server dies too, as in a power cut, nobody does:
Dagster 1.13 leaves the run started until `max_runtime_seconds` is over, and with one night at a time no other may run.
"""

import json

from dagster import DagsterRun
from dagster._core.launcher import DefaultRunLauncher
from dagster._core.launcher.base import CheckRunHealthResult, WorkerStatus
from dagster._core.storage.tags import GRPC_INFO_TAG
from dagster._grpc.client import DagsterGrpcClient
from dagster._grpc.types import CanCancelExecutionRequest, CanCancelExecutionResult
from dagster._serdes import deserialize_value


class WatchedRunLauncher(DefaultRunLauncher):
    """The launcher it derives from, with an answer for run monitoring."""

    @property
    def supports_check_run_worker_health(self) -> bool:
        """So that run monitoring asks."""
        return True

    def check_run_worker_health(self, run: DagsterRun) -> CheckRunHealthResult:
        """Ask the code server that started a run. A run of the command has none: nothing is known of its process."""
        server = run.tags.get(GRPC_INFO_TAG)
        if not server:
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        try:
            works = _works(run.run_id, json.loads(server))
        except Exception as error:
            return CheckRunHealthResult(WorkerStatus.NOT_FOUND, f"its code server is gone ({type(error).__name__})")
        if works:
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return CheckRunHealthResult(WorkerStatus.NOT_FOUND, "its code server was started anew and has no such process")


def _works(run_id: str, server: dict[str, str | int | bool]) -> bool:
    """Whether a code server has the process of a run. Raises what goes wrong on asking it."""
    client = DagsterGrpcClient(
        port=server.get("port"),  # type: ignore[arg-type]
        socket=server.get("socket"),  # type: ignore[arg-type]
        host=server.get("host", "localhost"),  # type: ignore[arg-type]
        use_ssl=bool(server.get("use_ssl")),
    )
    answer = client.can_cancel_execution(CanCancelExecutionRequest(run_id=run_id))
    return deserialize_value(answer, CanCancelExecutionResult).can_cancel
