"""CSV files that are safe to open in a spreadsheet, and still say what they say.

Belongs here: which cells a spreadsheet would run as a formula, how they are disarmed, the form of the file.
Does not belong here: what the cells are (problems, totals).

A cell that a spreadsheet may take for a formula has an apostrophe put before it, and so has one that begins with an
apostrophe of its own: whoever wants the text as it was takes one leading apostrophe away. Plain numbers are left alone,
`-12.50` among them: a spreadsheet reads them as numbers and nothing else.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

MARK = "'"
_NUMBER = re.compile(r"[+-]?[0-9]+(,[0-9]{3})*(\.[0-9]+)?", re.ASCII)
_STARTS = frozenset("=+-@|%")
# Quotes are taken off when a cell is read once more; signs that are not seen change nothing of what follows them.
_PASSED_OVER = frozenset("\"'`´‘’“”«»„‚‹›＂＇")
_CONTROLS = frozenset("\t\r\n")


@lru_cache(10_000)  # of a table of problems nine cells of ten have been seen before
def safe(cell: str) -> str:
    """A cell that no spreadsheet runs. Without the mark before it, if it has one, it is what it was."""
    return MARK + cell if cell.startswith(MARK) or _may_run(cell) else cell


def _may_run(cell: str) -> bool:
    if _NUMBER.fullmatch(cell):
        return False
    if cell[:1] in _CONTROLS:
        return True
    seen = (sign for sign in unicodedata.normalize("NFKC", cell) if not _is_passed_over(sign))
    return next(seen, "") in _STARTS


def _is_passed_over(sign: str) -> bool:
    return sign in _PASSED_OVER or sign.isspace() or unicodedata.category(sign).startswith(("C", "Z", "M"))


def spreadsheet(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A CSV file: every cell safe, UTF-8 with a byte order mark, lines that end in CR LF."""
    text = io.StringIO(newline="")
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow(map(safe, header))
    table.writerows([safe("" if cell is None else str(cell)) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")
