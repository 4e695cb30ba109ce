"""A file as a table of text, as staging opens it: DuckDB first, row by row where that fails.

Belongs here: what tests of files need to see. Does not belong here: what is expected of them (the tests).
"""

from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import duckdb

from vm_pipeline.staging.reading import AS_IT_SAYS, FileShape, Sheet, read_sheet

Cells = tuple[str | None, ...]


@dataclass(frozen=True)
class Table:
    """Header, cells (an empty one is None) and row numbers of a file."""

    sheet: Sheet
    numbers: list[int]
    rows: list[Cells]

    @property
    def header(self) -> tuple[str, ...]:
        return self.sheet.header

    @property
    def left_out(self) -> dict[str, int]:
        """Rows left out, by why."""
        notes = [note for note in self.sheet.notes if note.code == "skipped_rows"]
        return {note.message.split(": ", 1)[1]: note.rows for note in notes}


def shape(**table: Any) -> FileShape:
    """The shape that a layout's `file` describes."""
    return FileShape.of(table)


def read(con: duckdb.DuckDBPyConnection, path: Path, how: FileShape = AS_IT_SAYS) -> Table:
    """Open a file. Raises Refused, and nothing else. Working files lie beside it."""
    sheet = read_sheet(path, path.parent, how)
    try:
        return _selected(con, sheet)
    except duckdb.Error as error:
        if "CSV" not in str(error) or sheet.numbered:
            raise
        return _selected(con, read_sheet(path, path.parent, how, closely=True))


def read_bytes(con: duckdb.DuckDBPyConnection, folder: Path, content: bytes, how: FileShape = AS_IT_SAYS) -> Table:
    """Open a file of these bytes. In a folder of its own: DuckDB keeps what it read of a path for a while."""
    path = Path(mkdtemp(prefix="sheet", dir=folder)) / "sheet"
    path.write_bytes(content)
    return read(con, path, how)


def _selected(con: duckdb.DuckDBPyConnection, sheet: Sheet) -> Table:
    cells = ", ".join(f"c{place}" for place in range(len(sheet.header)))
    rows = con.execute(f"SELECT row_number, {cells} FROM {sheet.relation}").fetchall()
    return Table(sheet, [number for number, *_ in rows], [tuple(cells) for _, *cells in rows])
