"""Decisions about versions: withdrawn, reinstated, purged. Events beside the receipts, ordered with them by time.

Belongs here: what a decision is, and the log of them in landing, appended and never changed.
Does not belong here: what follows for the months in force (receipts), erasing anything (keeping).
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path

from vm_pipeline.disk import flush
from vm_pipeline.sources.log import LogFile, append, files


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
    return [one for file in files(landing / "decisions") for one in _read(file)]


@cache
def _read(file: LogFile) -> tuple[Decision, ...]:
    """A file of the log, which never changes: every step of a night asks for it."""
    records = [json.loads(line) for line in Path(file.path).read_text("utf-8").splitlines()]
    return tuple(
        Decision(**{**record, "kind": Kind(record["kind"]), "erased": tuple(record["erased"])}) for record in records
    )


def decide(landing: Path, taken: Iterable[Decision], moment: str, desk: Path) -> list[Decision]:
    """Log decisions, taken at a time after the last in the log. Returns them with that time."""
    stamped = [replace(one, received_at=moment) for one in taken]
    folder = landing / "decisions"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    append(folder, map(asdict, stamped), moment, desk)
    flush(landing)  # before a purge erases what the decision speaks of
    return stamped
