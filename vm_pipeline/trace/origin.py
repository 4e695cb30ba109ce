"""Where facts come from: a batch of the warehouse beside its receipt, and the file in landing.

Belongs here: batches, receipts, the hash of the file, the line of a row in it.
Does not belong here: what rows say (fact), what they add up to (figure).
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from vm_pipeline.feeds.identifiers import masked
from vm_pipeline.home import Home
from vm_pipeline.sources.objects import LandingDamaged
from vm_pipeline.sources.receipts import Receipt, Version, versions
from vm_pipeline.sources.sender import base_name
from vm_pipeline.trace.unknown import Unknown

_COLUMNS = (
    "batch_id, feed, provider_code, period, part, sha256, received_at::VARCHAR, superseded_at::VARCHAR, is_in_force, "
    "rows_received, rows_accepted, rows_rejected, refused_because, withdrawn_because, is_purged"
)


@dataclass(frozen=True)
class Origin:
    """One batch: what it stands for and the file it came as. `file` is the last part of its name at the source.

    `landing` says of the bytes: `not looked at`, `same hash`, or what is amiss.
    """

    batch_id: str
    feed: str
    provider_code: str
    period: str
    part: str
    sha256: str
    received_at: str
    superseded_at: str
    is_in_force: bool
    rows_received: int
    rows_accepted: int
    rows_rejected: int
    refused_because: str
    withdrawn_because: str
    is_purged: bool
    file: str = ""
    layout: str = ""
    landing: str = "not looked at"


class Origins:
    """Batches by their id, each looked up once. `verify` hashes the file in landing again."""

    def __init__(self, con: duckdb.DuckDBPyConnection, home: Home, verify: bool = False) -> None:
        self.home = home
        self._con, self._verify = con, verify
        self._receipts = {(one.content_id, _naive(one.received_at)): one for one in home.receipts()}
        self._found: dict[str, Origin] = {}

    def __call__(self, batch_id: str) -> Origin:
        """The batch. Raises Unknown."""
        if batch_id not in self._found:
            rows = self._con.execute(f"SELECT {_COLUMNS} FROM vm.batch WHERE batch_id = ?", [batch_id]).fetchall()
            if not rows:
                raise Unknown(f"found no batch {batch_id!r} in the warehouse, expected a batch_id of vm.batch.")
            bare = Origin(*_filled(rows[0]))
            self._found[batch_id] = self._with_file(bare)
        return self._found[batch_id]

    @cached_property
    def versions(self) -> dict[str, Version]:
        """Versions by batch id, as known when the warehouse was built; the warehouse says which were refused."""
        rows = self._con.execute("SELECT batch_id FROM vm.batch WHERE refused_because IS NOT NULL").fetchall()
        until = self._con.execute("SELECT as_of FROM pipeline.publication").fetchall()[0][0]
        refused = {batch_id.partition("-")[0] for (batch_id,) in rows}
        return {one.batch_id: one for one in versions(self.home.receipts(until), refused, self.home.decisions(until))}

    def receipt(self, origin: Origin) -> Receipt | None:
        """Its receipt; None where the landing of this home is another one's."""
        return self._receipts.get((origin.batch_id.partition("-")[0], origin.received_at))

    def line(self, origin: Origin, row_number: int) -> int | None:
        """The line of the file on which a row begins; None where that cannot be told without reading its layout."""
        if origin.layout != "canonical" or origin.landing != "same hash" or row_number < 1:
            return None
        begins = row_lines(self.home.landing.path(origin.sha256))
        return begins[row_number - 1] if len(begins) == origin.rows_received >= row_number else None

    def _with_file(self, bare: Origin) -> Origin:
        receipt = self.receipt(bare)
        if receipt is None:
            return replace(bare, landing="no receipt of it in this home")
        layout = receipt.layout_sha256[:12] or "canonical"
        known = replace(bare, file=masked(base_name(receipt.name)), layout=layout)
        return replace(known, landing=self._look(receipt)) if self._verify else known

    def _look(self, receipt: Receipt) -> str:
        try:
            self.home.landing.verified(receipt.sha256)
        except LandingDamaged as error:
            return str(error)
        return "same hash"


def row_lines(path: Path) -> Sequence[int]:
    """The line on which each row below the header begins, in a text file; none for a workbook."""
    content = path.read_bytes()
    if content[:2] == b"PK" or b"\0" in content[:1000]:
        return []
    text = content.decode("latin-1")  # only line ends and quotes matter here, and they are the same in every encoding
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t|", key=first.count))
    begins, line = [], 1
    for row in reader:
        if row:
            begins.append(line)
        line = reader.line_num + 1
    return begins[1:]


def _filled(row: tuple[Any, ...]) -> Iterator[Any]:
    return ("" if cell is None else cell for cell in row)


def _naive(moment: str) -> str:
    """As DuckDB writes a time: blank for the T, no zeros at the end, no offset."""
    text = moment.removesuffix("+00:00").replace("T", " ")
    return text.rstrip("0").rstrip(".") if "." in text else text
