"""Which batches their sender is told of, and the files that tell it: written once, gone when there is nothing to tell.

Belongs here: choosing, naming, writing and removing files.
Does not belong here: what they say (problems, totals).
"""

import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import duckdb

from vm_pipeline.feedback import problems, totals
from vm_pipeline.feedback.problems import Batch, Rejected
from vm_pipeline.feedback.spreadsheet import spreadsheet
from vm_pipeline.feeds import contract_for
from vm_pipeline.sources.receipts import Cell, Version
from vm_pipeline.staging.batches import Staging
from vm_pipeline.staging.known import Known
from vm_pipeline.staging.summary import Summary


@dataclass(frozen=True)
class Told:
    """A batch whose sender is told something, and the file that tells it."""

    version: Version
    summary: Summary
    path: Path

    @property
    def totals(self) -> Path:
        """The file of figures beside it."""
        return self.path.with_name(f"{self.path.stem}-summary.csv")


def to_tell(known: Known, folder: Path, wanted: Callable[[Version], bool] = lambda version: True) -> list[Told]:
    """Batches in force that have rejected rows, and refused ones that nothing has come after."""
    chosen = [version for version in _latest(known) if wanted(version)]
    found = [(version, summary) for version in chosen if (summary := known.summary(version))]
    return [
        Told(version, summary, _path(folder, version))
        for version, summary in found
        if summary.rows_rejected or summary.refused
    ]


def _latest(known: Known) -> list[Version]:
    """What is in force, and what was refused while no later extract came for one of its months."""
    came_after: set[Cell] = set()
    chosen = []
    for version in reversed(known.versions):
        cells = set(version.receipt.slot.cells)
        if version.in_force or (version.refused and not cells <= came_after):
            chosen.append(version)
        came_after |= cells
    return chosen[::-1]


def _path(folder: Path, version: Version) -> Path:
    slot = version.receipt.slot
    room = [quote(name, safe="") for name in (slot.provider_code, slot.part) if name]
    name = "-".join(filter(None, (slot.period, version.batch_id)))
    return folder.joinpath(*slot.feed.split("/"), *room, f"{name}.csv")


def write(told: Iterable[Told], staging: Staging) -> list[Path]:
    """Write what is not written since its batch was staged. Returns the files written."""
    todo = [one for one in told if not _is_written(one, staging)]
    same: dict[str, list[Told]] = defaultdict(list)  # a content may come twice
    for one in todo:
        same[one.version.receipt.content_id].append(one)
    if todo:
        batches = [_batch(some[0], staging) for some in same.values()]
        with duckdb.connect(config=staging.limits(2)) as con:
            for batch, rejected in problems.with_rejected(batches, con):
                _write(same[batch.summary.content_id], batch, rejected)
    return [one.path for one in todo]


def _write(told: Iterable[Told], batch: Batch, rejected: Iterable[Rejected]) -> None:
    found = spreadsheet(problems.HEADER, (problem.cells for problem in problems.problems(batch, rejected)))
    figures = spreadsheet(totals.HEADER, totals.totals(batch))
    for one in told:
        _put(one.path, found)
        _put(one.totals, figures)


def write_all(known: Known, room: str, staging: Staging, folder: Path) -> list[Told]:
    """Bring the folder of a feed (or `reference`) up to date: write what is new, remove what was mended.

    `known` must be all that is known of it. Returns what there is to tell.
    """
    told = to_tell(known, folder, lambda version: version.receipt.slot.feed.partition("/")[0] == room)
    write(told, staging)
    keep = {path for one in told for path in (one.path, one.totals)}
    for path in (folder / room).rglob("*.csv"):
        if path not in keep:
            path.unlink()
    return told


def _is_written(one: Told, staging: Staging) -> bool:
    """A batch that was staged again may have something else to say."""
    staged = staging.folder(one.version.receipt) / "summary.json"
    return one.totals.is_file() and one.path.is_file() and one.totals.stat().st_mtime_ns >= staged.stat().st_mtime_ns


def _batch(one: Told, staging: Staging) -> Batch:
    receipt, header = one.version.receipt, tuple(name.casefold() for name in one.summary.columns)
    layout = staging.layout(receipt)
    contract = contract_for(receipt.slot.feed, tuple(layout.columns) if layout else header)
    return Batch(receipt.slot, one.summary, contract, layout, staging.rejected(receipt))


def _put(path: Path, content: bytes) -> None:
    """The whole file or none of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    draft.write_bytes(content)
    draft.replace(path)
