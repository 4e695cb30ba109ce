"""Text files that are not plain, row by row: other quotes, mixed line ends, preambles, fixed widths.

Belongs here: from lines to cells, and saying why a text file is broken.
Does not belong here: what becomes of the rows (rows).
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from itertools import repeat
from operator import itemgetter
from pathlib import Path

from vm_pipeline.staging.reading.dialect import Dialect, Head
from vm_pipeline.staging.reading.rows import Part, Tally, tabulate
from vm_pipeline.staging.reading.shape import FileShape, Format, Span
from vm_pipeline.staging.reading.sheet import Refused, Sheet
from vm_pipeline.staging.reading.text import UTF8, Look, Text
from vm_pipeline.staging.reading.writing import READER
from vm_pipeline.staging.summary import Warned

_FORMULA = re.compile(r'^\s*="([^"]*)"\s*$')


def delimited(text: Text, shape: FileShape, head: Head, look: Look, target: Path) -> Sheet:
    """A delimited file, in the first dialect in which all of it can be read. Raises Refused, as of the likeliest."""
    reasons: list[Refused] = []
    for dialect in head.dialect.others(look):
        try:
            return _delimited(text, shape, dialect, look, target)
        except Refused as why:
            if why.code != "broken_rows":
                raise
            reasons.append(why)
    raise reasons[0]


def _delimited(text: Text, shape: FileShape, dialect: Dialect, look: Look, target: Path) -> Sheet:
    tally = Tally()
    with text.path.open(encoding=UTF8, newline="") as file:
        for _ in range(dialect.skip):
            file.readline()
        rows = dialect.rows(file, shape.comment, tally.left_out)
        try:
            header = tabulate([Part(_as_texts(rows) if look.as_formulas else rows)], shape, target, tally)
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


def _as_texts(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    """Rows in which `="0123"` is the text `0123`: so systems keep leading zeros from Excel."""
    return ([_FORMULA.sub(r"\1", cell) for cell in cells] for cells in rows)


def fixed_width(text: Text, shape: FileShape, target: Path) -> Sheet:
    """A file whose columns begin at fixed characters. Raises Refused."""
    tally, beyond = Tally(), [0]
    with text.path.open(encoding=UTF8, newline="") as file:
        lines = (line.rstrip("\r\n") for line in file)
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


def _cut(lines: Iterator[str], spans: Sequence[Span], beyond: list[int]) -> Iterator[list[str]]:
    places = [slice(span.start - 1, span.start - 1 + span.width) for span in spans]
    end = max(place.stop for place in places)
    cells = itemgetter(*places, slice(0))  # all in one call; of a single place it would give no tuple
    for line in lines:
        if not line.strip(" \t\x1a\x0c"):
            yield []
            continue
        beyond[0] += bool(line[end:].strip())
        *texts, _ = map(str.strip, cells(line), repeat(" "))
        yield texts


def _broken(found: str, text: Text) -> Refused:
    cut = "" if _ends_with_newline(text.path) else " The file ends without a line end: it seems cut off."
    return Refused("broken_rows", f"{found}.{cut} Send the whole extract again.")


def _ends_with_newline(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, io.SEEK_END)
        return file.read(1) in b"\r\n"
