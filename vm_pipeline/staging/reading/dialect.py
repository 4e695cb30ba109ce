"""How the lines of a text file are parted into cells: delimiter, quotes, and where the header stands.

Belongs here: telling it from the first lines, or taking what the layout says.
Does not belong here: reading the rows (lines, untouched).
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from vm_pipeline.staging.reading.shape import BLANK_RUNS, FileShape
from vm_pipeline.staging.reading.sheet import Refused
from vm_pipeline.staging.reading.text import UTF8, Look

DELIMITERS = ",;\t|"
_HEAD, _MORE = 1 << 16, 1 << 20
_ROWS = 50  # looked at to tell a delimiter where the first may be none of the table's
_MOST_CELL = 1 << 27
_UNSEEN = dict.fromkeys(map(ord, "\u200b\ufeff\0"))
_SAID = re.compile(r'("?)sep=(?P<delimiter>[^\r\n"])\1(\r\n|\r|\n)', re.IGNORECASE)


@dataclass(frozen=True)
class Dialect:
    """How cells are parted and quoted. `skip` lines before the first row are none: blank ones, and Excel's `sep=`."""

    delimiter: str
    quote: str = '"'
    escape: str = ""
    skip_spaces: bool = False
    skip: int = 0
    strict: bool = True

    def rows(self, lines: Iterator[str], comment: str = "", left: Counter[str] | None = None) -> Iterator[list[str]]:
        """Cells of each row, a blank line has none. Lines of comment are counted in `left`. Raises csv.Error.

        A comment stands where a row may begin, never inside a quoted cell.
        """
        if not comment:
            yield from self._cells(lines)
            return
        between, counted = True, Counter[str]() if left is None else left

        def uncommented() -> Iterator[str]:
            nonlocal between
            for line in lines:
                if between and line.startswith(comment):
                    counted["lines of comment"] += 1
                else:
                    between = False
                    yield line

        for cells in self._cells(uncommented()):
            between = True
            yield cells

    def _cells(self, lines: Iterator[str]) -> Iterator[list[str]]:
        csv.field_size_limit(_MOST_CELL)
        runs = self.delimiter == BLANK_RUNS
        return csv.reader(
            (line.replace("\t", " ").rstrip(" \r\n") + "\n" for line in lines) if runs else lines,
            delimiter=" " if runs else self.delimiter,
            quotechar=self.quote or None,
            quoting=csv.QUOTE_MINIMAL if self.quote else csv.QUOTE_NONE,
            escapechar=self.escape or None,
            skipinitialspace=self.skip_spaces or runs,
            strict=self.strict,
        )

    def others(self, look: Look) -> Iterator["Dialect"]:
        """Dialects to try, the likeliest first: no sender says how quotes inside quotes are written."""
        escapes = ["", "\\"] if look.slashed and not self.escape else [self.escape]
        for skip_spaces in [True, False] if look.spaced_quotes else [False]:
            for escape in escapes:
                yield replace(self, escape=escape, skip_spaces=skip_spaces)


@dataclass(frozen=True)
class Head:
    """The first lines of a text file: their dialect, the header's names, and its line as bytes where it is one line."""

    dialect: Dialect
    names: tuple[str, ...]
    line: bytes


def head_of(path: Path, shape: FileShape) -> Head:
    """Dialect and header of a UTF-8 file. Raises Refused where it is empty."""
    text = _first_lines(path)
    start = text.lstrip("\r\n")
    skip = len(text[: len(text) - len(start)].splitlines())
    said = _SAID.match(start)
    if said and not shape.delimiter:
        start, skip = start[said.end() :], skip + 1
    if not start.strip():
        raise Refused("empty_file", "found no header line. Send the extract again.")
    delimiter = shape.delimiter or (said["delimiter"] if said else _likeliest(start, shape))
    dialect = Dialect(delimiter, shape.quote, shape.escape, skip=0 if shape.header_row else skip)
    line = start.splitlines()[0] if "\n" in start or "\r" in start else start
    return Head(dialect, _names(dialect, start), line.encode())


def _first_lines(path: Path) -> str:
    with path.open(encoding=UTF8, newline="") as file:
        head = file.read(_HEAD)
        # Hundreds of questions in full words may be longer than that.
        while len(head.strip("\r\n").splitlines()) < 2 and (more := file.read(_MORE)):  # noqa: PLR2004 - header, row
            head += more
    return head


def _names(dialect: Dialect, start: str) -> tuple[str, ...]:
    try:
        cells = next(dialect.rows(iter(io.StringIO(start, newline=""))))
    except csv.Error:
        return ()
    return tuple(map(name_of, cells))


def name_of(cell: str) -> str:
    """A header's name: blanks of every kind and line ends become one space, and marks that nobody sees nothing."""
    return " ".join(cell.translate(_UNSEEN).split())


def _likeliest(start: str, shape: FileShape) -> str:
    """The sign that parts a file best: as many cells in the first row as in the header (a question may be full of

    commas), and most of them. Where the header may stand below other lines, the width that most rows share counts.
    """
    above = shape.header_row or shape.header_has or shape.skip_lines or shape.comment
    return max(DELIMITERS, key=lambda sign: _shared(start, sign, shape) if above else _fits(start, sign, shape))


def _fits(start: str, delimiter: str, shape: FileShape) -> tuple[bool, int, bool]:
    rows = _first_rows(start, delimiter, shape)
    header, first = next(rows, []), next(rows, [])
    alike = len(header) == len(first)
    return alike and len(header) > 1, len(header), alike


def _shared(start: str, delimiter: str, shape: FileShape) -> tuple[float, int, int]:
    """The share of rows that have most rows' width, and the width. A wrong sign breaks cells with line ends in two."""
    widths = Counter(len(cells) for cells in islice(_first_rows(start, delimiter, shape), _ROWS))
    rows, width = max(((rows, width) for width, rows in widths.items() if width > 1), default=(0, 0))
    return (rows / widths.total(), width, 0) if rows * 2 > widths.total() else (0, 0, widths[1])


def _first_rows(start: str, delimiter: str, shape: FileShape) -> Iterator[list[str]]:
    """Rows of the first lines that are not blank; the last may be cut off."""
    dialect = Dialect(delimiter, shape.quote, shape.escape, strict=False)
    return filter(None, dialect.rows(iter(io.StringIO(start, newline="")), shape.comment))
