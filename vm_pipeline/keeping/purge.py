"""Erasing for good a file that must not be kept: its bytes, its typed rows, and what was built of them.

Belongs here: which files hold anything of a batch, the tombstone that says they are gone.
Does not belong here: how long files are kept otherwise (retention).

The tombstone is logged first: if erasing is cut short, asking again finishes it. What each landing published first
(`as-published`) stays: it holds signals, and no row of any file.
"""

import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from vm_pipeline.home import Home
from vm_pipeline.keeping.withdraw import version_of
from vm_pipeline.sources.decisions import Decision, Kind
from vm_pipeline.sources.receipts import Receipt, Version


@dataclass(frozen=True)
class Erased:
    """What was erased, or would be: batches, and paths below the home. `is_published`: readers still see its rows."""

    batches: tuple[str, ...]
    paths: tuple[str, ...]
    is_published: bool


def purge(home: Home, batch_id: str, reason: str, now: datetime, dry_run: bool = False) -> Erased:
    """Erase a batch, and every other version with the same bytes. Raises CannotDecide, NotStaged."""
    sha256 = version_of(home, batch_id).receipt.sha256
    same = [version for version in home.known().versions if version.receipt.sha256 == sha256]
    return erase(home, same, reason, now, dry_run)


def erase(home: Home, gone: Sequence[Version], reason: str, now: datetime, dry_run: bool = False) -> Erased:
    """Log tombstones of versions that are not purged yet, then remove every file that holds their rows."""
    todo = [version for version in gone if not version.purged]
    paths = sorted({path for version in gone for path in _files(home, version.receipt, gone)} | set(_built(home, gone)))
    batches = tuple(version.batch_id for version in gone)
    found = Erased(batches, tuple(_below(home, path) for path in paths), _is_published(home, batches))
    if not dry_run:
        tombstones = [_tombstone(home, version, reason, gone) for version in todo]
        if tombstones:
            home.landing.decide(tombstones, now)
        for path in paths:
            remove(path)
        home.tidy()  # what runs that died left on their desks
    return found


def remove(path: Path) -> None:
    """A file or a folder, whether or not it is there."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _tombstone(home: Home, version: Version, reason: str, gone: Sequence[Version]) -> Decision:
    summary = home.staging.summary(version.receipt).tombstone().to_json()
    hashes = tuple(_hashes(home, version.receipt, gone))
    return Decision(Kind.PURGED, version.batch_id, reason, erased=hashes, summary=summary)


def _hashes(home: Home, receipt: Receipt, gone: Sequence[Version]) -> Iterator[str]:
    """Of the file and its control, unless another file that stays has the same control."""
    yield receipt.sha256
    leaving = {version.receipt.content_id for version in gone}
    staying = {one.control_sha256 for one in home.receipts() if one.content_id not in leaving}
    if receipt.control_sha256 and receipt.control_sha256 not in staying:
        yield receipt.control_sha256


def _files(home: Home, receipt: Receipt, gone: Sequence[Version]) -> Iterator[Path]:
    """In landing and in staging, by any version of the reader."""
    for sha256 in _hashes(home, receipt, gone):
        if home.landing.path(sha256).exists():
            yield home.landing.path(sha256)
    yield from (home.staging.root / receipt.slot.feed).glob(f"{receipt.content_id}-*")


def _built(home: Home, gone: Sequence[Version]) -> Iterator[Path]:
    """Drafts, steps, reports, and warehouses of other times in which its rows stand. The next run makes them again."""
    yield from (path for path in (home.folder / "work").glob("*") if path.suffix != ".lock")
    yield from home.kept.folder.glob("*")
    reports = home.reports("")
    if reports.exists():
        yield reports
    yield from (home.folder / "as-of").glob("*-reports")
    for path in (home.folder / "as-of").glob("*.duckdb"):
        if _holds(path, [version.batch_id for version in gone]):
            yield path


def _is_published(home: Home, batches: Sequence[str]) -> bool:
    path = home.settings.warehouse
    return path.is_file() and _holds(path, batches)


def _holds(path: Path, batches: Iterable[str]) -> bool:
    """Whether a row of a batch may stand in a warehouse; one that cannot be read is taken to hold it."""
    try:
        with duckdb.connect(str(path), read_only=True) as con:
            asked = "SELECT count(*) FROM vm.batch WHERE is_in_force AND list_contains(?, batch_id)"
            return bool(con.execute(asked, [list(batches)]).fetchall()[0][0])
    except duckdb.Error:
        return True


def _below(home: Home, path: Path) -> str:
    return path.relative_to(home.folder).as_posix()
