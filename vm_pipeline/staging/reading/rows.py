"""Rows of text become a table: the header found, rows left out and counted, the rest written for DuckDB, piece by piece.

Belongs here: what is the same whatever a file is.
Does not belong here: where rows come from (lines, workbook, records).
"""

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from vm_pipeline.staging.reading.dialect import name_of
from vm_pipeline.staging.reading.shape import FileShape
from vm_pipeline.staging.reading.sheet import Refused
from vm_pipeline.staging.reading.writing import Writer
from vm_pipeline.staging.summary import Warned

_MOST_COLUMNS = 1 << 14  # as many as a worksheet has
_ABOVE, _AGAIN, _AFTER, _LAST = "above the header", "equal to the header", "from `stop_at` on", "of the `footer`"


@dataclass(frozen=True)
class Part:
    """Rows of a file, or of one of its sheets. In a `grid` rows have no width of their own, and blank ones a number."""

    rows: Iterator[list[str]]
    sheet: str = ""
    grid: bool = False


@dataclass
class Tally:
    """What is counted on the way: the number of the last row, rows left out by why, text under no header by column."""

    row: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    unnamed: Counter[int] = field(default_factory=Counter)

    def notes(self) -> tuple[Warned, ...]:
        """What to tell of it."""
        left = [Warned("skipped_rows", rows, f"{rows} rows left out: {why}") for why, rows in self.left_out.items()]
        if self.unnamed:
            rows = max(self.unnamed.values())
            left.append(Warned("unnamed_column", rows, f"{rows} rows hold text under no header: it is not read"))
        return tuple(left)


@dataclass(frozen=True)
class Header:
    """Names of columns, the cells they were made of, and their row in the file (0: none)."""

    names: tuple[str, ...]
    cells: list[str]
    row: int


def tabulate(parts: Iterable[Part], shape: FileShape, target: Path, tally: Tally) -> Header:
    """Write the rows of all parts, one after the other, to `target`. Raises Refused."""
    header: Header | None = None
    with Writer(target) as writer:
        for part in parts:
            found = _header(part.rows, shape, tally)
            if header and found.names != header.names:
                raise Refused(
                    "sheets_differ",
                    f"found a sheet with another header than the sheet before it ({part.sheet!r}), expected the same "
                    "one in all that `file.sheets` of the layout names.",
                )
            header = header or found
            writer.write(_body(part, found, shape, tally), len(found.names), part.sheet if shape.sheet_column else None)
    if header is None:
        raise Refused("empty_file", "found nothing to read. Send the extract again.")
    made = (shape.sheet_column,) if shape.sheet_column else ()
    return Header((*made, *_without_empty_tail(header.names, tally)), header.cells, header.row)


def _without_empty_tail(names: tuple[str, ...], tally: Tally) -> tuple[str, ...]:
    """Without columns at the end that have neither a name nor text: a delimiter too many in each row."""
    width = len(names)
    while width > 1 and not names[width - 1] and not tally.unnamed[width - 1]:
        width -= 1
    tally.unnamed = +tally.unnamed
    return names[:width]


def _header(rows: Iterator[list[str]], shape: FileShape, tally: Tally) -> Header:
    """The header row, found as the shape says; rows are taken up to it."""
    given = tuple(shape.no_header) or tuple(span.name for span in shape.fields)
    if given and not (shape.header_row or shape.header_has):
        return Header(given, [], 0)
    skipped, seen = _rules(shape), deque[list[str]](maxlen=shape.header_rows)
    for place, cells in enumerate(rows, 1):
        seen.append(cells)
        if why := _why_not(cells, skipped) if not shape.header_row else "":
            tally.left_out[why] += 1
        elif _is_header(cells, place, shape):
            last = [] if shape.header_has else list(islice(rows, shape.header_rows - 1))
            above = list(seen) if shape.header_has else [cells, *last]
            names = given or _names(above)
            if len(names) > _MOST_COLUMNS:
                raise Refused("too_large", f"found {len(names):,} columns, expected at most {_MOST_COLUMNS:,}.")
            return Header(names, above[-1], place + len(last))
        elif not _is_blank(cells):
            tally.left_out[_ABOVE] += 1
    raise _no_header(shape)


def _no_header(shape: FileShape) -> Refused:
    if shape.header_has:
        wanted = ", ".join(map(repr, shape.header_has))
        return Refused(
            "no_header", f"found no row that holds {wanted}. Correct the extract, or `file.header_has` of the layout."
        )
    if shape.header_row:
        return Refused("no_header", f"found fewer rows than {shape.header_row}, expected the header there.")
    return Refused("empty_file", "found no header row. Send the extract again.")


def _is_header(cells: list[str], place: int, shape: FileShape) -> bool:
    if shape.header_has:
        names = {name_of(cell).casefold() for cell in cells}
        return all(name_of(name).casefold() in names for name in shape.header_has)
    return place == shape.header_row if shape.header_row else not _is_blank(cells)


def _names(rows: list[list[str]]) -> tuple[str, ...]:
    """Names of columns: the texts of their header rows, joined. Cells merged above are filled to the right."""
    width = max(map(len, rows))
    padded = [[name_of(cell) for cell in cells] + [""] * (width - len(cells)) for cells in rows]
    for cells in padded[:-1]:
        for place in range(1, width):
            cells[place] = cells[place] or cells[place - 1]
    return tuple(" ".join(dict.fromkeys(filter(None, column))) for column in zip(*padded, strict=True))


def _body(part: Part, header: Header, shape: FileShape, tally: Tally) -> Iterator[tuple[int, list[str]]]:
    """Rows below the header with their numbers; those left out are counted."""
    width, skipped = len(header.names), _rules(shape)
    unnamed = [place for place, name in enumerate(header.names) if not name]
    ends = re.compile(shape.stop_at).search if shape.stop_at else None
    rows = _filled(part, tally.row)
    for tally.row, cells in _without_last(rows, shape.footer, tally) if shape.footer else rows:
        if cells == header.cells:
            tally.left_out[_AGAIN] += 1
            continue
        if ends and ends(_said(cells)):
            tally.left_out[_AFTER] += 1 + sum(1 for _ in rows)
            return
        if skipped and (why := _why_not(cells, skipped)):
            tally.left_out[why] += 1
            continue
        if len(cells) != width:
            cells = _fitted(cells, width, part.grid, tally.row)
        for place in unnamed:
            tally.unnamed[place] += bool(cells[place].strip())
        yield tally.row, cells


def _filled(part: Part, number: int) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not blank, with their numbers. In a text file, a row of empty cells is a row."""
    for cells in part.rows:
        if (part.grid or len(cells) < 2) and _is_blank(cells):  # noqa: PLR2004 - cells between delimiters
            number += part.grid
            continue
        number += 1
        yield number, cells


def _without_last(rows: Iterator[tuple[int, list[str]]], count: int, tally: Tally) -> Iterator[tuple[int, list[str]]]:
    held = deque[tuple[int, list[str]]]()
    for row in rows:
        held.append(row)
        if len(held) > count:
            yield held.popleft()
    tally.left_out[_LAST] += len(held)


def _is_blank(cells: list[str]) -> bool:
    return not any(cell.strip(" \t\x1a") for cell in cells)  # 1A ends files of MS-DOS


def _said(cells: list[str]) -> str:
    """A row as rules look at it: its cells with one space between, empty ones left out."""
    return " ".join(filter(None, map(str.strip, cells)))


Rules = list[tuple[str, "re.Pattern[str]"]]


def _rules(shape: FileShape) -> Rules:
    return [(f"`skip_lines` {name}", re.compile(pattern)) for name, pattern in shape.skip_lines.items()]


def _why_not(cells: list[str], rules: Rules) -> str:
    text = _said(cells) if rules else ""
    return next((name for name, pattern in rules if pattern.search(text)), "")


def _fitted(cells: list[str], width: int, grid: bool, row: int) -> list[str]:
    """A row as wide as the header: without empty cells too many; a grid's filled up. Raises Refused."""
    if len(cells) < width and grid:
        return cells + [""] * (width - len(cells))
    if len(cells) < width or not _is_blank(cells[width:]):
        raise Refused("broken_rows", f"found {len(cells)} cells in row {row}, expected {width} as in the header")
    return cells[:width]
