"""When the sources were asked last: all that is left of a night that found nothing new.

Belongs here: writing and reading that one time. Does not belong here: judging it (doctor), showing it (figures, page).
"""

from contextlib import suppress
from datetime import datetime
from pathlib import Path

from vm_pipeline.disk import flush, is_full

_NAME = "asked"


def note(home: Path, now: datetime) -> None:
    """Write it down, as it comes: half a time is none, and the next night writes another.

    A full disk is said by what did not find room for more than this.
    """
    path = home / _NAME
    try:
        path.write_text(now.isoformat(timespec="seconds") + "\n", "utf-8")
        flush(path)
    except OSError as error:
        if not is_full(error):
            raise


def last(home: Path) -> datetime | None:
    """The time; None where it was never noted, or cannot be read."""
    with suppress(OSError, ValueError):
        found = datetime.fromisoformat((home / _NAME).read_text("utf-8").strip())
        return found if found.tzinfo else None
    return None
