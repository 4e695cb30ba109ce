"""The logs of landing: JSON lines, appended a file at a time, never changed, in the order of one clock.

Belongs here: when an entry is, and writing entries whole. Does not belong here: what they say (receipts, decisions).
"""

import json
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from vm_pipeline.disk import flush


def later(now: datetime, last: str) -> str:
    """The time of an entry: never earlier than the last in any log, though the clock may have jumped back."""
    stamp = now.astimezone(UTC)
    if last:
        stamp = max(stamp, datetime.fromisoformat(last) + timedelta(microseconds=1))
    return stamp.isoformat(timespec="microseconds")


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
