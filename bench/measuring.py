"""One command measured as a whole process, from outside: wall and processor time, peak memory, bytes written.

Belongs here: the only stopwatch for commands. Does not belong here: which commands (scenarios). Linux alone: /proc.
"""

import os
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_MIB = 1 << 20
_SAMPLE_SECONDS = 0.05


class Failed(Exception):
    """A command that ended with another status than 0: which, and the end of what it said."""


@dataclass(frozen=True)
class Measured:
    """One run of one command with all its children. Seconds; MiB of memory at its peak and of what reached a disk."""

    wall: float
    cpu: float
    peak: float
    written: float


def measure(command: Sequence[str | Path], folder: Path) -> Measured:
    """Run a command in `folder` and wait for it. Raises Failed."""
    said = folder / "said.txt"
    with said.open("wb") as out:
        start = time.perf_counter()
        child = subprocess.Popen(list(map(str, command)), cwd=folder, stdout=out, stderr=subprocess.STDOUT)
        with _Peak(child.pid) as peak:
            os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # its counters can be read until it is reaped
            wall = time.perf_counter() - start
            written = _written(child.pid)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        end = said.read_text("utf-8", "replace")[-2000:]
        raise Failed(f"{' '.join(map(str, command))}: exit status {child.returncode}\n{end}")
    highest = max(usage.ru_maxrss * 1024, peak.highest)
    return Measured(wall, usage.ru_utime + usage.ru_stime, highest / _MIB, written / _MIB)


def _written(pid: int) -> int:
    """Bytes a process and its ended children sent to a disk."""
    lines = Path(f"/proc/{pid}/io").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("write_bytes"))


class _Peak:
    """The most memory that a process and its children held together, as far as samples see it, in bytes."""

    def __init__(self, pid: int) -> None:
        self._pid, self._over, self.highest = pid, threading.Event(), 0
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "_Peak":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(_SAMPLE_SECONDS):
            self.highest = max(self.highest, sum(map(_resident, _family(self._pid))))


def _family(pid: int) -> Iterator[int]:
    """A process and all below it."""
    yield pid
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in _text(path).split():
            yield from _family(int(child))


def _resident(pid: int) -> int:
    pages = _text(Path(f"/proc/{pid}/statm")).split()
    return int(pages[1]) * os.sysconf("SC_PAGE_SIZE") if pages else 0


def _text(path: Path) -> str:
    """What is in a file of /proc; nothing where the process has ended meanwhile."""
    try:
        return path.read_text("ascii")
    except OSError:
        return ""
