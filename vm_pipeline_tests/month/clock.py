"""A clock that several processes share and that can be put forward: libfaketime, and what Python's waits need.

Belongs here: the time, and what a process must be told to go by it.
Does not belong here: what happens at which time.

The clock of the day is moved, the one that measures how long things take (CLOCK_MONOTONIC) is not: time-outs of
connections stay what they are.
"""

import importlib.util
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

_WAITS = Path(__file__).parent / "waits"


def missing() -> str:
    """Why there is no such clock here; empty = there is one."""
    return "" if importlib.util.find_spec("libfaketime") else "found no libfaketime; pip install libfaketime"


@dataclass
class Clock:
    """The time of all processes that have its environment: this machine's, and so much more or less."""

    file: Path
    ahead: timedelta = timedelta(0)

    def now(self) -> datetime:
        """What they see, in UTC."""
        return datetime.now(UTC) + self.ahead

    def set(self, moment: datetime) -> None:
        """It is that time from now on."""
        self.ahead = moment - datetime.now(UTC)
        draft = self.file.with_suffix(".draft")
        draft.write_text(f"{self.ahead.total_seconds():+.6f}\n", "utf-8")
        draft.chmod(0o644)  # the database runs as another user
        draft.replace(self.file)

    def put_forward(self, by: timedelta) -> None:
        """So much time is over at once."""
        self.set(self.now() + by)

    def environment(self) -> dict[str, str]:
        """Of a process that goes by it."""
        return {
            "LD_PRELOAD": str(_library()),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            # Once a second: while one thread reads the file, another can be told the time of this machine; and a sensor
            # that notes its last tick as months ahead never ticks again. Read at every call, a month met it twice.
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_DISABLE_SHM": "1",  # one that is killed would leave its piece behind
            "NO_FAKE_STAT": "1",  # times of files stay, or every file would look changed
            "PYTHONPATH": str(_WAITS),
        }


def _library() -> Path:
    found = importlib.util.find_spec("libfaketime")
    assert found and found.origin, missing()
    return Path(found.origin).parent / "vendor" / "libfaketime" / "src" / "libfaketime.so.1"
