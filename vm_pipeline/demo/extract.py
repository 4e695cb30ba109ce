"""Files as a board sends them: rows of text, and a control file beside them.

Belongs here: delimiter, encoding, line ends, names of files, counts and totals of what is in them.
Does not belong here: what the rows say (ledger, activity, survey), what is wrong with some of them (defects).
"""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from vm_pipeline.calendar import financial_year, first_day, ledger_period
from vm_pipeline.demo.programme import Board, Habits
from vm_pipeline.demo.spelling import pounds

LEDGER_CONTROL = ("provider_code", "financial_year", "period", "row_count", "total_amount")
ROW_CONTROL = ("provider_code", "financial_year", "period", "row_count")
TIDY = Habits()


class Row(NamedTuple):
    """One row as sent. `pence` is what its amount reads as, None where it has none that can be read."""

    cells: Sequence[str]
    pence: int | None = None


class Slot(NamedTuple):
    """One board's month of a feed: what one extract is of."""

    feed: str
    board: Board
    month: str

    def extract(self, folder: Path) -> Path:
        """Where its extract lies in a drop folder."""
        return folder / self.feed / self.board.code / f"{self.month}.csv"

    def control(self, folder: Path) -> Path:
        """Where its control file lies."""
        return self.extract(folder).with_suffix(".control.csv")


def write_table(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]], habits: Habits = TIDY) -> None:
    """Write one table of text in the board's delimiter, encoding and line ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding=habits.encoding, newline="") as file:
        writer = csv.writer(file, delimiter=habits.delimiter, lineterminator=habits.line_end)
        writer.writerow(header)
        writer.writerows(rows)


def write_extract(folder: Path, slot: Slot, header: Sequence[str], rows: Sequence[Row]) -> None:
    """Write one extract."""
    write_table(slot.extract(folder), header, (row.cells for row in rows), slot.board.habits)


def write_ledger_control(folder: Path, slot: Slot, header: Sequence[str], rows: Sequence[Row]) -> None:
    """Write the ledger's control file: rows and pounds of each (financial year, period) as sent, sound or not."""
    year, period = header.index("financial_year"), header.index("period")
    counts: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        count = counts.setdefault((row.cells[year], row.cells[period]), [0, 0])
        count[0] += 1
        count[1] += row.pence or 0
    board = slot.board
    lines = [(board.code, *named, str(number), pounds(pence)) for named, (number, pence) in sorted(counts.items())]
    write_table(slot.control(folder), LEDGER_CONTROL, lines, board.habits)


def write_row_control(folder: Path, slot: Slot, row_count: int) -> None:
    """Write an activity or survey control file: one line with the number of rows."""
    first = first_day(slot.month)
    line = (slot.board.code, financial_year(first), str(ledger_period(first)), str(row_count))
    write_table(slot.control(folder), ROW_CONTROL, [line], slot.board.habits)
