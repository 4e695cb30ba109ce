"""A plain text file, which DuckDB reads as it lies there: the fast way, for all files in the canonical layout.

Belongs here: which files these are, and the SQL that reads them.
Does not belong here: every other file (lines, rows). One that DuckDB then finds broken is read by them again.
"""

from dataclasses import fields

from vm_pipeline.staging.naming import literal
from vm_pipeline.staging.reading.dialect import Head
from vm_pipeline.staging.reading.shape import AS_IT_SAYS, BLANK_RUNS, FileShape, Format
from vm_pipeline.staging.reading.sheet import Sheet
from vm_pipeline.staging.reading.text import Look, Text

_HARMLESS = {"format", "encoding", "delimiter", "no_header", "member"}


def is_plain(shape: FileShape, head: Head, look: Look) -> bool:
    """Whether nothing is to be done but to part cells by one sign and read doubled quotes."""
    said = {one.name for one in fields(shape) if getattr(shape, one.name) != getattr(AS_IT_SAYS, one.name)}
    names = shape.no_header or head.names
    return (
        said <= _HARMLESS
        and shape.delimiter != BLANK_RUNS
        and len(names) > 1  # to DuckDB, a blank line is a row of a single column
        and all(names)
        and not (look.mixed_ends or look.spaced_quotes or look.slashed or look.repeated or look.as_formulas)
    )


def untouched(text: Text, shape: FileShape, head: Head, look: Look) -> Sheet:
    """The sheet of a plain file."""
    header = tuple(shape.no_header) or head.names
    return Sheet(
        header,
        text.path,
        _reader(len(header), head, not shape.no_header),
        Format.CSV,
        text.encoding,
        head.dialect.delimiter,
        look.odd_blanks or text.encoding == "cp1252",
        header_row=0 if shape.no_header else head.dialect.skip + 1,
    )


def _reader(width: int, head: Head, header: bool) -> str:
    types = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(width))
    return (
        f"read_csv([{{files}}], columns = {{{types}}}, header = {str(header).lower()}, skip = {head.dialect.skip}, "
        f"auto_detect = false, delim = {literal(head.dialect.delimiter)}, quote = '\"', escape = '\"', "
        "strict_mode = true)"
    )
