"""Staging: a received content becomes typed Parquet, once, under its own name.

Belongs here: the order of the steps for one batch, the cache of their outcome, many batches side by side.
Does not belong here: the steps themselves (reading, matching, judging, control).

A staged batch depends on its receipt and what its folder is named by (versions), so it is never staged twice.
"""

import os
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import chain
from pathlib import Path
from typing import Any

from vm_pipeline.disk import flush_all
from vm_pipeline.feeds import contract_for
from vm_pipeline.sources.decisions import Decision, Kind
from vm_pipeline.sources.incoming import desk
from vm_pipeline.sources.landing import Landing
from vm_pipeline.sources.receipts import Receipt
from vm_pipeline.staging import reading
from vm_pipeline.staging.layouts import Layout
from vm_pipeline.staging.load import ACCEPTED, REJECTED, Opened, load, refused
from vm_pipeline.staging.policy import STRICTEST, Policy
from vm_pipeline.staging.reading import Refused
from vm_pipeline.staging.summary import Summary
from vm_pipeline.staging.versions import folder_name, staged_as
from vm_pipeline.staging.workers import Workers, configuration

_LEAST, _MOST = 2 << 20, 12 << 20  # bytes of a group of batches

Progress = Callable[[str], None]


class Purged(Exception):
    """Rows are asked for whose file was erased for good."""


@dataclass(frozen=True)
class Staging:
    """The typed batches of one home folder. `pseudonym_key` keys the hash of patient references.

    `policy` says what follows where a column holds identifiers. Another key or another policy stages what it concerns
    again: one patient has one hash in all batches. `memory` is what all DuckDBs of a staging may take together (empty =
    DuckDB's own limit).
    """

    root: Path
    landing: Landing
    pseudonym_key: str
    threads: int = 2
    policy: Policy = STRICTEST
    memory: str = ""

    def limits(self, several: int = 1) -> dict[str, Any]:
        """The configuration of each of several DuckDBs that are open at once."""
        return configuration(self.memory, several)

    @property
    def incoming(self) -> Path:
        """Where work in progress lies."""
        return self.root / "incoming"

    def folder(self, receipt: Receipt) -> Path:
        """Where a content's typed rows lie, for these contracts and this reader, hashed with this key."""
        return self.root / receipt.slot.feed / folder_name(receipt, self.policy, self.pseudonym_key)

    def staged_as(self, feed: str) -> str:
        """What changes with all that would stage contents of a feed differently."""
        return staged_as(feed, self.policy, self.pseudonym_key)

    def purged(self) -> dict[str, Decision]:
        """Contents that were erased for good, each with the decision: its counts are all there is left."""
        return {one.content_id: one for one in self.landing.decisions() if one.kind is Kind.PURGED}

    def check_kept(self, receipts: Iterable[Receipt]) -> None:
        """Raises Purged where the rows of any content were erased for good."""
        decided = self.purged()
        for receipt in receipts:
            if gone := decided.get(receipt.content_id):
                raise Purged(
                    f"{receipt.slot}: found batch {gone.batch_id} purged on {gone.received_at[:10]} ({gone.reason}); "
                    "expected its rows, which this night had in force. They cannot come back: ask as of a time at "
                    "which another version was in force."
                )

    def accepted(self, receipt: Receipt) -> Path:
        """Parquet of accepted rows, typed, in row order. Raises Purged."""
        return self.all_accepted([receipt])[0]

    def all_accepted(self, receipts: Sequence[Receipt]) -> list[Path]:
        """The same of many, for which the log of decisions is asked once. Raises Purged."""
        self.check_kept(receipts)
        return [self.folder(receipt) / ACCEPTED for receipt in receipts]

    def rejected(self, receipt: Receipt) -> Path:
        """Parquet of rejected rows with their codes; absent where there are none."""
        return self.folder(receipt) / REJECTED

    def unstaged(self, receipts: Iterable[Receipt]) -> list[Receipt]:
        """Those there is work left for: it was not done before, and the content is not purged."""
        return [one for one in self._kept(receipts) if not _is_whole(self._summary(one))]

    def staged(self, receipts: Iterable[Receipt]) -> list[Receipt]:
        """All others: nothing is left to do."""
        known = [*receipts]
        unstaged = {one.content_id for one in self.unstaged(known)}
        return [one for one in known if one.content_id not in unstaged]

    def is_staged(self, receipt: Receipt) -> bool:
        """Whether there is nothing left to do."""
        return bool(self.staged([receipt]))

    def _kept(self, receipts: Iterable[Receipt]) -> list[Receipt]:
        """Those whose content is not purged."""
        gone = self.purged()
        return [one for one in receipts if one.content_id not in gone]

    def summaries(self, receipts: Iterable[Receipt]) -> dict[str, Summary]:
        """What staging found, by content; of a purged content what was noted of it then."""
        gone = self.purged()
        return {
            one.content_id: Summary.from_json(gone[one.content_id].summary)
            if one.content_id in gone
            else _summary(self._summary(one))
            for one in receipts
        }

    def summary(self, receipt: Receipt) -> Summary:
        """What staging found in one content."""
        return self.summaries([receipt])[receipt.content_id]

    def _summary(self, receipt: Receipt) -> str:
        """As a text, which takes a tenth of the time of a path: asked of each receipt there is, forty times a night."""
        return f"{self._root}/{receipt.slot.feed}/{folder_name(receipt, self.policy, self.pseudonym_key)}/summary.json"

    @cached_property
    def _root(self) -> str:
        return str(self.root)

    def stage(self, receipts: Iterable[Receipt], progress: Progress = lambda _: None, again: bool = False) -> int:
        """Stage what is not staged yet (or everything, `again`), several batches side by side. Returns how many."""
        todo = {one.content_id: one for one in (self._kept(receipts) if again else self.unstaged(receipts))}
        if not todo:
            return 0
        self._forget_others(todo)  # first: whatever cuts this short, the next run stages the rest, and nothing is left
        with (
            desk(self.incoming) as workspace,  # for its owner only: text as sent lies there for a while
            closing(Workers(workspace, self.pseudonym_key, self.policy, self.limits(self.threads))) as workers,
            ThreadPoolExecutor(self.threads) as pool,
        ):
            opened = list(pool.map(lambda one: self._open(one, workers), todo.values()))
            groups = _groups(opened, self.threads)
            for receipt in chain.from_iterable(pool.map(lambda group: self._stage(group, workers), groups)):
                progress(str(receipt.slot))
        return len(todo)

    def _forget_others(self, staged: Mapping[str, Receipt]) -> None:
        """Remove what was staged of the same contents in another way: it may hold what is hidden or refused by now."""
        for feed in {receipt.slot.feed for receipt in staged.values()}:
            for folder in (self.root / feed).glob("*"):
                receipt = staged.get(folder.name.partition("-")[0])
                if receipt and folder != self.folder(receipt):
                    shutil.rmtree(folder, ignore_errors=True)

    def _open(self, receipt: Receipt, workers: "Workers") -> "Opened | _Closed":
        """Open one batch's file, checked against its hash. Raises LandingDamaged."""
        draft = workers.workspace / receipt.content_id
        draft.mkdir()
        path = self.landing.verified(receipt.sha256)
        control = self.landing.verified(receipt.control_sha256) if receipt.control_sha256 else None
        layout, contract = self.layout(receipt), contract_for(receipt.slot.feed)
        try:
            sheet = reading.read_sheet(path, draft, layout.file if layout else reading.AS_IT_SAYS)
        except Refused as why:
            return _Closed(receipt, refused(receipt, contract, why), draft)
        contract = contract_for(receipt.slot.feed, _names(sheet, layout))
        return Opened(receipt, contract, sheet, layout, path, control, draft)

    def _stage(self, group: "Sequence[Opened | _Closed]", workers: "Workers") -> list[Receipt]:
        """Stage a group of batches of one shape."""
        for one, summary in zip(group, _summaries(group, workers), strict=True):
            with (one.folder / "summary.json").open("x", encoding="utf-8") as file:
                file.write(summary.to_json())
            _put(one.folder, self.folder(one.receipt))
        return [one.receipt for one in group]

    def layout(self, receipt: Receipt) -> Layout | None:
        """The layout a content is read by; None where it came in the canonical one."""
        if not receipt.layout_sha256:
            return None
        return Layout.from_json(self.landing.verified(receipt.layout_sha256).read_text("utf-8"))


def _is_whole(summary: str) -> bool:
    """Whether it is there; an empty one is what a power cut took before it was flushed."""
    with suppress(FileNotFoundError, NotADirectoryError):
        return os.stat(summary).st_size > 0  # noqa: PTH116 - see `_summary`
    return False


@cache
def _summary(path: str) -> Summary:
    """A file that never changes: the same content, contracts and reader are its name. Every night reads all of them."""
    return Summary.from_json(Path(path).read_text("utf-8"))


@dataclass(frozen=True)
class _Closed:
    """A received batch whose file could not be opened."""

    receipt: Receipt
    summary: Summary
    folder: Path


def _groups(opened: "Sequence[Opened | _Closed]", workers: int) -> "list[list[Opened | _Closed]]":
    """Batches of one shape together, a few at a time: each statement costs as much as thousands of rows.

    Few batches are shared out among the workers, so that none of them waits for another.
    """
    shapes: dict[object, list[Opened | _Closed]] = defaultdict(list)
    for one in opened:
        shapes[one.shape if isinstance(one, Opened) else one.receipt.content_id].append(one)
    shared = sum(one.receipt.size for one in opened) // workers
    room_of_each = min(max(shared, _LEAST), _MOST)
    groups: list[list[Opened | _Closed]] = []
    for batches in shapes.values():
        room = 0
        for one in batches:
            if room <= 0:
                groups.append([])
                room = room_of_each
            groups[-1].append(one)
            room -= one.receipt.size
    return groups


def _summaries(group: "Sequence[Opened | _Closed]", workers: "Workers") -> list[Summary]:
    """Outcomes in the group's order. Where one file spoils the statement, each goes by itself."""
    batches = [one for one in group if isinstance(one, Opened)]
    if not batches:
        return [one.summary for one in group if isinstance(one, _Closed)]
    try:
        return load(workers.connection(), batches, workers.policy)
    except Refused as why:
        if len(batches) == 1:
            (batch,) = batches
            return [replace(refused(batch.receipt, batch.contract, why), warnings=batch.sheet.notes)]
    return [summary for one in batches for summary in _summaries([one], workers)]


def _names(sheet: reading.Sheet, layout: Layout | None) -> tuple[str, ...]:
    return tuple(layout.columns) if layout else tuple(name.casefold() for name in sheet.header)


def _put(draft: Path, folder: Path) -> None:
    """Give finished work its name, whole or not at all, after a power cut too; the same work done twice is the same."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    for leftover in draft.glob("*.read"):
        leftover.unlink()
    flush_all(draft)
    with suppress(FileNotFoundError):
        folder.rename(draft.with_name(f"{draft.name}-before"))
    try:
        draft.rename(folder)
    except OSError:
        if not folder.exists():  # it does where another run has done the same work meanwhile
            raise
