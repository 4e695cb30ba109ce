"""An answer of rows, written down as CSV so that the same answer is the same bytes.

Belongs here: the one spelling of every kind of value. Does not belong here: who was asked, what the columns mean.
"""

import csv
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TextIO


def write_answer(text: TextIO, header: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Header and rows, a line each, without header where there are no rows. Returns how many rows there were."""
    count = 0
    for count, row in enumerate(rows, 1):  # the number of the last row is how many there were
        if count == 1:
            _write(text, header)
        _write(text, [spelled(cell) for cell in row])
    return count


def _write(text: TextIO, cells: Sequence[str]) -> None:
    """A line; a lone carriage return ends one for many readers, and the writer by itself leaves it bare."""
    bare = any("\r" in cell for cell in cells)
    csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL if bare else csv.QUOTE_MINIMAL).writerow(cells)


def spelled(value: object) -> str:
    """One spelling a value, whatever driver gave it.

    NULL is empty; `true`, `false`; decimals without exponent, with the places they have; dates and times ISO, those
    with an offset in UTC; bytes in hex; a span of time as hours, minutes, seconds; lists and objects as JSON.
    """
    match value:
        case None:
            text = ""
        case bool():
            text = "true" if value else "false"
        case Decimal():
            text = f"{value:f}"
        case datetime():
            text = (value.astimezone(UTC) if value.tzinfo else value).isoformat()
        case date() | time():
            text = value.isoformat()
        case timedelta():
            text = _span(value)
        case bytes() | bytearray() | memoryview():
            text = bytes(value).hex()
        case dict() | list() | tuple():
            text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=spelled)
        case _:
            text = str(value)
    return text


def _span(value: timedelta) -> str:
    sign, micro = ("-", -value) if value < timedelta(0) else ("", value)
    seconds = micro // timedelta(seconds=1)
    fraction = f".{micro.microseconds:06}" if micro.microseconds else ""
    return f"{sign}{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{fraction}"
