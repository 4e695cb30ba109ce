"""The typed files of many batches, asked as one table.

Belongs here: one query over many files, and finding the file that cannot be read without stopping at it.
Does not belong here: what is asked (totals, suites, distribution), how the files came to be (staging).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from vm_pipeline.sources.receipts import Receipt, Version
from vm_pipeline.staging.batches import Staging
from vm_pipeline.staging.known import Known
from vm_pipeline.staging.summary import Summary


@dataclass(frozen=True)
class Batch:
    """One staged content that was not refused."""

    receipt: Receipt
    summary: Summary
    accepted: Path
    rejected: Path

    @property
    def about(self) -> dict[str, str | int | float | None]:
        """How figures name it."""
        slot = self.receipt.slot
        return {
            "feed": slot.feed,
            "provider_code": slot.sender,
            "period": slot.period,
            "content_id": self.receipt.content_id,
        }


@dataclass(frozen=True)
class Answer:
    """Rows of a query over files, and the files it could not be asked of."""

    rows: list[tuple[Any, ...]]
    unreadable: frozenset[Path]


def batches(feed: str, known: Known, staging: Staging, versions: Iterable[Version]) -> list[Batch]:
    """The contents of some versions of a feed, each once, without those refused, or purged, whose rows are no more."""
    found: dict[str, tuple[Receipt, Summary]] = {}
    for version in versions:
        receipt, summary = version.receipt, known.summary(version)
        if receipt.slot.feed == feed and summary and not (summary.refused or summary.purged):
            found[receipt.content_id] = receipt, summary
    accepted = staging.all_accepted([receipt for receipt, _ in found.values()])
    return [Batch(*one, path, staging.rejected(one[0])) for one, path in zip(found.values(), accepted, strict=True)]


def ask(con: duckdb.DuckDBPyConnection, sql: str, files: Sequence[Path], **parameters: object) -> Answer:
    """Run `sql` over `read_parquet($files)`; where that fails, over each file alone, to find out which one it is.

    The error of the engine is dropped on purpose: it may quote a cell.
    """
    there = [file for file in files if file.is_file()]
    absent = frozenset(files) - frozenset(there)
    if not there:
        return Answer([], absent)
    try:
        rows = con.execute(sql, {"files": [_pattern(file) for file in there], **parameters}).fetchall()
    except (duckdb.OutOfMemoryException, duckdb.InterruptException):
        raise
    except duckdb.Error:
        return _join(absent, _one_by_one(con, sql, there, parameters))
    return Answer(rows, absent)


def _one_by_one(
    con: duckdb.DuckDBPyConnection, sql: str, files: Sequence[Path], parameters: dict[str, object]
) -> list[Answer]:
    if len(files) == 1:
        return [Answer([], frozenset(files))]
    return [ask(con, sql, [file], **parameters) for file in files]


def _join(absent: frozenset[Path], answers: list[Answer]) -> Answer:
    rows = [row for answer in answers for row in answer.rows]
    return Answer(rows, absent.union(*(answer.unreadable for answer in answers)))


def _pattern(file: Path) -> str:
    """A path as DuckDB takes it: brackets and stars would be a pattern."""
    return "".join(f"[{sign}]" if sign in "[*?" else sign for sign in str(file))
