"""Removing what has been kept as long as `[retention]` says.

Belongs here: what is due. Does not belong here: how long that is (sources/retention), erasing a version (purge).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from vm_pipeline.home import Home
from vm_pipeline.keeping.purge import erase, remove
from vm_pipeline.sources.receipts import Version


@dataclass(frozen=True)
class Tidied:
    """What was removed, or would be: batches whose rows are gone with a tombstone, and paths below the home."""

    batches: tuple[str, ...]
    paths: tuple[str, ...]


def tidy(home: Home, now: datetime, dry_run: bool = False) -> Tidied:
    """Remove all that is due. Not while a run works: its drafts are leftovers to anyone else.

    Raises NotStaged: by other code, or with another key of pseudonyms, all that is staged would be left over.
    """
    keep, versions = home.settings.retention, home.known().versions
    gone = list(_outlived(versions, now, keep.superseded_days)) if keep.superseded_days else []
    erased = erase(home, gone, f"kept for {keep.superseded_days} days", now, dry_run) if gone else None
    paths = [*_old(home.folder / "as-of", now, keep.as_of_days), *_leftovers(home, now, keep.leftover_days)]
    if not dry_run:
        for path in paths:
            remove(path)
    said = {path.relative_to(home.folder).as_posix() for path in paths} | set(erased.paths if erased else ())
    return Tidied(erased.batches if erased else (), tuple(sorted(said)))


def _outlived(versions: Sequence[Version], now: datetime, days: int) -> Iterator[Version]:
    """Versions whose bytes no version in force, and none that is not due, shares."""
    limit = (now.astimezone(UTC) - timedelta(days=days)).isoformat()
    due = {one.batch_id for one in versions if not one.purged and _since(one) and _since(one) < limit}
    needed = {one.receipt.sha256 for one in versions if one.batch_id not in due and not one.purged}
    for one in versions:
        if (
            one.batch_id in due
            and one.receipt.sha256 not in needed
            and not one.receipt.slot.feed.startswith("reference")
        ):
            yield one


def _since(version: Version) -> str:
    """Since when it does not count; empty = it does."""
    if version.in_force:
        return ""
    if version.decision:
        return version.decision.received_at
    return version.superseded_at or version.receipt.received_at


def _leftovers(home: Home, now: datetime, days: int) -> Iterator[Path]:
    """Typed batches no receipt leads to by this version of the reader, drafts, files half received."""
    current = {home.staging.folder(receipt) for receipt in home.receipts()}
    for feed in (home.staging.root.glob("*"), (home.staging.root / "reference").glob("*")):
        for folder in feed:
            if folder.name not in ("reference", "incoming"):
                yield from (path for path in _old(folder, now, days) if path not in current)
    for folder in (home.staging.root / "incoming", home.landing.root / "incoming", home.folder / "work"):
        yield from (path for path in _old(folder, now, days) if path.name != "lock")  # somebody may hold it


def _old(folder: Path, now: datetime, days: int) -> list[Path]:
    """What lies in a folder and was last written more than so many days ago; nothing for 0."""
    if not days:
        return []
    limit = (now - timedelta(days=days)).timestamp()
    return sorted(path for path in folder.glob("*") if path.stat().st_mtime < limit)
