"""Decisions about versions: withdrawn, reinstated, purged. Events beside the receipts, ordered with them by time.

Belongs here: what a decision is, and the log of them in landing, appended and never changed.
Does not belong here: what follows for the months in force (receipts), erasing anything (keeping).
"""

import json
import os
import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path

from vm_pipeline.disk import flush


class Kind(StrEnum):
    """What is decided about a version."""

    WITHDRAWN = "withdrawn"  # out of force from now on; the version before comes back
    REINSTATED = "reinstated"  # a withdrawal is taken back
    PURGED = "purged"  # withdrawn for good, and its bytes are erased


@dataclass(frozen=True)
class Decision:
    """One decision about one version. `received_at` is UTC, ISO, to the microsecond, as a receipt's.

    Of a purged version `erased` holds the hashes of what was erased, and `summary` what was counted in it, as JSON:
    with them history still says what there was.
    """

    kind: Kind
    batch_id: str
    reason: str
    received_at: str = ""
    erased: tuple[str, ...] = ()
    summary: str = ""

    @property
    def content_id(self) -> str:
        """The content it is about."""
        return self.batch_id.partition("-")[0]


def decisions(landing: Path) -> list[Decision]:
    """Every decision, in the order taken."""
    return [one for path in sorted((landing / "decisions").glob("*.jsonl")) for one in _read(path)]


@cache
def _read(path: Path) -> tuple[Decision, ...]:
    """A file of the log, which never changes: staging asks for it once a batch."""
    records = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return tuple(
        Decision(**{**record, "kind": Kind(record["kind"]), "erased": tuple(record["erased"])}) for record in records
    )


def decide(landing: Path, taken: Iterable[Decision], now: datetime, last: str) -> list[Decision]:
    """Log decisions, as one file that appears whole or not at all, at a time after `last` (the last in the log)."""
    moment = now.astimezone(UTC)
    if last:
        moment = max(moment, datetime.fromisoformat(last) + timedelta(microseconds=1))
    stamped = [replace(one, received_at=moment.isoformat(timespec="microseconds")) for one in taken]
    folder = landing / "decisions"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = folder / f".{uuid.uuid4().hex}"
    with draft.open("x", encoding="utf-8") as file:
        file.writelines(json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in stamped)
        file.flush()
        os.fsync(file.fileno())
    stamp = stamped[0].received_at.replace(":", "").replace("-", "")
    draft.replace(folder / f"{stamp}-{draft.name[1:9]}.jsonl")
    flush(folder)  # before a purge erases what the decision speaks of
    flush(landing)
    return stamped
