"""JSON: a list of objects, or an object a line. An object within an object becomes columns with dots in their names.

Belongs here: from objects to rows of text. Numbers stay as they were written.
Does not belong here: headers and rows left out (rows).
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from vm_pipeline.staging.reading.rows import Part, Tally, tabulate
from vm_pipeline.staging.reading.shape import FileShape, Format
from vm_pipeline.staging.reading.sheet import Refused, Sheet
from vm_pipeline.staging.reading.text import UTF8, Text
from vm_pipeline.staging.reading.writing import READER

_MOST_BYTES = 256 << 20  # a list is read whole, and takes some ten times as much
Record = dict[str, str]


def json_lines(text: Text, shape: FileShape, target: Path) -> Sheet:
    """A file with an object in each line. Raises Refused."""

    def records() -> Iterator[Record]:
        with text.path.open(encoding=UTF8, newline="\n") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    with _refusing(f"line {number}"):
                        yield _record(_decode(line), f"line {number}")

    return _written(records, text, shape, target, Format.JSON_LINES)


def json_list(text: Text, shape: FileShape, target: Path) -> Sheet:
    """A file that is a list of objects, or holds one where `records` of the shape says. Raises Refused."""
    if text.path.stat().st_size > _MOST_BYTES:
        raise Refused(
            "too_large", f"found a JSON list of over {_MOST_BYTES:,} bytes. Send it as JSON lines (an object a line)."
        )
    with _refusing("the file"):
        found = _decode(text.path.read_text(UTF8))
    for key in filter(None, shape.records.split(".")):
        found = found.get(key) if isinstance(found, dict) else None
    if not isinstance(found, list):
        raise Refused(
            "not_a_table",
            "found JSON without a list of objects"
            f"{f' at {shape.records!r}' if shape.records else ''}. Say where it is in `file.records` of the layout.",
        )
    rows = found
    return _written(
        lambda: (_record(one, f"record {number}") for number, one in enumerate(rows, 1)),
        text,
        shape,
        target,
        Format.JSON,
    )


def _written(
    records: Callable[[], Iterator[Record]], text: Text, shape: FileShape, target: Path, kind: Format
) -> Sheet:
    """Columns are all keys there are, in the order they first come: so the records are gone through twice."""
    names: dict[str, None] = {}
    for record in records():
        if record.keys() - names.keys():
            names |= dict.fromkeys(record)
    if not names:
        raise Refused("empty_file", "found no objects with keys, expected one a row. Send the extract again.")
    tally, keys = Tally(), list(names)

    def rows() -> Iterator[list[str]]:
        yield keys
        for record in records():
            yield [record.get(key, "") for key in keys]

    header = tabulate([Part(rows())], shape, target, tally)
    return Sheet(header.names, target, READER, kind, text.encoding, numbered=True, header_row=0, notes=tally.notes())


def _decode(text: str) -> Any:
    return json.loads(text, object_pairs_hook=_object, parse_float=str, parse_int=str, parse_constant=str)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key twice in one object")
    return found


def _record(found: Any, where: str) -> Record:
    """An object as texts by name. Raises Refused where it is none, or holds a list."""
    if not isinstance(found, dict):
        raise Refused("not_a_table", f"found something that is no object in {where}, expected one a row.")
    record: Record = {}
    for name, value in found.items():
        if isinstance(value, str):
            record[name] = value
        elif isinstance(value, dict):
            record |= {f"{name}.{inner}": text for inner, text in _record(value, where).items()}
        elif isinstance(value, list):
            raise Refused(
                "not_a_table",
                f"found a list within an object in {where}, expected texts and numbers. Send one row for each of it.",
            )
        else:
            record[name] = "" if value is None else str(value).lower()
    return record


@contextmanager
def _refusing(where: str) -> Iterator[None]:
    try:
        yield
    except (ValueError, RecursionError) as error:
        raise Refused(
            "not_a_table", f"found JSON that cannot be read in {where} ({type(error).__name__}). Send it again."
        ) from None  # the error would quote it
