"""From received bytes to a table of text: any file that holds rows becomes columns c0, c1 … of text.

Belongs here: which reader takes a file, and the names that others use.
Does not belong here: the readers (a module for each kind), what a column means (matching), a cell (parsing).

A message never quotes a cell: a broken file may hold anything.
"""

from pathlib import Path

from vm_pipeline.staging.reading.dialect import head_of
from vm_pipeline.staging.reading.kinds import kind_of
from vm_pipeline.staging.reading.lines import delimited, fixed_width
from vm_pipeline.staging.reading.parquet import parquet
from vm_pipeline.staging.reading.records import json_lines, json_list
from vm_pipeline.staging.reading.shape import AS_IT_SAYS, BLANK_RUNS, FileShape, Format
from vm_pipeline.staging.reading.sheet import Refused, Sheet, readable, relation_of
from vm_pipeline.staging.reading.text import Look, Text, as_utf8, look_through
from vm_pipeline.staging.reading.unpacking import unpacked
from vm_pipeline.staging.reading.untouched import is_plain, untouched
from vm_pipeline.staging.reading.workbook import workbook

__all__ = [
    "AS_IT_SAYS",
    "READER_VERSION",
    "FileShape",
    "Refused",
    "Sheet",
    "read_sheet",
    "readable",
    "relation_of",
]

READER_VERSION = 6  # raise it when the same bytes would be read differently


def read_sheet(path: Path, workspace: Path, shape: FileShape = AS_IT_SAYS, *, closely: bool = False) -> Sheet:
    """Open a file as a table of text. Working files are written to `workspace`. Raises Refused when it is none.

    A plain text file is left for DuckDB to read. Where that fails, read it again `closely`: row by row, which is
    slower, takes more, and says at which row a file is broken.
    """
    path = unpacked(path, workspace, shape.member)
    target = workspace / f"{path.name}.rows.read"
    match kind_of(path, shape):
        case Format.WORKBOOK:
            return workbook(path, shape, target)
        case Format.PARQUET:
            return parquet(path, target)
    return _text(as_utf8(path, workspace, shape.encoding), shape, target, closely)


def _text(text: Text, shape: FileShape, target: Path, closely: bool) -> Sheet:
    match kind_of(text.path, shape):
        case Format.FIXED_WIDTH:
            return fixed_width(text, shape, target)
        case Format.JSON:
            return json_list(text, shape, target)
        case Format.JSON_LINES:
            return json_lines(text, shape, target)
    head = head_of(text.path, shape)
    delimiter = head.dialect.delimiter
    look = Look() if delimiter == BLANK_RUNS else look_through(text.path, delimiter, head.line)
    if not closely and is_plain(shape, head, look):
        return untouched(text, shape, head, look)
    return delimited(text, shape, head, look, target)
