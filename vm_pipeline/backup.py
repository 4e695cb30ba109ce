"""A copy of what cannot be made again: landing, the key of pseudonyms, what was published first.

Belongs here: what is copied and in which order. Does not belong here: where copies are kept, for how long, encryption.

The copy is laid out as a home: to restore is to copy it back. It may be taken while a night runs: receipts are listed
first and written last, so that whatever happens meanwhile, or cuts it short, no receipt in it lacks its object.
Decisions go between: of an object that was purged meanwhile the copy has the decision, which came before the erasing.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from vm_pipeline.home import Home
from vm_pipeline.sources.incoming import desk
from vm_pipeline.sources.landing import Landing
from vm_pipeline.sources.log import files
from vm_pipeline.sources.objects import LandingDamaged

_CHUNK = 1 << 20


class BackupRefused(Exception):
    """There is nothing to copy, or no place to copy it to."""


@dataclass
class Copied:
    """What a backup came to, in files; `damaged` are objects that are not as they were received, and were left out."""

    objects: int = 0
    receipts: int = 0
    decisions: int = 0
    others: int = 0
    damaged: list[str] = field(default_factory=list)


def back_up(home: Home, target: Path, with_key: bool = True, at: Callable[[str], None] = lambda _: None) -> Copied:
    """Copy what is not in `target` yet; nothing there is changed or removed. `at` is told each file before its copy.

    Raises BackupRefused. An object that is damaged at home is not copied, and stands in the outcome.
    """
    _may(home.folder, target)
    receipts = _log(home.landing.root / "receipts")
    if not receipts:
        raise BackupRefused(f"{home.folder}: found no receipt, expected a home that received something.")
    copy, found = Landing(target / "landing"), Copied()
    for folder in (target, copy.root):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with desk(copy.root / "incoming") as here:
        for sha256 in _objects(home.landing):
            if not _has(copy.path(sha256), home.landing.path(sha256)):
                at(sha256)
                _object(home.landing, copy, sha256, here, found)
        others = [*home.as_published.glob("*.parquet"), *([home.key_file] if with_key else [])]
        found.others = sum(_file(path, home.folder, target, here, at) for path in others if path.is_file())
        decisions = _log(home.landing.root / "decisions")
        found.decisions = sum(_file(path, home.folder, target, here, at) for path in decisions)
        found.receipts = sum(_file(path, home.folder, target, here, at) for path in receipts)
    return found


def _log(folder: Path) -> list[Path]:
    return [Path(file.path) for file in files(folder)]


def _may(home: Path, target: Path) -> None:
    inside = home.resolve() in (target.resolve(), *target.resolve().parents)
    if inside:
        raise BackupRefused(f"{target}: found a folder in the home, expected one on another disk.")


def _objects(landing: Landing) -> Iterator[str]:
    """Every object there is, named by a receipt or not."""
    yield from sorted(path.name for path in landing.objects.root.glob("??/*"))


def _has(there: Path, here: Path) -> bool:
    return there.is_file() and there.stat().st_size == here.stat().st_size


def _object(landing: Landing, copy: Landing, sha256: str, desk: Path, found: Copied) -> None:
    try:
        with landing.verified(sha256).open("rb") as file:
            copy.objects.keep(iter(lambda: file.read(_CHUNK), b""), desk)
    except LandingDamaged:
        found.damaged.append(sha256)
    else:
        found.objects += 1


def _file(path: Path, home: Path, target: Path, desk: Path, at: Callable[[str], None]) -> bool:
    """Copy a file to its place, whole or not at all; False where it is there. None of these is ever changed at home."""
    there = target / path.relative_to(home)
    if _has(there, path):
        return False
    at(path.name)
    there.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.copy2(path, desk / path.name)
    (desk / path.name).replace(there)
    return True
