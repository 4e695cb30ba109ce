"""How to read a file where its bytes do not say it: what `[layout.<name>.file]` may hold.

Belongs here: the keys, each with its words, and what is wrong with a table that cannot be one.
Does not belong here: reading by them, what a column means (layouts).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from vm_pipeline.keys import OneOf

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
    """One column of a fixed-width file."""

    name: str
    """Name of the column."""
    start: Annotated[int, Field(ge=1)]
    """Its first character; the first of a line is 1."""
    width: Annotated[int, Field(ge=1)]
    """How many characters."""


Sign = Annotated[str, Field(max_length=1)]


@dataclass(frozen=True)
class FileShape:
    """How to read a file. What is not said is told from its bytes."""

    format: Annotated[str, OneOf(("", *Format))] = ""
    """Kind of file. Default: told from the content, never from the name."""
    encoding: Annotated[str, Field(examples=["cp850"])] = ""
    """Encoding of a text file. Default: a byte order mark, UTF-8, or cp1252."""
    delimiter: Annotated[str, Field(examples=["$", BLANK_RUNS])] = ""
    """The one character between cells, or `blanks` for runs of spaces and tabs. Default: `,` `;` tab `|`."""
    quote: Sign = '"'
    """The character around cells that hold delimiters; an empty text where there is none."""
    escape: Annotated[Sign, Field(examples=["\\"])] = ""
    """The character before a quote that is part of a cell; a doubled quote is one, too."""
    comment: str = ""
    """Lines of a delimited file that begin with this text are none of the table's: left out and counted."""
    header_row: Annotated[int, Field(ge=0)] = 0
    """Row of the header, 1 the first, blank rows counted. Default: the first that is not blank."""
    header_has: Sequence[str] = ()
    """Headers that tell the header row: the first row that holds all of them."""
    header_rows: Annotated[int, Field(ge=1)] = 1
    """How many rows the header takes. Their texts are joined; a blank cell with text below takes the one before.
    `header_has` then tells the last of them, `header_row` the first."""
    no_header: Sequence[str] = ()
    """Names of the columns of a file that has no header."""
    sheets: str | Sequence[str] = ()
    """Sheets of a workbook: a name, several, or patterns. Default: the first not hidden."""
    sheet_column: str = ""
    """Name of a column to make, which holds the name of the sheet a row is from."""
    skip_lines: Mapping[str, str] = field(default_factory=dict)
    """Name → regular expression. A row in which it is found is left out, and counted under that name. It looks at the
    row's cells with one space between them, empty ones left out."""
    stop_at: str = ""
    """Regular expression of the row, seen as by `skip_lines`, where the table ends."""
    footer: Annotated[int, Field(ge=0)] = 0
    """Rows at the end that are none of the table's: left out and counted."""
    fields: Sequence[Span] = ()
    """Columns of a fixed-width file."""
    records: str = ""
    """Where in a JSON file the list of rows is: keys with dots between. Default: the file is it."""
    member: str = ""
    """Pattern of the file's name inside a zip. Default: there is one only."""

    def __post_init__(self) -> None:
        """Raises ValueError, in words, where keys are wrong in themselves or do not go together."""
        _check(self)

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> "FileShape":
        """The shape of a table whose keys and types were checked (settings, when it was read)."""
        return cls(**{**table, "fields": tuple(Span(**one) for one in table.get("fields", ()))})

    @property
    def sheet_patterns(self) -> tuple[str, ...]:
        """Names or patterns of the sheets asked for."""
        return (self.sheets,) if isinstance(self.sheets, str) else tuple(self.sheets)

    def to_table(self) -> dict[str, Any]:
        """What differs from the defaults, as JSON takes it; `of` reads it back."""
        said, defaults = asdict(self), asdict(AS_IT_SAYS)
        return {key: value for key, value in said.items() if value != defaults[key]}


def _check(shape: FileShape) -> None:
    """Raise ValueError where keys are wrong in themselves or do not go together."""
    _check_text(shape)
    headers = [key for key in ("header_row", "header_has", "no_header") if getattr(shape, key)]
    if len(headers) > 1:
        raise ValueError(f"found {' and '.join(headers)}, expected one of them: each says where the header is.")
    if (shape.format == Format.FIXED_WIDTH) != bool(shape.fields):
        raise ValueError('found only one of fields and format = "fixed_width", expected both or neither.')
    for key, pattern in [*shape.skip_lines.items(), ("stop_at", shape.stop_at)]:
        _check_pattern(key, pattern)


def _check_text(shape: FileShape) -> None:
    if len(shape.delimiter) > 1 and shape.delimiter != BLANK_RUNS:
        raise ValueError(f"found delimiter = {shape.delimiter!r}, expected one character or {BLANK_RUNS!r}.")
    signs = [sign for sign in (shape.delimiter, shape.quote, shape.escape) if sign]
    if any(sign in "\r\n\0" for sign in signs) or len(set(signs)) < len(signs):
        raise ValueError("found delimiter, quote and escape that are line ends or the same, expected three signs.")
    try:
        if shape.encoding:
            "a".encode(shape.encoding)
    except (LookupError, UnicodeError) as error:
        raise ValueError(f"found encoding = {shape.encoding!r}, expected one that Python knows.") from error


def _check_pattern(key: str, pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"found {key} = {pattern!r}, expected a regular expression: {error}.") from error


AS_IT_SAYS = FileShape()  # everything told from the bytes
