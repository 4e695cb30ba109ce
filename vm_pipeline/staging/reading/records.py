"""JSON: a list of objects, or an object a line. An object within an object becomes columns with dots in their names.

Belongs here: from objects to rows of text. Numbers stay as they were written.
Does not belong here: headers and rows left out (rows).
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import islice, repeat
from pathlib import Path
from types import NoneType
from typing import Any

from vm_pipeline.staging.reading.dialect import name_of
from vm_pipeline.staging.reading.rows import Part, Tally, tabulate
from vm_pipeline.staging.reading.shape import FileShape, Format
from vm_pipeline.staging.reading.sheet import Refused, Sheet
from vm_pipeline.staging.reading.text import UTF8, Text
from vm_pipeline.staging.reading.writing import READER

_FIRST = 1000
_MOST_BYTES = 256 << 20  # a list is read whole, and takes some ten times as much
_BLOCK = 1 << 16
_SPACE = r"[ \t\r]*+"
_VALUE = r'"[^"\\\x00-\x1f]*+"|-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][-+]?[0-9]++)?|true|false'
Record = dict[str, str]
Rows = Callable[[list[str]], Iterator[list[str]]]  # of a file, under the keys it has


def json_lines(text: Text, shape: FileShape, target: Path) -> Sheet:
    """A file with an object in each line. Raises Refused."""

    def records() -> Iterator[Record]:
        return (record for number, lines in _blocks(text.path) for record in _decoded(lines, number))

    def rows(keys: list[str]) -> Iterator[list[str]]:
        flat = _flat(keys)
        for number, lines in _blocks(text.path):
            found = [line.groups("") for line in flat.finditer("".join(lines))]
            if len(found) == len(lines):
                yield from (list(map(str.strip, values, repeat('"'))) for values in found)
            else:
                yield from _cells(_decoded(lines, number), keys)

    return _written(records, rows, text, shape, target, Format.JSON_LINES)


def _blocks(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The lines of a file, some at a time, with the number of the first of them."""
    number = 1
    with path.open(encoding=UTF8, newline="\n") as file:
        while lines := file.readlines(_BLOCK):
            yield number, lines
            number += len(lines)


def _decoded(lines: Iterable[str], first: int) -> Iterator[Record]:
    for number, line in enumerate(lines, first):
        if not line.isspace():
            try:
                record = _record(_decode(line), number)
            except (ValueError, RecursionError) as error:
                raise _unreadable(error, f"line {number}") from None
            yield record


def _flat(keys: Sequence[str]) -> re.Pattern[str]:
    """A whole line with these keys in this order, nothing nested and nothing escaped, as most lines of most files are.

    Finding it takes a third of the time of decoding; where lines are otherwise, they are decoded.
    """
    names = (re.escape(json.dumps(key, ensure_ascii=False)) for key in keys)
    pairs = rf"{_SPACE},{_SPACE}".join(rf"{name}{_SPACE}:{_SPACE}(?:null|({_VALUE}))" for name in names)
    return re.compile(rf"^{_SPACE}\{{{_SPACE}{pairs}{_SPACE}\}}{_SPACE}(?:\n|\Z)", re.MULTILINE)


def json_list(text: Text, shape: FileShape, target: Path) -> Sheet:
    """A file that is a list of objects, or holds one where `records` of the shape says. Raises Refused."""
    if text.path.stat().st_size > _MOST_BYTES:
        raise Refused(
            "too_large", f"found a JSON list of over {_MOST_BYTES:,} bytes. Send it as JSON lines (an object a line)."
        )
    try:
        found = _decode(text.path.read_text(UTF8))
    except (ValueError, RecursionError) as error:
        raise _unreadable(error, "the file") from None
    for key in filter(None, shape.records.split(".")):
        found = found.get(key) if isinstance(found, dict) else None
    if not isinstance(found, list):
        raise Refused(
            "not_a_table",
            "found JSON without a list of objects"
            f"{f' at {shape.records!r}' if shape.records else ''}. Say where it is in `file.records` of the layout.",
        )
    listed = found

    def records() -> Iterator[Record]:
        return (_record(one, number) for number, one in enumerate(listed, 1))

    return _written(records, lambda keys: _cells(records(), keys), text, shape, target, Format.JSON)


def _written(
    records: Callable[[], Iterator[Record]], rows: Rows, text: Text, shape: FileShape, target: Path, kind: Format
) -> Sheet:
    """Columns are all keys there are, in the order they first come; most files have them all in the first records."""
    try:
        return _under(_keys(islice(records(), _FIRST)), rows, text, shape, target, kind)
    except _Another:
        return _under(_keys(records()), rows, text, shape, target, kind)


class _Repeated(ValueError):
    """An object has one key twice."""


class _Another(Exception):
    """A key that the records before did not have."""


def _keys(records: Iterator[Record]) -> list[str]:
    names: dict[str, None] = {}
    for record in records:
        names |= dict.fromkeys(record)
    if not names:
        raise Refused("empty_file", "found no objects with keys, expected one a row. Send the extract again.")
    return list(names)


def _under(keys: list[str], rows: Rows, text: Text, shape: FileShape, target: Path, kind: Format) -> Sheet:
    tally = Tally()
    tabulate([Part(rows(keys))], replace(shape, no_header=keys, header_row=0, header_has=()), target, tally)
    return Sheet(
        tuple(map(name_of, keys)), target, READER, kind, text.encoding, numbered=True, header_row=0, notes=tally.notes()
    )


def _cells(records: Iterator[Record], keys: list[str]) -> Iterator[list[str]]:
    """Records as rows under the keys. Raises _Another where one has a key more."""
    known = set(keys)
    for record in records:
        if list(record) == keys:
            yield list(record.values())
        elif record.keys() <= known:
            yield [record.get(key, "") for key in keys]
        else:
            raise _Another


def _decode(text: str) -> Any:
    return _decoder().decode(text)


@cache
def _decoder() -> json.JSONDecoder:
    return json.JSONDecoder(object_pairs_hook=_object, parse_float=str, parse_int=str, parse_constant=str)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Repeated
    return found


def _record(found: Any, number: int) -> Record:
    """An object as texts by name. Raises Refused where it is none, or holds a list."""
    if not isinstance(found, dict):
        raise Refused("not_a_table", f"found something that is no object in row {number}, expected one a row.")
    kinds = set(map(type, found.values()))
    if kinds == {str}:
        return found
    if kinds <= {str, NoneType}:
        return {name: value or "" for name, value in found.items()}
    record: Record = {}
    for name, value in found.items():
        texts = _texts(name, value, number)
        if texts.keys() & record.keys():
            raise Refused("not_a_table", f"found the key {name!r} in two ways in row {number}, expected it once.")
        record |= texts
    return record


def _texts(name: str, value: Any, number: int) -> Record:
    """One value as text; an object's as several."""
    if isinstance(value, dict):
        return {f"{name}.{inner}": text for inner, text in _record(value, number).items()} if value else {name: ""}
    if isinstance(value, list):
        raise Refused(
            "not_a_table",
            f"found a list within an object in row {number}, at {name!r}, expected texts and numbers. Send one row for "
            "each; if it is the table, say so in `file.records` of the layout.",
        )
    return {name: value if isinstance(value, str) else "" if value is None else str(value).lower()}


def _unreadable(error: Exception, where: str) -> Refused:
    """Raised without its cause, which would quote the file."""
    why = "an object has a key twice" if isinstance(error, _Repeated) else type(error).__name__
    return Refused("not_a_table", f"found JSON that cannot be read in {where} ({why}). Send it again.")
