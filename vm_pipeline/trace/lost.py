"""Rows that are no facts: rejected, refused, superseded, replaced, deleted, not answered; and the batch before one.

Belongs here: why a row of a batch stands in no fact table, asked of staging.
Does not belong here: rows that are facts (fact).
"""

from dataclasses import dataclass
from typing import Any

import duckdb

from vm_pipeline.calendar import financial_year, first_day, period_of
from vm_pipeline.feeds import FEEDS, contract_for
from vm_pipeline.sources.receipts import Receipt
from vm_pipeline.staging.batches import Staging
from vm_pipeline.staging.layouts import Layout
from vm_pipeline.staging.reading import readable
from vm_pipeline.staging.rejects import descriptions
from vm_pipeline.trace.facts import FACTS_OF
from vm_pipeline.trace.origin import Origin, Origins
from vm_pipeline.trace.unknown import Unknown

_NOT_HERE = (
    "It is no fact; why is not known here: this home has no typed rows of the batch. `vm-pipeline run` makes them."
)


@dataclass(frozen=True)
class _Asked:
    con: duckdb.DuckDBPyConnection
    origins: Origins
    origin: Origin
    receipt: Receipt
    row_number: int

    @property
    def staging(self) -> Staging:
        return self.origins.home.staging


def where_it_went(con: duckdb.DuckDBPyConnection, origins: Origins, origin: Origin, row_number: int) -> str:
    """Why a row is in no fact table. Raises Unknown where the batch has no such row."""
    if not 0 < row_number <= origin.rows_received and not origin.refused_because:
        raise Unknown(
            f"found {origin.rows_received} rows in batch {origin.batch_id}, expected row {row_number} among them "
            "(1 = the first below the header)."
        )
    if origin.refused_because:
        return f"No row of it counts: the batch was refused. {origin.refused_because}"
    if origin.is_purged:
        return f"No row of it is left: the batch was purged. {origin.withdrawn_because}"
    receipt = origins.receipt(origin)
    if receipt is None or not origins.home.staging.is_staged(receipt):
        return _NOT_HERE
    return _of_staged(_Asked(con, origins, origin, receipt, row_number))


def _of_staged(asked: _Asked) -> str:
    origin = asked.origin
    code = _rule_failed(asked)
    if code:
        contract = contract_for(origin.feed, asked.staging.summary(asked.receipt).columns)
        return f"Rejected by {code}: {descriptions(contract).get(code, 'a rule of its feed.')}"
    version = asked.origins.versions.get(origin.batch_id)
    if origin.feed in FACTS_OF and origin.feed not in FEEDS:
        return _NO_BUDGET if version and version.in_force else _SUPERSEDED
    if origin.feed not in FEEDS:
        return f"Accepted. {origin.feed} says how facts are read: its rows are none themselves."
    month = _month(asked)
    if version is not None and month not in version.months_in_force:
        return f"Accepted, and not in force: {_owner(asked, month)}."
    return _overruled(asked) if origin.feed == "activity" else _NO_ANSWER if origin.feed == "survey" else _NOT_HERE


_NO_BUDGET = (
    "Accepted. It is of ledger period 0, which is brought forward and in no month, or its provider's rows contradict "
    "each other in this file and those of the file before count."
)
_SUPERSEDED = "Accepted, and not in force: a later version of the file is, or this one was withdrawn."
_NO_ANSWER = "Accepted. No answer in it is on its question's scale: blank, `N/A`, or a question nobody declared."


def _rule_failed(asked: _Asked) -> str:
    path = asked.staging.rejected(asked.receipt)
    rows = _rows(f"SELECT rule_code FROM read_parquet({readable(path)})", asked) if path.is_file() else []
    return str(rows[0][0]) if rows else ""


def _month(asked: _Asked) -> str:
    """The month of the batch that the row stands in."""
    path = readable(asked.staging.accepted(asked.receipt))
    rows = _rows(f"SELECT batch_month FROM read_parquet({path})", asked)
    return period_of(rows[0][0]) if rows else ""


def _rows(select: str, asked: _Asked) -> list[tuple[Any, ...]]:
    with duckdb.connect() as con:
        return con.execute(f"{select} WHERE row_number = ?", [asked.row_number]).fetchall()


def _owner(asked: _Asked, month: str) -> str:
    """Which batch has taken the month over."""
    cells = {cell for cell in asked.receipt.slot.cells if cell.month == month}
    for one in asked.origins.versions.values():
        if not cells.isdisjoint(one.cells_in_force):
            return f"{month} is now that of batch {one.batch_id}, received at {one.receipt.received_at}"
    return f"no version of {month} is"


# The record itself is an identifier: it finds its other transactions and is not told.
_TRANSACTIONS = """
WITH sent AS (SELECT content_id, row_number, record_id, transaction_type FROM read_parquet([{paths}]))
SELECT other.content_id, other.row_number, other.transaction_type
FROM sent AS one
JOIN sent AS other USING (record_id)
WHERE one.content_id = ? AND one.row_number = ?
"""


def _overruled(asked: _Asked) -> str:
    """The transaction of the same record that counts: by the later batch period, then the later row."""
    origin, slot = asked.origin, asked.receipt.slot
    held = {
        one.receipt.content_id: one
        for one in asked.origins.versions.values()
        if one.in_force and one.receipt.slot.feed == "activity" and one.receipt.slot.provider_code == slot.provider_code
    }
    paths = ", ".join(readable(asked.staging.accepted(one.receipt)) for one in held.values())
    with duckdb.connect() as con:
        found = con.execute(_TRANSACTIONS.format(paths=paths), [asked.receipt.content_id, asked.row_number]).fetchall()

    def place(row: tuple[str, int, str]) -> tuple[str, str, str, int]:
        of = held[row[0]].receipt.slot
        return of.last_period, of.first_period, held[row[0]].batch_id, row[1]

    content, number, kind = max(found, key=place)
    batch = held[content].batch_id
    if (batch, number) == (origin.batch_id, asked.row_number):
        return "Accepted. It deletes its record, and a deletion is no fact."
    deletes = "deletes the record" if kind == "D" else "replaces it"
    return f"Accepted, and overruled: row {number} of batch {batch} comes later and {deletes}."


def batch_before(origins: Origins, origin: Origin) -> str:
    """The batch whose rows a year-to-date ledger takes off again; empty where there is none, or it cannot be told."""
    receipt, version = origins.receipt(origin), origins.versions.get(origin.batch_id)
    if receipt is None or version is None or not version.months_in_force:
        return ""
    month, year = version.months_in_force[0], financial_year(first_day(version.months_in_force[0]))
    earlier = {
        cell.month: other.batch_id
        for other in origins.versions.values()
        if other.receipt.slot.feed == "ledger"
        and other.receipt.slot.sender == receipt.slot.sender
        and is_year_to_date(origins, other.receipt)
        for cell in other.cells_in_force
        if cell.month < month and financial_year(first_day(cell.month)) == year
    }
    return earlier[max(earlier)] if earlier else ""


def is_year_to_date(origins: Origins, receipt: Receipt) -> bool:
    """Whether its layout says so."""
    if not receipt.layout_sha256:
        return False
    path = origins.home.landing.path(receipt.layout_sha256)
    return path.is_file() and Layout.from_json(path.read_text("utf-8")).year_to_date
