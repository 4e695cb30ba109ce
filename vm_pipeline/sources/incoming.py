"""Incoming: the folder in which a landing, or a staging, writes its drafts, and what killed ones left there.

Belongs here: desks and leftovers. Does not belong here: what a draft holds.
"""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

from vm_pipeline.locks import held, is_held

_LOCK = "lock"


@contextmanager
def desk(incoming: Path) -> Iterator[Path]:
    """A folder of one process's own, locked while it works and gone afterwards.

    The system lets go of a lock when its process dies, however it dies: folders that nobody holds are leftovers and are
    removed first. Several may work side by side, each at its own desk.
    """
    for folder in (incoming.parent, incoming):  # a mode holds for the last of a path only
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with locked(incoming):  # one at a time: nobody takes a desk for a leftover before it is locked
        _clear(incoming)
        own = incoming / uuid.uuid4().hex
        own.mkdir(mode=0o700)
        mine = ExitStack()
        mine.enter_context(held(own / _LOCK))
    with mine:
        try:
            yield own
        finally:
            shutil.rmtree(own, ignore_errors=True)


def tidy(incoming: Path) -> None:
    """Remove what killed processes left; desks that somebody works at stay."""
    if incoming.is_dir():
        with locked(incoming):
            _clear(incoming)


def locked(incoming: Path) -> AbstractContextManager[None]:
    """One at a time: who clears desks here, or appends to the log beside them."""
    return held(incoming / _LOCK)


def _clear(incoming: Path) -> None:
    for entry in incoming.iterdir():
        if entry.is_dir() and not is_held(entry / _LOCK):
            shutil.rmtree(entry, ignore_errors=True)
        elif not entry.is_dir() and entry.name != _LOCK:
            entry.unlink(missing_ok=True)
