"""What a workbook would take to open, found before it is opened; and cells that show an error.

Belongs here: real sizes, the area that cells span (a reader makes room for all of it), kinds of container.
Does not belong here: reading cells (workbook).
"""

import re
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from vm_pipeline.staging.reading.sheet import Refused
from vm_pipeline.staging.reading.unpacking import PIECE, ZIP, check_growth

NO_VALUE = "nothing, as nobody has reckoned their formula"
_MOST_BYTES = 2 << 30
_MOST_CELLS = 64 << 20  # 32 bytes each in the reader
_WIDE = re.compile(rb"""r=(?<=\br=)["'][A-Z]{2,3}[0-9]""")  # with a text in front it is found four times as fast
_PLACE = re.compile(rb"""\br=["']([A-Z]{1,3})([0-9]{1,7})["']""")
_ERROR = re.compile(rb"""<c\b[^>]*\bt=["']e["'][^>]*>(?:(?!</c>).){0,400}?<v>(#[A-Z0-9/!?_]{2,20})</v>""", re.DOTALL)
_UNRECKONED = re.compile(  # a formula that gives an empty text has a type, `str`
    rb"""<c\b(?![^>]*\bt=["']str)[^>]*>\s*<f\b(?:[^>]*/>|[^>]*>[^<]{0,400}</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>"""
)
_SAY_ERROR = (b't="e"', b"t='e'")
_TAG = re.compile(rb"<(/?)table:(table-row|table-cell|covered-table-cell|table)\b([^>]*)>")
_REPEATED = re.compile(rb"""number-(?:columns|rows)-repeated=["']([0-9]{1,12})["']""")
_OVERLAP = 1 << 10
_PASSWORD = "EncryptedPackage".encode("utf-16-le")
_STORED, _DEFLATED = 0, 8


def guard(path: Path) -> Counter[str]:
    """Look through a workbook: cells that show an error, by error, or a formula that was never reckoned, `NO_VALUE`.

    Of xlsx only: no other says so in the open.

    Raises Refused where it is too large, damaged, encrypted or of no kind that is read.
    """
    with path.open("rb") as file:
        if file.read(len(ZIP)) != ZIP:
            _refuse_encrypted(path)
            return Counter()
        try:
            with zipfile.ZipFile(file) as archive:
                return _look(file, archive.infolist())
        except (zipfile.BadZipFile, zlib.error, struct.error, ValueError, OSError, NotImplementedError) as error:
            raise _damaged(error) from error


def _damaged(error: Exception) -> Refused:
    return Refused(
        "not_a_workbook",
        f"found a workbook that cannot be unpacked ({type(error).__name__}): it is cut off or damaged. Send it again.",
    )


def _refuse_encrypted(path: Path) -> None:
    if any(_PASSWORD in piece for piece in _pieces(path)):
        raise Refused("encrypted", "found a workbook under a password, expected one without. Send it without.")


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from iter(lambda: file.read(PIECE), b"")


def _look(file: BinaryIO, members: list[zipfile.ZipInfo]) -> Counter[str]:
    errors, whole = Counter[str](), 0
    for one in members:
        if one.filename.endswith(".bin") and "worksheets/" in one.filename:
            raise Refused("not_a_workbook", "found an .xlsb workbook, expected .xlsx. Save it as .xlsx or CSV.")
        grown, before, wide = 0, b"", False
        for piece in _inflated(file, one):
            grown, whole = grown + len(piece), whole + len(piece)
            check_growth(grown, one.compress_size)
            _check(whole, _MOST_BYTES, "bytes")
            if "worksheets/" in one.filename:
                seen = before + piece
                errors.update(_shown(seen, len(before)))
                wide, before = wide or bool(_WIDE.search(seen)), seen[-_OVERLAP:]
        if wide:  # with fewer than 27 columns there is room for all rows there can be
            _check(_area(_inflated(file, one)), _MOST_CELLS, "cells between its corners")
        if one.filename == "content.xml":
            _check(_area_of_ods(_inflated(file, one)), _MOST_CELLS, "cells between its corners")
    return errors


def _shown(seen: bytes, before: int) -> Iterator[str]:
    """What cells show in place of a value, of those that do not end in the first bytes, which were seen before."""
    if any(said in seen for said in _SAY_ERROR):
        yield from (match[1].decode() for match in _ERROR.finditer(seen) if match.end() > before)
    if b"<f" in seen:
        yield from (NO_VALUE for match in _UNRECKONED.finditer(seen) if match.end() > before)


def _check(found: int, most: int, what: str) -> None:
    if found > most:
        raise Refused("too_large", f"found a workbook of over {most:,} {what}. Send it in parts, or as CSV.")


def _inflated(file: BinaryIO, one: zipfile.ZipInfo) -> Iterator[bytes]:
    """What a member really holds, which may be more than it says."""
    file.seek(one.header_offset)
    names = struct.unpack("<HH", file.read(30)[26:])
    file.seek(sum(names), 1)
    if one.compress_type not in (_STORED, _DEFLATED):
        raise NotImplementedError
    inflate, left = zlib.decompressobj(-zlib.MAX_WBITS), one.compress_size
    while left and not inflate.eof:
        packed = file.read(min(left, PIECE))
        if not packed:
            raise zipfile.BadZipFile
        left -= len(packed)
        if one.compress_type == _STORED:
            yield packed
        while packed and one.compress_type == _DEFLATED:
            yield inflate.decompress(packed, PIECE)
            packed = inflate.unconsumed_tail


def _area(pieces: Iterator[bytes]) -> int:
    """Rows times columns of the corners of a sheet of an xlsx: its reader makes room for all cells between them."""
    columns, rows, before = 0, 0, b""
    for piece in pieces:
        places = _PLACE.findall(before + piece)
        columns = max([columns, *map(_column, {letters for letters, _ in places})])
        rows = max([rows, *(int(row) for _, row in places)])
        before = piece[-_OVERLAP:]
    return columns * rows


def _column(letters: bytes) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + letter - 64
    return place


@dataclass
class _Extent:
    """How far rows of a sheet, or cells of a row, reach: what is empty counts once something filled comes after it."""

    size: int = 0
    empty: int = 0

    def add(self, count: int, filled: bool) -> None:
        self.size, self.empty = (self.size + self.empty + count, 0) if filled else (self.size, self.empty + count)


def _area_of_ods(pieces: Iterator[bytes]) -> int:
    """The same of the largest sheet of an ods, where a row or a cell may say that it stands many times."""
    most, columns, times, rows, cells = 0, 0, 1, _Extent(), _Extent()
    for closing, tag, said in _tags(pieces):
        repeated = _REPEATED.search(said)
        count = int(repeated[1]) if repeated else 1
        if tag == b"table":
            rows, columns = _Extent(), 0
        elif tag == b"table-row" and not closing:
            cells, times = _Extent(), count
        elif tag == b"table-row":
            rows.add(times, filled=cells.size > 0)
            columns = max(columns, cells.size)
            most = max(most, rows.size * columns)
        elif not closing:
            cells.add(count, filled=b"value-type" in said)
    return most


def _tags(pieces: Iterator[bytes]) -> Iterator[tuple[bytes, ...]]:
    """Tags of tables, rows and cells, wherever pieces are cut: whether one closes, its name, what it says."""
    seen = b""
    for piece in pieces:
        seen, end = seen + piece, 0
        for match in _TAG.finditer(seen):
            end = match.end()
            yield match.groups()
        seen = seen[max(end, len(seen) - _OVERLAP) :]
