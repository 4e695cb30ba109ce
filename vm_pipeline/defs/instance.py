"""Dagster's home as somebody finds it who changes nothing.

Belongs here: what its settings and storages say. Does not belong here: judging it (doctor), making it (run).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg


@dataclass(frozen=True)
class Found:
    """`revisions`: name, schema found, schema of the installed version, of each storage. `trouble`: why it fails."""

    telemetry: bool = False
    revisions: tuple[tuple[str, str, str], ...] = ()
    trouble: str = ""


def look(folder: Path) -> Found | None:
    """What is there; None where there is nothing. No address of a database is told."""
    if not (folder / "dagster.yaml").is_file():
        return None
    try:
        with dg.DagsterInstance.from_config(str(folder)) as instance:
            return Found(bool(instance.telemetry_enabled), tuple(_revisions(instance)))
    except Exception as error:
        return Found(trouble=f"{type(error).__name__} on opening it")


def _revisions(instance: dg.DagsterInstance) -> list[tuple[str, str, str]]:
    storages: dict[str, Any] = {
        "run": instance.run_storage,
        "event log": instance.event_log_storage,
        "schedule": instance.schedule_storage,
    }
    found = {name: storage.alembic_version() for name, storage in storages.items() if storage is not None}
    return [(name, str(pair[0]), str(pair[1])) for name, pair in found.items() if pair]
