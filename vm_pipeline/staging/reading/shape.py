"""How to read a file where its bytes do not say it: what `[layout.<name>.file]` may hold.

Belongs here: the keys, each with its words, and what is wrong with a table that cannot be one.
Does not belong here: reading by them, what a column means (layouts).
"""

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import Any

BLANK_RUNS = "blanks"  # the delimiter of columns that are lined up with spaces and tabs


class Format(StrEnum):
    """What kinds of files there are."""

    CSV = "csv"
    WORKBOOK = "workbook"
    PARQUET = "parquet"
    JSON = "json"
    JSON_LINES = "json_lines"
    FIXED_WIDTH = "fixed_width"


@dataclass(frozen=True)
class Span:
    """One column of a fixed-width file: the characters from `start` (the first is 1), `width` of them."""

    name: str
    start: int
    width: int


def _key(default: Any, says: str) -> Any:
    if isinstance(default, dict):
        return field(default_factory=lambda: dict(default), metadata={"says": says})
    return field(default=default, metadata={"says": says})


@dataclass(frozen=True)
class FileShape:
    """How to read a file. What is not said is told from its bytes. `says` in a key's metadata are its words."""

    format: str = _key("", f"Kind of file: {', '.join(Format)}. Default: told from the content, never from the name.")
    encoding: str = _key("", "Encoding of a text file, such as `cp850`. Default: a byte order mark, UTF-8, or cp1252.")
    delimiter: str = _key(
        "", f"The one character between cells, or `{BLANK_RUNS}` for runs of spaces and tabs. Default: `,` `;` tab `|`."
    )
    quote: str = _key('"', "The character around cells that hold delimiters; an empty text where there is none.")
    escape: str = _key(
        "", "The character before a quote that is part of a cell, such as `\\`; a doubled quote is one, too."
    )
    comment: str = _key(
        "", "Lines of a delimited file that begin with this text are none of the table's: left out and counted."
    )
    header_row: int = _key(
        0, "Row of the header, 1 the first, blank rows counted. Default: the first that is not blank."
    )
    header_has: Sequence[str] = _key((), "Headers that tell the header row: the first row that holds all of them.")
    header_rows: int = _key(
        1,
        "How many rows the header takes. Their texts are joined; a blank cell with text below takes the one before. "
        "`header_has` then tells the last of them, `header_row` the first.",
    )
    no_header: Sequence[str] = _key((), "Names of the columns of a file that has no header.")
    sheets: Sequence[str] = _key(
        (), "Sheets of a workbook: a name, several, or patterns. Default: the first not hidden."
    )
    sheet_column: str = _key("", "Name of a column to make, which holds the name of the sheet a row is from.")
    skip_lines: Mapping[str, str] = _key(
        {},
        "Name → regular expression. A row in which it is found is left out, and counted under that name. It looks at "
        "the row's cells with one space between them, empty ones left out.",
    )
    stop_at: str = _key("", "Regular expression of the row, seen as by `skip_lines`, where the table ends.")
    footer: int = _key(0, "Rows at the end that are none of the table's: left out and counted.")
    fields: Sequence[Span] = _key(
        (), 'Columns of a fixed-width file: `{ name = "…", start = 1, width = 6 }`, the first character is 1.'
    )
    records: str = _key(
        "", "Where in a JSON file the list of rows is: keys with dots between. Default: the file is it."
    )
    member: str = _key("", "Pattern of the file's name inside a zip. Default: there is one only.")

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> "FileShape":
        """The shape of a table of settings. Raises ValueError, in words, where it cannot be one."""
        defaults = cls()._values()
        for key in table:
            if key not in defaults:
                close = difflib.get_close_matches(key, defaults, 1)
                hint = f" The closest is {close[0]!r}." if close else ""
                raise ValueError(f"found the key file.{key}, expected one of {', '.join(defaults)}.{hint}")
        shape = cls(**{key: _taken(key, value, defaults[key]) for key, value in table.items()})
        _check(shape)
        return shape

    def to_table(self) -> dict[str, Any]:
        """What differs from the defaults, as JSON takes it; `of` reads it back."""
        said, defaults = self._values(), FileShape()._values()
        return {key: asdict(self)[key] for key, value in said.items() if value != defaults[key]}

    def _values(self) -> dict[str, Any]:
        return {one.name: getattr(self, one.name) for one in fields(self)}


def _taken(key: str, value: Any, default: Any) -> Any:
    """A value of a key, as the type its default has."""
    if key == "fields":
        return _spans(value)
    if isinstance(default, tuple):
        names = [value] if isinstance(value, str) and key == "sheets" else value
        if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
            raise ValueError(f"found file.{key} = {value!r}, expected a list of texts.")
        return tuple(names)
    if isinstance(default, dict):
        if not isinstance(value, Mapping) or not all(isinstance(one, str) for one in value.values()):
            raise ValueError(f"found file.{key} = {value!r}, expected a table of names and regular expressions.")
        return dict(value)
    if type(value) is not type(default):
        raise ValueError(f"found file.{key} = {value!r}, expected {_TYPES[type(default)]}.")
    return value


_TYPES = {str: "a text", int: "a whole number"}


def _spans(value: Any) -> tuple[Span, ...]:
    expected = "expected a list of { name = text, start = number from 1, width = number from 1 }."
    try:
        spans = tuple(Span(**one) for one in value)
    except TypeError as error:
        raise ValueError(f"found file.fields = {value!r}, {expected}") from error
    for span in spans:
        if not (type(span.name) is str and type(span.start) is int and type(span.width) is int):
            raise ValueError(f"found file.fields with {span}, {expected}")
        if span.start < 1 or span.width < 1:
            raise ValueError(f"found file.fields with {span}, {expected}")
    return spans


def _check(shape: FileShape) -> None:
    """Raise ValueError where keys are wrong in themselves or do not go together."""
    if shape.format and shape.format not in list(Format):
        raise ValueError(f"found file.format = {shape.format!r}, expected one of {', '.join(Format)}.")
    _check_text(shape)
    for key in ("header_row", "footer"):
        if getattr(shape, key) < 0:
            raise ValueError(f"found file.{key} = {getattr(shape, key)}, expected a number of rows.")
    if shape.header_rows < 1:
        raise ValueError(f"found file.header_rows = {shape.header_rows}, expected 1 or more.")
    headers = [key for key in ("header_row", "header_has", "no_header") if getattr(shape, key)]
    if len(headers) > 1:
        raise ValueError(
            f"found file.{' and file.'.join(headers)}, expected one of them: each says where the header is."
        )
    if (shape.format == Format.FIXED_WIDTH) != bool(shape.fields):
        raise ValueError('found only one of file.fields and file.format = "fixed_width", expected both or neither.')
    for key, pattern in [*shape.skip_lines.items(), ("stop_at", shape.stop_at)]:
        _check_pattern(key, pattern)


def _check_text(shape: FileShape) -> None:
    for key in ("quote", "escape"):
        if len(getattr(shape, key)) > 1:
            raise ValueError(f"found file.{key} = {getattr(shape, key)!r}, expected one character or none.")
    if len(shape.delimiter) > 1 and shape.delimiter != BLANK_RUNS:
        raise ValueError(f"found file.delimiter = {shape.delimiter!r}, expected one character or {BLANK_RUNS!r}.")
    signs = [sign for sign in (shape.delimiter, shape.quote, shape.escape) if sign]
    if any(sign in "\r\n\0" for sign in signs) or len(set(signs)) < len(signs):
        raise ValueError("found file.delimiter, quote and escape that are line ends or the same, expected three signs.")
    try:
        if shape.encoding:
            "a".encode(shape.encoding)
    except (LookupError, UnicodeError) as error:
        raise ValueError(f"found file.encoding = {shape.encoding!r}, expected one that Python knows.") from error


def _check_pattern(key: str, pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"found file.{key} = {pattern!r}, expected a regular expression: {error}.") from error


AS_IT_SAYS = FileShape()  # everything told from the bytes
