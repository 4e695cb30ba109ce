"""Staging: a received content becomes typed Parquet, once, under its own name.

Belongs here: the order of the steps for one batch, the cache of their outcome, many batches side by side.
Does not belong here: the steps themselves (reading, matching, judging, control).

A staged batch depends on its receipt, the contracts and this reader alone, so it is never staged twice.
"""

import hashlib
import shutil
import threading
import uuid
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import duckdb

from vm_pipeline.feeds import ACTIVITY, LEDGER, SURVEY_COUNTS, SURVEY_WIDE, Contract, contract_for
from vm_pipeline.feeds.reference import PROGRAMME_SETTINGS, REFERENCES
from vm_pipeline.sources.landing import Landing
from vm_pipeline.sources.receipts import Receipt
from vm_pipeline.staging import judging, reading
from vm_pipeline.staging.layouts import Layout
from vm_pipeline.staging.load import load, outcome
from vm_pipeline.staging.parsing import BLANKS, EXPRESSIONS
from vm_pipeline.staging.reading import Refused
from vm_pipeline.staging.summary import Summary

Progress = Callable[[str], None]


def staging_version(feed: str) -> str:
    """Eight hex digits that change when the same content would be staged differently."""
    contracts = {"ledger": (LEDGER,), "activity": (ACTIVITY,), "survey": (SURVEY_WIDE, SURVEY_COUNTS)}
    known = contracts.get(feed) or (contract_of(feed),)
    parts = (reading.READER_VERSION, judging.JUDGING_VERSION, BLANKS, EXPRESSIONS, [c.version for c in known])
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:8]


def contract_of(feed: str, header: tuple[str, ...] = ()) -> Contract:
    """The contract of a feed or of a reference file, `reference/<name>`."""
    return REFERENCES[feed.partition("/")[2]].contract if feed.startswith("reference/") else contract_for(feed, header)


def is_typed(receipt: Receipt) -> bool:
    """Programme settings are kept in landing only."""
    return receipt.slot.feed.partition("/")[2] not in PROGRAMME_SETTINGS


@dataclass(frozen=True)
class Staging:
    """The typed batches of one home folder. `pseudonym_key` keys the hash of patient references."""

    root: Path
    landing: Landing
    pseudonym_key: str
    threads: int = 2

    def folder(self, receipt: Receipt) -> Path:
        """Where a content's typed rows lie, for these contracts and this reader."""
        return self.root / receipt.slot.feed / f"{receipt.content_id}-{staging_version(receipt.slot.feed)}"

    def accepted(self, receipt: Receipt) -> Path:
        """Parquet of accepted rows, typed, in row order."""
        return self.folder(receipt) / "accepted.parquet"

    def rejected(self, receipt: Receipt) -> Path:
        """Parquet of rejected rows with their codes; absent where there are none."""
        return self.folder(receipt) / "rejected.parquet"

    def is_staged(self, receipt: Receipt) -> bool:
        """Whether there is nothing left to do: the work was done before, or the file is kept untyped."""
        return not is_typed(receipt) or (self.folder(receipt) / "summary.json").is_file()

    def summary(self, receipt: Receipt) -> Summary:
        """What staging found."""
        return Summary.from_json((self.folder(receipt) / "summary.json").read_text("utf-8"))

    def stage(self, receipts: Iterable[Receipt], progress: Progress = lambda _: None, again: bool = False) -> int:
        """Stage what is not staged yet (or everything, `again`), several batches side by side. Returns how many."""
        todo = {r.content_id: r for r in receipts if is_typed(r) and (again or not self.is_staged(r))}
        if not todo:
            return 0
        workspace = self.root / "incoming" / uuid.uuid4().hex
        workspace.mkdir(parents=True)
        workers = _Workers(workspace, self.pseudonym_key)
        try:
            with ThreadPoolExecutor(self.threads) as pool:
                for receipt in pool.map(lambda one: self._stage(one, workers), todo.values()):
                    progress(str(receipt.slot))
        finally:
            workers.close()
            shutil.rmtree(workspace, ignore_errors=True)
        return len(todo)

    def _stage(self, receipt: Receipt, workers: "_Workers") -> Receipt:
        draft = workers.workspace / receipt.content_id
        draft.mkdir()
        summary = self._outcome(workers.connection(), receipt, draft)
        with (draft / "summary.json").open("x", encoding="utf-8") as file:
            file.write(summary.to_json())
        _put(draft, self.folder(receipt))
        return receipt

    def _outcome(self, con: duckdb.DuckDBPyConnection, receipt: Receipt, draft: Path) -> Summary:
        """Load one batch into the connection and write its Parquet; a refused one leaves only its reason."""
        path = self.landing.verified(receipt.sha256)
        control = self.landing.verified(receipt.control_sha256) if receipt.control_sha256 else None
        layout = self._layout(receipt)
        contract = contract_of(receipt.slot.feed)
        try:
            sheet = reading.read_sheet(con, path, draft, layout.sheet if layout else "")
            contract = contract_of(receipt.slot.feed, _names(sheet, layout))
            loaded = load(con, contract, receipt.slot, sheet, path, layout)
        except Refused as refused:
            return Summary(
                receipt.content_id, contract.version, refused_code=refused.code, refused_because=str(refused)
            )
        return outcome(con, contract, receipt, loaded, control, draft)

    def _layout(self, receipt: Receipt) -> Layout | None:
        if not receipt.layout_sha256:
            return None
        return Layout.from_json(self.landing.verified(receipt.layout_sha256).read_text("utf-8"))


def _names(sheet: reading.Sheet, layout: Layout | None) -> tuple[str, ...]:
    return tuple(layout.columns) if layout else tuple(name.casefold() for name in sheet.header)


def _put(draft: Path, folder: Path) -> None:
    """Give finished work its name, whole or not at all; the same work done twice is the same."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    for leftover in draft.glob("*.utf8"):
        leftover.unlink()
    if folder.exists():
        folder.rename(draft.with_name(f"{draft.name}-before"))
    draft.rename(folder)


class _Workers:
    """One single-threaded DuckDB a worker: row order is file order, and a batch's tables are nobody else's."""

    def __init__(self, workspace: Path, pseudonym_key: str) -> None:
        self.workspace = workspace
        self._key = pseudonym_key
        self._local = threading.local()
        self._open: list[duckdb.DuckDBPyConnection] = []

    def connection(self) -> duckdb.DuckDBPyConnection:
        if not hasattr(self._local, "con"):
            self._local.con = duckdb.connect(config={"threads": 1, "temp_directory": str(self.workspace / "spill")})
            self._local.con.execute("SET VARIABLE pseudonym_key = ?", [self._key])
            self._open.append(self._local.con)
        con: duckdb.DuckDBPyConnection = self._local.con
        return con

    def close(self) -> None:
        for con in self._open:
            con.close()
