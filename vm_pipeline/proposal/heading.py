"""Where the header of a file stands, when lines above it are none of the table's.

Belongs here: telling it from the first rows.
Does not belong here: reading the file (staging/reading), the columns (looking).
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from vm_pipeline.staging.reading.dialect import Dialect, head_of
from vm_pipeline.staging.reading.kinds import kind_of
from vm_pipeline.staging.reading.shape import FileShape, Format
from vm_pipeline.staging.reading.text import UTF8, as_utf8
from vm_pipeline.staging.reading.unpacking import unpacked

_LOOKED_AT = 40
_NUMERIC = re.compile(r"[-£(]*[0-9][0-9.,:/ -]*[)%]*")
_MOST_OF_A_ROW = 0.6


def header_row(path: Path, workspace: Path, shape: FileShape) -> int:
    """The header's row, 1 the first, where it is not the first that is not blank; else 0. Raises Refused."""
    rows = _first_rows(unpacked(path, workspace, shape.member), workspace, shape)
    widths = [sum(bool(cell.strip()) for cell in row) for row in rows]
    widest = max(widths, default=0)
    first = next((place for place, width in enumerate(widths) if width), 0)
    likely = next((place for place, row in enumerate(rows) if _may_be(row, widest)), first)
    return likely + 1 if likely != first else 0


def _may_be(row: Sequence[str], widest: int) -> bool:
    """A row of names: as wide as the table, no name twice, and no number for a name."""
    names = [cell.strip() for cell in row if cell.strip()]
    return (
        len(names) > max(1, _MOST_OF_A_ROW * widest)
        and len(set(names)) == len(names)
        and not any(map(is_number, names))
    )


def is_number(name: str) -> bool:
    """Whether a text is a number, an amount or a day rather than a name."""
    return _NUMERIC.fullmatch(name) is not None


def _first_rows(path: Path, workspace: Path, shape: FileShape) -> list[list[str]]:
    kind = kind_of(path, shape)
    if kind == Format.WORKBOOK:
        return _of_workbook(path, shape)
    if kind == Format.PARQUET:
        return []
    text = as_utf8(path, workspace, shape.encoding)
    if kind_of(text.path, shape) != Format.CSV:
        return []
    dialect = replace(_dialect(text.path, shape), strict=False)  # whether a file is broken, its reader says
    with text.path.open(encoding=UTF8, newline="") as file:
        none_of_it: list[list[str]] = [[] for _ in islice(file, dialect.skip)]
        return none_of_it + list(islice(dialect.rows(file), _LOOKED_AT))


def _dialect(path: Path, shape: FileShape) -> Dialect:
    """The dialect of a file whose header may stand below other lines; where it does not, what is to be skipped."""
    said = FileShape(delimiter=shape.delimiter, quote=shape.quote)
    below = head_of(path, replace(said, header_row=1)).dialect
    return replace(below, skip=head_of(path, said).dialect.skip)


def _of_workbook(path: Path, shape: FileShape) -> list[list[str]]:
    from python_calamine import CalamineWorkbook

    with path.open("rb") as file, CalamineWorkbook.from_filelike(file) as book:
        name = shape.sheets[0] if shape.sheets and shape.sheets[0] in book.sheet_names else book.sheet_names[0]
        rows = book.get_sheet_by_name(name).iter_rows()
        return [["" if cell is None else str(cell) for cell in row] for row in islice(rows, _LOOKED_AT)]
