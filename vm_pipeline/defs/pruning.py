"""Old runs: out of Dagster's storage, which would grow for ever.

Belongs here: which runs may go. Does not belong here: ticks (dagster.yaml), anything of ours that must not be lost.
"""

from datetime import datetime, timedelta

import dagster as dg
from dagster._core.storage.event_log import SqlEventLogStorage
from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable

from vm_pipeline.defs.telling import JOBS

_AT_ONCE = 100
_OVER = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]


def prune(instance: dg.DagsterInstance, days: int, now: datetime) -> int:
    """Delete runs that are over and were made more than so many days ago, with events and checks. Returns how many.

    The last of each job stays, however old: alerts, and people, ask what it came to.
    """
    old = dg.RunsFilter(statuses=_OVER, created_before=now - timedelta(days=days))
    last = {run.run_id for job in JOBS for run in instance.get_runs(_of(job), limit=1)}
    deleted = 0
    while gone := [run for run in instance.get_runs(old, limit=_AT_ONCE) if run.run_id not in last]:
        for run in gone:
            instance.delete_run(run.run_id)
            _forget_checks(instance, run.run_id)
        deleted += len(gone)
    return deleted


def _forget_checks(instance: dg.DagsterInstance, run_id: str) -> None:
    """What its checks came to, eighty rows a night, stays where Dagster itself deletes a run."""
    log = instance.event_log_storage
    if isinstance(log, SqlEventLogStorage):
        with log.index_connection() as con:
            con.execute(AssetCheckExecutionsTable.delete().where(AssetCheckExecutionsTable.c.run_id == run_id))


def _of(job: str) -> dg.RunsFilter:
    return dg.RunsFilter(job_name=job, statuses=_OVER)
