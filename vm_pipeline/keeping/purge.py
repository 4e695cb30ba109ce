"""Erasing for good a file that must not be kept: its bytes, its typed rows, and what was built of them.

Belongs here: which files hold anything of a batch, the tombstone that says they are gone.
Does not belong here: how long files are kept otherwise (retention).

The tombstone is logged first: if erasing is cut short, asking again finishes it. What each landing published first
(`as-published`) stays: it holds signals, and no row of any file.
"""

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from vm_pipeline.home import Home
from vm_pipeline.keeping.withdraw import version_of
from vm_pipeline.sources.decisions import Decision, Kind
from vm_pipeline.sources.receipts import Version

Hashes = tuple[str, ...]


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
    hashes = _hashes(home, gone)
    paths = sorted({*_received(home, hashes), *_staged(home, gone), *_built(home, gone)})
    batches = tuple(version.batch_id for version in gone)
    found = Erased(batches, tuple(_below(home, path) for path in paths), _is_published(home, batches))
    if not dry_run:
        tombstones = _tombstones(home, todo, reason, hashes)
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


def _tombstones(home: Home, gone: Sequence[Version], reason: str, hashes: Mapping[str, Hashes]) -> list[Decision]:
    summaries = home.staging.summaries(version.receipt for version in gone)
    return [
        Decision(
            Kind.PURGED, batch_id, reason, erased=hashes[content], summary=summaries[content].tombstone().to_json()
        )
        for batch_id, content in ((one.batch_id, one.receipt.content_id) for one in gone)
    ]


def _hashes(home: Home, gone: Sequence[Version]) -> dict[str, Hashes]:
    """By content, of the file and its control, unless another file that stays has the same control."""
    leaving = {version.receipt.content_id: version.receipt for version in gone}
    staying = {one.control_sha256 for one in home.receipts() if one.content_id not in leaving} | {""}
    return {content: (one.sha256, *({one.control_sha256} - staying)) for content, one in leaving.items()}


def _received(home: Home, hashes: Mapping[str, Hashes]) -> Iterator[Path]:
    """In landing."""
    paths = (home.landing.path(sha256) for some in hashes.values() for sha256 in some)
    yield from (path for path in paths if path.exists())


def _staged(home: Home, gone: Sequence[Version]) -> Iterator[Path]:
    """In staging, by any version of the reader. Each folder is listed once: retention erases thousands of batches."""
    leaving = {version.receipt.content_id for version in gone}
    for feed in {version.receipt.slot.feed for version in gone}:
        yield from (path for path in (home.staging.root / feed).glob("*-*") if path.name.partition("-")[0] in leaving)


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
