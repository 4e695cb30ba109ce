"""When the sources were asked last: all that is left of a night that found nothing new.

Belongs here: writing and reading that one time. Does not belong here: judging it (doctor), showing it (figures, page).
"""

from contextlib import suppress
from datetime import datetime
from pathlib import Path

from vm_pipeline.disk import is_full, put

_NAME = "asked"


def note(home: Path, now: datetime) -> None:
    """Write it down. On a full disk it stays as it was: what did find room counts, and says so itself."""
    try:
        put(home / _NAME, now.isoformat(timespec="seconds") + "\n")
    except OSError as error:
        if not is_full(error):
            raise


def last(home: Path) -> datetime | None:
    """The time; None where it was never noted, or cannot be read."""
    with suppress(OSError, ValueError):
        return datetime.fromisoformat((home / _NAME).read_text("utf-8").strip())
    return None
