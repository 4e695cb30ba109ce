"""Nothing received is lost: rows and pounds received = accepted + rejected, counted again from the typed files.

Belongs here: the recount and its comparison with what staging said of each batch.
Does not belong here: comparing with control files (staging), with the published tables (core).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb

from vm_pipeline.feeds import LEDGER
from vm_pipeline.quality.parquet import Batch, ask, batches
from vm_pipeline.quality.verdict import Figure, Verdict, counted, pounds, worst_first
from vm_pipeline.sources.receipts import Version
from vm_pipeline.staging.batches import Staging
from vm_pipeline.staging.known import Known

_NOTHING = Decimal("0.00")


@dataclass(frozen=True)
class Recount:
    """One file counted: rows, pounds, and which source rows they are: the sum of the hashes of their numbers.

    Of a survey, which has several rows of one, it is how many source rows. Sums of hashes agree where the numbers do,
    each once, in whatever order; counting each number once took seven times as long.
    """

    rows: int = 0
    source_rows: int = 0
    pounds: Decimal = _NOTHING


def check_totals(
    con: duckdb.DuckDBPyConnection, feed: str, known: Known, staging: Staging, versions: Iterable[Version]
) -> Verdict:
    """Compare what staging counted in each batch with what its files hold. `con` is only read with."""
    todo = batches(feed, known, staging, versions)
    money = LEDGER.money if feed == "ledger" else ""
    which = _HOW_MANY if feed == "survey" else _WHICH
    accepted, lost = _recount(con, [batch.accepted for batch in todo], which, money)
    rejected, lost_too = _recount(
        con, [batch.rejected for batch in todo if batch.rejected.is_file()], which, "amount_gbp" if money else ""
    )
    pairs = [(accepted.get(batch.accepted, Recount()), rejected.get(batch.rejected, Recount())) for batch in todo]
    numbered = _numbered(con, {one.rows + other.rows for one, other in pairs})
    failed = [
        (batch, found)
        for batch, found in zip(todo, pairs, strict=True)
        if batch.accepted in lost
        or batch.rejected in lost_too
        or not _holds(batch, *found, numbered[sum(one.rows for one in found)])
    ]
    exact, _ = _recount(con, [batch.accepted for batch, _ in failed], _HOW_MANY, money)
    apart = [
        _figure(
            batch,
            exact.get(batch.accepted, Recount()),
            rejected_there,
            unreadable=batch.accepted in lost or batch.rejected in lost_too,
        )
        for batch, (_, rejected_there) in failed
    ]
    return Verdict("totals_hold", feed, not apart, True, _message(feed, todo, apart), worst_first(apart, "rows_apart"))


_WHICH, _HOW_MANY = "sum(hash(row_number))::HUGEINT", "count(DISTINCT row_number)"


def _recount(
    con: duckdb.DuckDBPyConnection, files: list[Path], which: str, money: str
) -> tuple[dict[Path, Recount], frozenset[Path]]:
    answer = ask(
        con,
        f"SELECT filename, count(*), {which}, coalesce(sum({money or '0'}), 0)::DECIMAL(38,2) "
        "FROM read_parquet($files, filename = true) GROUP BY filename",
        files,
    )
    return {Path(file): Recount(*counts) for file, *counts in answer.rows}, answer.unreadable


def _numbered(con: duckdb.DuckDBPyConnection, sizes: set[int]) -> dict[int, int]:
    """By a number of rows, the sum of the hashes of 1, 2, … up to it."""
    rows = con.execute(
        "SELECT n, sum(hash(n)) OVER (ORDER BY n) FROM range(1, ? + 1) AS counted(n) QUALIFY n IN (SELECT unnest(?))",
        [max(sizes, default=0), [*sizes]],
    ).fetchall()
    return {0: 0, **dict(rows)}


def _holds(batch: Batch, accepted: Recount, rejected: Recount, numbered: int) -> bool:
    return (
        _summary_adds_up(batch)
        and _rows_hold(batch, accepted, rejected, numbered)
        and _pounds_hold(batch, accepted, rejected)
    )


def _summary_adds_up(batch: Batch) -> bool:
    """Whether the parts that staging published (by rule, by ledger period) add up to its own totals."""
    said = batch.summary
    rows = said.rows_received == said.rows_accepted + said.rows_rejected
    rules = said.rows_rejected == sum(rule.rows for rule in said.rejections)
    if said.received is None or said.accepted is None:
        return rows and rules
    return (
        rows
        and rules
        and said.received - said.accepted == sum((rule.amount for rule in said.rejections), _NOTHING)
        and said.rows_received == sum(period.rows for period in said.periods)
        and said.received == sum((period.received for period in said.periods), _NOTHING)
        and said.accepted == sum((period.accepted for period in said.periods), _NOTHING)
    )


def _rows_hold(batch: Batch, accepted: Recount, rejected: Recount, numbered: int) -> bool:
    said = batch.summary
    if rejected.rows != said.rows_rejected:
        return False
    if batch.receipt.slot.feed == "survey":  # one row an answer; a questionnaire without answers has none
        return accepted.source_rows <= said.rows_accepted
    if accepted.rows != said.rows_accepted:
        return False
    # Rows are numbered 1, 2, … n, so each stands once in either file; a layout may make several rows of one.
    return bool(batch.receipt.layout_sha256) or accepted.source_rows + rejected.source_rows == numbered


def _pounds_hold(batch: Batch, accepted: Recount, rejected: Recount) -> bool:
    said = batch.summary
    if said.received is None or said.accepted is None:
        return True
    return said.accepted == accepted.pounds and said.received == accepted.pounds + rejected.pounds


def _figure(batch: Batch, accepted: Recount, rejected: Recount, unreadable: bool) -> Figure:
    said = batch.summary
    there = said.rows_accepted if batch.receipt.slot.feed == "survey" else accepted.source_rows
    figure: Figure = {
        **batch.about,
        "readable": int(not unreadable),
        "rows_received": said.rows_received,
        "rows_accepted": said.rows_accepted,
        "rows_rejected": said.rows_rejected,
        "accepted_in_file": None if unreadable else accepted.rows,
        "rejected_in_file": None if unreadable else rejected.rows,
        "rows_apart": said.rows_received if unreadable else said.rows_received - there - rejected.rows,
    }
    if said.received is not None:
        in_files = accepted.pounds + rejected.pounds
        figure["received_gbp"] = float(said.received)
        figure["in_files_gbp"] = None if unreadable else float(in_files)
        figure["apart_gbp"] = float(said.received) if unreadable else float(said.received - in_files)
    return figure


def _message(feed: str, todo: list[Batch], apart: list[Figure]) -> str:
    rows = sum(batch.summary.rows_received for batch in todo)
    money = [batch.summary.received for batch in todo if batch.summary.received is not None]
    received = counted(rows, "row") + (f" and {pounds(sum(money, _NOTHING))}" if money else "")
    if not apart:
        return (
            f"{feed}: {received} received = accepted + rejected, in each of {counted(len(todo), 'batch', 'batches')}."
        )
    unreadable = sum(not figure["readable"] for figure in apart)
    return (
        f"{feed}: found {len(apart):,} of {counted(len(todo), 'batch', 'batches')} whose typed files do not hold what "
        f"was received ({unreadable:,} of them cannot be read); expected received = accepted + rejected in rows"
        f"{' and pounds' if money else ''}. Stage them again with `vm-pipeline run --full`; "
        "if it comes back, report it with their content ids."
    )
