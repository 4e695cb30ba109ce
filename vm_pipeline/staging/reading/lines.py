"""Text files that are not plain, row by row: other quotes, mixed line ends, preambles, fixed widths.

Belongs here: from lines to cells, and saying why a text file is broken.
Does not belong here: what becomes of the rows (rows).
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from vm_pipeline.staging.reading.dialect import Dialect, Head
from vm_pipeline.staging.reading.rows import Part, Tally, tabulate
from vm_pipeline.staging.reading.shape import FileShape, Format, Span
from vm_pipeline.staging.reading.sheet import Refused, Sheet
from vm_pipeline.staging.reading.text import UTF8, Look, Text
from vm_pipeline.staging.reading.writing import READER
from vm_pipeline.staging.summary import Warned

_COMMENTS = "lines of comment"


def delimited(text: Text, shape: FileShape, head: Head, look: Look, target: Path) -> Sheet:
    """A delimited file, in the first dialect in which all of it can be read. Raises Refused, as of the likeliest."""
    reasons: list[Refused] = []
    for dialect in head.dialect.others(look):
        try:
            return _delimited(text, shape, dialect, target)
        except Refused as why:
            if why.code != "broken_rows":
                raise
            reasons.append(why)
    raise reasons[0]


def _delimited(text: Text, shape: FileShape, dialect: Dialect, target: Path) -> Sheet:
    tally = Tally()
    with text.path.open(encoding=UTF8, newline="") as file:
        for _ in range(dialect.skip):
            file.readline()
        try:
            header = tabulate([Part(_rows(file, dialect, shape.comment, tally))], shape, target, tally)
        except csv.Error as error:
            raise _broken(f"found a quote that is not closed, or stray quotes, after row {tally.row}", text) from error
        except Refused as why:
            raise _broken(str(why), text) if why.code == "broken_rows" else why from None
    return Sheet(
        header.names,
        target,
        READER,
        Format.CSV,
        text.encoding,
        dialect.delimiter,
        numbered=True,
        header_row=header.row and header.row + dialect.skip,
        notes=tally.notes(),
    )


def _rows(file: TextIO, dialect: Dialect, comment: str, tally: Tally) -> Iterator[list[str]]:
    """Cells of each row. A comment stands where a row may begin, never inside a quoted cell."""
    if not comment:
        yield from dialect.rows(file)
        return
    between = True

    def lines() -> Iterator[str]:
        nonlocal between
        for line in file:
            if between and line.startswith(comment):
                tally.left_out[_COMMENTS] += 1
                continue
            between = False
            yield line

    for cells in dialect.rows(lines()):
        between = True
        yield cells


def fixed_width(text: Text, shape: FileShape, target: Path) -> Sheet:
    """A file whose columns begin at fixed characters. Raises Refused."""
    tally, beyond = Tally(), [0]
    with text.path.open(encoding=UTF8, newline="") as file:
        lines = (line.rstrip("\r\n") for line in file)
        if shape.comment:
            lines = (line for line in lines if not line.startswith(shape.comment) or _count(tally))
        header = tabulate([Part(_cut(lines, shape.fields, beyond))], shape, target, tally)
    notes = tally.notes()
    if beyond[0]:
        notes += (Warned("text_beyond", beyond[0], f"{beyond[0]} lines go on beyond the last of `file.fields`"),)
    return Sheet(
        header.names,
        target,
        READER,
        Format.FIXED_WIDTH,
        text.encoding,
        numbered=True,
        header_row=header.row,
        notes=notes,
    )


def _count(tally: Tally) -> bool:
    tally.left_out[_COMMENTS] += 1
    return False


def _cut(lines: Iterator[str], spans: "tuple[Span, ...] | list[Span]", beyond: list[int]) -> Iterator[list[str]]:
    places = [slice(span.start - 1, span.start - 1 + span.width) for span in spans]
    end = max(place.stop for place in places)
    for line in lines:
        if not line.strip(" \t\x1a\x0c"):
            yield []
            continue
        beyond[0] += bool(line[end:].strip())
        yield [line[place].strip(" ") for place in places]


def _broken(found: str, text: Text) -> Refused:
    cut = "" if _ends_with_newline(text.path) else " The file ends without a line end: it seems cut off."
    return Refused("broken_rows", f"{found}.{cut} Send the whole extract again.")


def _ends_with_newline(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, io.SEEK_END)
        return file.read(1) in b"\r\n"
