"""From received bytes to a table of text: encoding, delimiter, header, sheet.

Belongs here: what a file is, and saying precisely why it cannot be read.
Does not belong here: what a column means (matching), what a cell means (parsing).

A message never quotes a cell: a broken file may hold anything.
"""

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import TextIO

from vm_pipeline.staging.parsing import BLANKS
from vm_pipeline.staging.reading.shape import AS_IT_SAYS, FileShape

READER_VERSION = 2  # raise it when the same bytes would be read differently
_DELIMITERS = ",;\t|"
_PIECE, _HEAD = 1 << 20, 1 << 16
# More files than twice its threads DuckDB 1.5.6 reads in another way, which silently ends a file at an open quote.
_TOGETHER = 2
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


class Refused(Exception):
    """The batch as a whole cannot be taken. `code` is stable; the text says found, expected and what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Sheet:
    """A file as read: its header as sent, and how DuckDB selects from it, columns c0, c1 … of text.

    `source` is what is read, with `options`: the file itself, or what it was written out as.
    """

    header: tuple[str, ...]
    source: Path
    options: str
    encoding: str
    delimiter: str
    odd_blanks: bool = True

    @property
    def relation(self) -> str:
        """What to select from, for this file alone."""
        return relation_of([self])


def relation_of(sheets: Sequence[Sheet]) -> str:
    """What to select from, for files of one shape: their rows one after the other, told apart by `file_index`."""
    pairs = [
        f"SELECT *, file_index + {place} AS file_index FROM read_csv("
        f"[{', '.join(readable(sheet.source) for sheet in sheets[place : place + _TOGETHER])}], {sheets[0].options})"
        for place in range(0, len(sheets), _TOGETHER)
    ]
    return f"({' UNION ALL '.join(pairs)})"


def read_sheet(path: Path, workspace: Path, shape: FileShape = AS_IT_SAYS) -> Sheet:
    """Open a file as a table of text. Raises Refused when it is none."""
    with path.open("rb") as file:
        start = file.read(8)
    if not start:
        raise Refused("empty_file", "found an empty file, expected at least a header. Send the extract again.")
    if start.startswith(_ZIP) or start.startswith(_OLE):
        return _read_workbook(path, workspace, shape.sheets[0] if shape.sheets else "")
    return _read_text(path, workspace)


def _read_text(path: Path, workspace: Path) -> Sheet:
    encoding = _encoding(path)
    header, delimiter, blank_lines = _header(path, encoding)
    odd_blanks = encoding == "cp1252" or _has_odd_blanks(path, delimiter)
    source = path
    if encoding == "cp1252":  # DuckDB cannot read it; its `latin-1` gets 0x80-0x9F wrong
        source = workspace / f"{path.name}.utf8"
        source.write_bytes(path.read_bytes().decode(encoding).encode())
    return Sheet(header, source, _options(len(header), delimiter, blank_lines), encoding, delimiter, odd_blanks)


def _options(width: int, delimiter: str, blank_lines: int = 0) -> str:
    types = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(width))
    return (
        f"columns = {{{types}}}, header = true, skip = {blank_lines}, auto_detect = false,"
        f" delim = '{delimiter}', quote = '\"', escape = '\"', strict_mode = true"
    )


def readable(path: Path) -> str:
    """A path as DuckDB's readers take it: an SQL string in which brackets and stars are no pattern."""
    text = str(path).replace("'", "''")
    return "'" + "".join(f"[{sign}]" if sign in "[*?" else sign for sign in text) + "'"


def _encoding(path: Path) -> str:
    """UTF-8 where the whole file decodes as it, else cp1252, else Refused. Read in pieces: a file may be large."""
    plain = True
    for piece in _pieces(path):
        plain = plain and piece.isascii()
        if b"\0" in piece:
            raise Refused(
                "not_text",
                "found NUL bytes (a binary or UTF-16 file), expected UTF-8 or cp1252 text. Export it as CSV UTF-8.",
            )
    for encoding in ("utf-8-sig", "cp1252"):
        if plain or _decodes(path, encoding):
            return encoding
    raise Refused("not_text", "found bytes that are neither UTF-8 nor cp1252. Export the file as CSV UTF-8.")


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from iter(lambda: file.read(_PIECE), b"")


def _has_odd_blanks(path: Path, delimiter: str) -> bool:
    """Whether any cell may begin or end with a blank that is not a plain space; may say yes for nothing."""
    sign = delimiter.encode()
    signs = [blank.encode() for blank in BLANKS if blank not in f" \r\n{delimiter}"]
    signs += [b'\n"', b'\r"', sign + b'"\n', sign + b'"\r']
    before = b""
    for piece in _pieces(path):
        seen = before + piece.removeprefix(codecs.BOM_UTF8 if not before else b"")
        # One byte is found thirty times as fast as two, and most of these are not there at all.
        if any(sign[:1] in seen and sign[-1:] in seen and sign in seen for sign in signs):
            return True
        before = piece[-4:]
    return False


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for piece in _pieces(path):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _header(path: Path, encoding: str) -> tuple[tuple[str, ...], str, int]:
    """Names of the first line that is not blank, the delimiter that parts them, and the blank lines before it."""
    with path.open(encoding=encoding, newline="") as file:
        head = file.read(_HEAD)
        # Hundreds of questions in full words may be longer than that.
        while len(head.strip("\r\n").splitlines()) < 2 and (more := file.read(_PIECE)):  # noqa: PLR2004 - header, row
            head += more
    start = head.lstrip("\r\n")
    blank_lines = len(head[: len(head) - len(start)].splitlines())
    if not start.strip():
        raise Refused("empty_file", "found no header line. Send the extract again.")
    delimiter = max(_DELIMITERS, key=lambda sign: _fits(start, sign))
    names = next(csv.reader(io.StringIO(start, newline=""), delimiter=delimiter))
    return tuple(" ".join(name.split()) for name in names), delimiter, blank_lines


def _fits(start: str, delimiter: str) -> tuple[bool, int]:
    """How well a sign parts a file: header and first row alike (a question may be full of commas), most cells."""
    csv.field_size_limit(1 << 27)
    rows = (cells for cells in csv.reader(io.StringIO(start, newline=""), delimiter=delimiter) if cells)
    header, first = next(rows), next(rows, [])
    return len(header) == len(first) > 1, len(header)


def what_is_broken(path: Path, sheet: Sheet) -> Refused:
    """Why DuckDB would not read the rows of a text file: ragged rows, a quote left open, mixed lines. Says where."""
    rows, last, quotes = 0, len(sheet.header), False
    with path.open(encoding=sheet.encoding, newline="") as file:
        try:
            for cells in _rows(file, sheet.delimiter):
                rows, last = rows + 1, len(cells)
                if last != len(sheet.header):
                    break
        except csv.Error:
            quotes = True
    cut = "The file ends without a line end: it seems cut off. " if not _ends_with_newline(path) else ""
    found = f"{last} cells in row {rows}, expected {len(sheet.header)} as in the header"
    if quotes:
        found = f"a quote that is not closed, or stray quotes, after row {rows}"
    elif last == len(sheet.header):
        found, cut = "line ends of more than one kind (or a line of over 2,000,000 bytes), expected one kind", ""
    return Refused("broken_rows", f"found {found}. {cut}Send the whole extract again.")


def _ends_with_newline(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, io.SEEK_END)
        return file.read(1) in b"\r\n"


def _rows(file: TextIO, delimiter: str) -> Iterator[list[str]]:
    """Rows below the header; blank lines are none."""
    csv.field_size_limit(1 << 27)
    rows = (cells for cells in csv.reader(file, delimiter=delimiter, strict=True) if cells)
    next(rows)
    yield from rows


def _read_workbook(path: Path, workspace: Path, sheet: str) -> Sheet:
    """One sheet of an Excel workbook, every cell as text; the first sheet unless one is named."""
    import pandas as pd

    try:
        frame = pd.read_excel(
            path, sheet_name=sheet or 0, header=None, dtype=object, na_filter=False, engine="openpyxl"
        )
    except Exception as error:
        raise Refused(
            "not_a_workbook",
            f"found a file that does not open as an .xlsx workbook ({type(error).__name__}). Send it as CSV.",
        ) from error
    header = tuple(" ".join(str(name).split()) for name in frame.iloc[0]) if len(frame) else ()
    if not header:
        raise Refused("empty_file", "found an empty sheet, expected a header row. Send the extract again.")
    cells = frame.iloc[1:].map(_cell_text).astype("string")
    cells.columns = [f"c{i}" for i in range(len(header))]
    source = workspace / f"{path.name}.utf8"
    cells.to_csv(source, index=False, lineterminator="\n")
    return Sheet(header, source, _options(len(header), ","), "xlsx", ",")


def _cell_text(cell: object) -> str | None:
    """A cell as a person would have typed it: 12 rather than 12.0, an ISO date rather than a serial number."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else f"{cell:.15g}"  # as many digits as Excel itself shows
    if isinstance(cell, datetime) and cell.time() == time.min:
        return cell.date().isoformat()
    return str(cell)
