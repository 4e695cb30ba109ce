"""What reading gives: a table of text that DuckDB selects from, or the reason why there is none.

Belongs here: the record of a read file, the SQL that selects from one or several, the refusal.
Does not belong here: how a file is read (its own module for each kind).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vm_pipeline.feeds.identifiers import masked
from vm_pipeline.staging.naming import literal
from vm_pipeline.staging.summary import Warned

# More files than twice its threads DuckDB (1.5.6 and 2.0.0) reads in another way: an open quote ends a file in silence.
_TOGETHER = 2


class Refused(Exception):
    """The batch as a whole cannot be taken. `code` is stable; the text says found, expected and what to do.

    What looks like an identifier is masked: a header, a sheet or a key may be somebody's.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(masked(message))
        self.code = code


NUL = "NUL within a text"


def holds_nul() -> Refused:
    """For a text that PostgreSQL would not take: by one cell of it no night could be published there."""
    return Refused("not_text", f"found a {NUL}, expected letters. Correct the extract and send it again.")


@dataclass(frozen=True)
class Sheet:
    """A file as read: its header as sent, and how DuckDB selects from it, columns c0, c1 … of text.

    `source` is what is selected from by `reader`: the file itself, or what it was written out as; then it is
    `numbered`. `header_row` is its row in the file, 1 the first, 0 where it has none; `sheets` are a workbook's sheets
    that were read; `notes` what is odd, rows left out first of all.

    A row's number counts rows of data below the header, 1 the first. A row that is left out keeps its number to
    itself, so that numbers lead back to the file: where no cell has a line end of its own, the line is the header's
    and the number together. Blank lines and comments of a text file are no rows; blank rows of a workbook are.
    """

    header: tuple[str, ...]
    source: Path
    reader: str
    format: str
    encoding: str = ""
    delimiter: str = ""
    odd_blanks: bool = True
    numbered: bool = False
    header_row: int = 1
    sheets: tuple[str, ...] = ()
    notes: tuple[Warned, ...] = ()

    @property
    def relation(self) -> str:
        """What to select from, for this file alone."""
        return relation_of([self])


def relation_of(sheets: Sequence[Sheet]) -> str:
    """What to select from, for files of one shape: their rows one after the other, told apart by `file_index`.

    In a file, `row_number` goes up by one from row to row; where several are read, it need not begin with 1.
    """
    # Within each pair: over all of them together, DuckDB would keep every row to number it.
    numbers = "" if sheets[0].numbered else "row_number() OVER () AS row_number, "
    pairs = [
        f"SELECT *, {numbers}file_index + {place} AS file_index FROM "
        + sheets[0].reader.replace("{files}", ", ".join(readable(sheet.source) for sheet in sheets[place:][:_TOGETHER]))
        for place in range(0, len(sheets), _TOGETHER)
    ]
    return f"({' UNION ALL '.join(pairs)})"


def readable(path: Path) -> str:
    """A path as DuckDB's readers take it: an SQL string in which brackets and stars are no pattern."""
    return literal("".join(f"[{sign}]" if sign in "[*?" else sign for sign in str(path)))
