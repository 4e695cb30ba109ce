"""Drafts: the files runs build in, out of readers' sight, and which of them a run still works on.

Belongs here: names, a lock a draft, tidying up after runs that are over.
Does not belong here: what is in a draft (workspace), publishing it (snapshot).
"""

import fcntl
import os
import shutil
from dataclasses import dataclass, field
from io import TextIOWrapper
from pathlib import Path


@dataclass(frozen=True)
class Drafts:
    """The drafts of one home. A run holds its draft until its process ends, however it ends, or it lets go."""

    folder: Path
    _held: dict[str, TextIOWrapper] = field(default_factory=dict)

    def path(self, name: str) -> Path:
        """Where the draft of a run lies."""
        return self.folder / f"{name}.duckdb"

    def hold(self, name: str) -> Path:
        """Keep a draft from being tidied away by other runs; where it lies."""
        if name not in self._held:
            lock = _locked(self._lock(name))
            while lock is None:  # somebody tidied the lock away before it was held, or is about to
                lock = _locked(self._lock(name))
            self._held[name] = lock
        return self.path(name)

    def begin(self, name: str) -> Path:
        """Hold a draft of which nothing is there: what an earlier try of the run left is removed. Where it lies.

        A log of DuckDB's that outlived its database would be played into the one that is put in its place.
        """
        path = self.hold(name)
        for left in self.folder.glob(f"{name}.*duckdb*"):
            left.unlink(missing_ok=True)
        return path

    def let_go(self, name: str) -> None:
        """Remove a draft that this process holds."""
        self._remove(name)
        self._held.pop(name).close()

    def tidy(self) -> None:
        """Remove the drafts held here, and those that nobody holds: of runs that died."""
        for name in [*self._held]:
            self.let_go(name)
        for name in {path.name.partition(".")[0] for path in self.folder.glob("*.*")}:
            if lock := _locked(self._lock(name)):
                self._remove(name)
                lock.close()

    def _lock(self, name: str) -> Path:
        return self.folder / f"{name}.lock"

    def _remove(self, name: str) -> None:
        for path in self.folder.glob(f"{name}.*"):
            if path.is_dir():  # what it spilled
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def core_of(draft: Path) -> Path:
    """Where the steps of a draft lie that are not published."""
    return draft.with_name(f"{draft.name.partition('.')[0]}.core.duckdb")


def spill_of(draft: Path) -> Path:
    """Where what does not fit in memory goes: a folder a draft. In a shared one, two would read each other's blocks."""
    return draft.with_name(f"{draft.name.partition('.')[0]}.spill")


def _locked(path: Path) -> TextIOWrapper | None:
    """The lock, held until it is closed; None where somebody else holds it, or removed it meanwhile."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(file.fileno()), path.stat()):
            return file
    except (BlockingIOError, FileNotFoundError):
        pass
    file.close()
    return None
