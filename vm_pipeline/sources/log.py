"""The logs of landing: JSON lines, appended a file at a time, never changed, in the order of one clock.

Belongs here: when an entry is, writing entries whole, the files there are. Does not belong here: what they say
(receipts, decisions).
"""

import json
import os
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from vm_pipeline.disk import flush


def later(now: datetime, last: str) -> str:
    """The time of an entry: never earlier than the last in any log, though the clock may have jumped back."""
    stamp = now.astimezone(UTC)
    if last:
        stamp = max(stamp, datetime.fromisoformat(last) + timedelta(microseconds=1))
    return stamp.isoformat(timespec="microseconds")


class LogFile(NamedTuple):
    """A file of a log as it lies there. Another size or time tells that it was damaged, or restored from backup."""

    path: str
    size: int
    changed: int


def files(folder: Path) -> list[LogFile]:
    """Files of a log, oldest first; none where there is no folder.

    A log is listed twenty times a night and has a file a landing: as texts, which take a tenth of the time of paths.
    """
    try:
        entries = os.scandir(folder)
    except FileNotFoundError:
        return []
    with entries:  # a file that goes away meanwhile is an error: a log that looks empty would publish nothing
        return sorted(_as_it_lies(entry) for entry in entries if entry.name.endswith(".jsonl"))


def _as_it_lies(entry: os.DirEntry[str]) -> LogFile:
    state = entry.stat()
    return LogFile(entry.path, state.st_size, state.st_mtime_ns)


def append(folder: Path, entries: Iterable[Mapping[str, Any]], moment: str, desk: Path) -> None:
    """Append the entries of one moment as one file, which appears whole or not at all, after a power cut too.

    Every sign beyond ASCII is escaped: some of them end lines.
    """
    draft = desk / uuid.uuid4().hex
    draft.write_text("".join(json.dumps(one) + "\n" for one in entries), "ascii")
    flush(draft)
    stamp = moment.replace(":", "").replace("-", "")
    draft.replace(folder / f"{stamp}-{draft.name[:8]}.jsonl")
    flush(folder)
