"""Incoming: the folder in which a landing, or a staging, writes its drafts, and what killed ones left there.

Belongs here: locks and leftovers. Does not belong here: what a draft holds.
"""

import contextlib
import fcntl
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_LOCK = "lock"


@contextmanager
def desk(incoming: Path) -> Iterator[Path]:
    """A folder of one process's own, locked while it works and gone afterwards.

    The system lets go of a lock when its process dies, however it dies: folders that nobody holds are leftovers and are
    removed first. Several may work side by side, each at its own desk.
    """
    for folder in (incoming.parent, incoming):  # a mode holds for the last of a path only
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with held(incoming / _LOCK):  # one at a time: nobody takes a desk for a leftover before it is locked
        _clear(incoming)
        own = incoming / uuid.uuid4().hex
        own.mkdir(mode=0o700)
        lock = os.open(own / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield own
    finally:
        shutil.rmtree(own, ignore_errors=True)
        os.close(lock)


def tidy(incoming: Path) -> None:
    """Remove what killed processes left; desks that somebody works at stay."""
    if incoming.is_dir():
        with held(incoming / _LOCK):
            _clear(incoming)


@contextmanager
def held(path: Path) -> Iterator[None]:
    """A lock, waited for. The system lets go of it with its process, so none is ever left for a person to remove."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _clear(incoming: Path) -> None:
    for entry in incoming.iterdir():
        if entry.is_dir() and not _is_held(entry / _LOCK):
            shutil.rmtree(entry, ignore_errors=True)
        elif not entry.is_dir() and entry.name != _LOCK:
            entry.unlink(missing_ok=True)


def _is_held(lock: Path) -> bool:
    with contextlib.suppress(FileNotFoundError):
        handle = os.open(lock, os.O_RDWR)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(handle)
    return False
