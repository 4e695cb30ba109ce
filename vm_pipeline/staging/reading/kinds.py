"""What kind of file some bytes are. The name of a file says nothing: exports are named as one likes.

Belongs here: signatures, and the words for what is no table.
Does not belong here: reading any of them.
"""

import json
import re
from pathlib import Path

from vm_pipeline.staging.reading.shape import FileShape, Format
from vm_pipeline.staging.reading.sheet import Refused
from vm_pipeline.staging.reading.unpacking import ZIP

_START = 1 << 16
_OLE, _PARQUET = b"\xd0\xcf\x11\xe0", b"PAR1"
_MARK = b"\xef\xbb\xbf"
_PACKED = {b"BZh": "bz2", b"\xfd7zXZ": "xz", b"7z\xbc\xaf": "7z", b"Rar!": "rar", b"\x28\xb5\x2f\xfd": "zstd"}
_OTHER = {b"%PDF": "a PDF", b"{\\rtf": "an RTF text", b"SQLite format 3": "an SQLite database", b"\x89PNG": "a picture"}
_MARKUP = re.compile(
    rb"\s*(<(!doctype|!--|html|head|body|table|meta|style|div|\?xml|workbook|xml)\b|MIME-Version:)", re.IGNORECASE
)
_JSON = re.compile(rb'\s*(\[\s*(\{|\[|\])|\{\s*("|\}))')


def kind_of(path: Path, shape: FileShape) -> Format:
    """The format the layout says, or the bytes do. Raises Refused where they are of no kind that is read."""
    with path.open("rb") as file:
        start = file.read(_START)
    if not start:
        raise Refused("empty_file", "found an empty file, expected at least a header. Send the extract again.")
    if shape.format:
        return Format(shape.format)
    if start.startswith((ZIP, _OLE)):
        return Format.WORKBOOK
    if start.startswith(_PARQUET):
        return Format.PARQUET
    _refuse_others(start)
    text = start.removeprefix(_MARK)
    if _JSON.match(text):
        return Format.JSON_LINES if not shape.records and _is_one_object(text) else Format.JSON
    return Format.CSV


def _refuse_others(start: bytes) -> None:
    for sign, name in _PACKED.items():
        if start.startswith(sign):
            raise Refused("broken_archive", f"found a {name} archive, expected gz or zip. Pack it in one of these.")
    for sign, name in _OTHER.items():
        if start.startswith(sign):
            raise Refused("not_text", f"found {name}, expected a table. Export the data as CSV UTF-8.")
    if _MARKUP.match(start.removeprefix(_MARK)):
        raise Refused(
            "not_a_table",
            "found HTML or XML (some systems save a web page as .xls), expected a table. Open it in a spreadsheet, and "
            "save it as CSV UTF-8.",
        )


def _is_one_object(text: bytes) -> bool:
    """Whether the first line is an object by itself, and may be the first of many."""
    try:
        return isinstance(json.loads(text.lstrip().split(b"\n", 1)[0]), dict)
    except (ValueError, RecursionError):
        return False
