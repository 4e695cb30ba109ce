"""Rows of text become a table: the header found, rows left out and counted, the others written in pieces.

Belongs here: what is the same whatever a file is.
Does not belong here: where rows come from (lines, workbook, records).
"""

import re
from collections import Counter, deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from vm_pipeline.staging.reading.dialect import name_of
from vm_pipeline.staging.reading.shape import FileShape
from vm_pipeline.staging.reading.sheet import Refused
from vm_pipeline.staging.reading.writing import Piece, Writer
from vm_pipeline.staging.summary import Warned

_CELLS = 6_000  # of a piece: what a processor keeps at hand; with four times as many it takes half as long again
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
    """Names of columns: the texts of their header rows, joined.

    A blank cell with text below it takes the one before it, as merged cells do.
    """
    width = max(map(len, rows))
    named = [[name_of(cell) for cell in cells] + [""] * (width - len(cells)) for cells in rows]
    for above, cells in enumerate(named, 1):
        below = [any(column) for column in zip(*named[above:], strict=True)] or [False] * width
        for place in range(1, width):
            cells[place] = cells[place] or (cells[place - 1] if below[place] else "")
    return tuple(" ".join(dict.fromkeys(filter(None, column))) for column in zip(*named, strict=True))


def _body(part: Part, header: Header, shape: FileShape, tally: Tally) -> Iterator[Piece]:
    """Rows below the header in pieces, each as wide as it, with their numbers; those left out are counted."""
    width = len(header.names)
    unnamed = [place for place, name in enumerate(header.names) if not name]
    pieces = _numbered(part, max(1, _CELLS // max(1, width)), tally.row)
    if shape.footer:
        pieces = _without_last(pieces, shape.footer, tally)
    for numbers, rows in _kept(pieces, header, shape, tally):
        even = set(map(len, rows)) == {width}
        whole = rows if even else [_fitted(*row, width, part.grid) for row in zip(numbers, rows, strict=True)]
        for place in unnamed:
            tally.unnamed[place] += sum(1 for cells in whole if cells[place].strip())
        yield numbers, whole


def _numbered(part: Part, size: int, number: int) -> Iterator[Piece]:
    """Rows that are not blank, with their numbers: in a grid, blank ones have one, too."""
    for found in _lists(part.rows, size):
        numbers = range(number + 1, number + 1 + len(found))
        blank = _blank(found, part.grid)
        filled, rows = _without((numbers, found), blank)
        number += len(found if part.grid else rows)
        if rows:
            yield filled if part.grid else numbers[: len(rows)], rows


def _blank(rows: list[list[str]], grid: bool) -> set[int]:
    """Places of blank rows. In a text file, a row of empty cells is a row."""
    if not grid and min(map(len, rows)) > 1:
        return set()
    return {
        place for place, cells in enumerate(rows) if (grid or len(cells) <= 1) and cells != [""] and _is_blank(cells)
    }


def _without(piece: Piece, places: Collection[int]) -> Piece:
    """A piece without the rows at some places."""
    numbers, rows = piece
    if not places:
        return piece
    kept = [place for place in range(len(rows)) if place not in places]
    return [numbers[place] for place in kept], [rows[place] for place in kept]


def _lists(rows: Iterator[list[str]], size: int) -> Iterator[list[list[str]]]:
    """Rows in lists; those before an error come before it."""
    error: Exception | None = None
    while not error:
        found: list[list[str]] = []
        try:
            found.extend(islice(rows, size))
        except Exception as why:
            error = why
        if not found:
            break
        yield found
    if error:
        raise error


def _without_last(pieces: Iterator[Piece], count: int, tally: Tally) -> Iterator[Piece]:
    """Rows but for the last ones of all, which are counted; so many are held back from piece to piece."""
    numbers, rows = list[int](), list[list[str]]()
    for more_numbers, more in pieces:
        numbers += more_numbers
        rows += more
        if len(rows) > count:
            yield numbers[:-count], rows[:-count]
            numbers, rows = numbers[-count:], rows[-count:]
    tally.left_out[_LAST] += len(rows)


def _kept(pieces: Iterator[Piece], header: Header, shape: FileShape, tally: Tally) -> Iterator[Piece]:
    """Rows that no rule leaves out, up to where the table ends."""
    rules = _rules(shape, _AFTER)
    for numbers, rows in pieces:
        why = _left_out(rows, header, rules)
        end = min((place for place, name in why.items() if name == _AFTER), default=len(rows))
        tally.row = numbers[: end + 1][-1]
        tally.left_out.update(why[place] for place in sorted(why) if place < end)
        piece = _without((numbers[:end], rows[:end]), why)
        if piece[0]:
            yield piece
        if end < len(rows):
            tally.left_out[_AFTER] += len(rows) - end + sum(len(rest) for _, rest in pieces)


def _left_out(rows: Sequence[list[str]], header: Header, rules: "Rules") -> dict[int, str]:
    """Places of the rows that a rule takes, with its name: the header again, or the first rule that is found."""
    why: dict[int, str] = {}
    texts = list(map(_said, rows)) if rules else []
    for name, pattern in reversed(rules):
        why |= {place: name for place, found in enumerate(map(pattern.search, texts)) if found}
    if header.cells in rows:
        why |= {place: _AGAIN for place, cells in enumerate(rows) if cells == header.cells}
    return why


def _is_blank(cells: list[str]) -> bool:
    return not any(cell.strip(" \t\x1a") for cell in cells)  # 1A ends files of MS-DOS


def _said(cells: list[str]) -> str:
    """A row as rules look at it: its cells with one space between, empty ones left out."""
    return " ".join(filter(None, map(str.strip, cells)))


Rules = list[tuple[str, "re.Pattern[str]"]]


def _rules(shape: FileShape, end: str = "") -> Rules:
    """What is searched for, by name; the end of the table first, where it has a name."""
    ends = [(end, re.compile(shape.stop_at))] if end and shape.stop_at else []
    return ends + [(f"`skip_lines` {name}", re.compile(pattern)) for name, pattern in shape.skip_lines.items()]


def _why_not(cells: list[str], rules: Rules) -> str:
    text = _said(cells) if rules else ""
    return next((name for name, pattern in rules if pattern.search(text)), "")


def _fitted(row: int, cells: list[str], width: int, grid: bool) -> list[str]:
    """A row as wide as the header: without empty cells too many; a grid's filled up. Raises Refused."""
    if len(cells) == width:
        return cells
    if len(cells) < width and grid:
        return cells + [""] * (width - len(cells))
    if len(cells) < width or not _is_blank(cells[width:]):
        raise Refused("broken_rows", f"found {len(cells)} cells in row {row}, expected {width} as in the header")
    return cells[:width]
