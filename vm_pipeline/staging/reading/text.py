"""The bytes of a text file: its encoding, and what a look through them tells.

Belongs here: encodings, blanks, line ends, everything that is seen without parting cells.
Does not belong here: delimiters and quotes (dialect), rows (lines).
"""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import and_
from pathlib import Path
from typing import Any, BinaryIO

from vm_pipeline.staging.parsing import BLANKS
from vm_pipeline.staging.reading.sheet import Refused
from vm_pipeline.staging.reading.unpacking import PIECE

# UTF-32 first: its little-endian mark begins like that of UTF-16.
_MARKS = [
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
UTF8 = "utf-8-sig"
_SAMPLE = 1 << 12


@dataclass(frozen=True)
class Text:
    """A text file in UTF-8, with or without a mark: the file as received, or written out anew. As it was `encoding`."""

    path: Path
    encoding: str


@dataclass(frozen=True)
class Look:
    """What is in a text file anywhere; all but `mixed_ends` may say yes for nothing.

    `odd_blanks`: a cell begins or ends with a blank that is not a plain space. `mixed_ends`: line ends of more than one
    kind, in cells or between rows. `spaced_quotes`: a quote after a delimiter and a space. `slashed`: a quote or a
    delimiter after a backslash. `repeated`: the header's line again.
    `as_formulas`: a text behind an equals sign, `="0123"`.
    """

    odd_blanks: bool = False
    mixed_ends: bool = False
    spaced_quotes: bool = False
    slashed: bool = False
    repeated: bool = False
    as_formulas: bool = False


def as_utf8(path: Path, workspace: Path, encoding: str = "") -> Text:
    """The file in UTF-8: itself where it is, else written out. Raises Refused where its bytes are no text."""
    found = encoding or _marked(path) or _unmarked(path)
    if codecs.lookup(found).name in ("utf-8", UTF8, "ascii"):
        if encoding and not _decodes(path, UTF8):
            raise Refused("not_text", f"found bytes that are not {encoding}. Correct `file.encoding` of the layout.")
        return Text(path, found)
    target = workspace / f"{path.name}.utf8.read"
    _transcode(path, target, found)
    return Text(target, found)


def look_through(path: Path, delimiter: str, header: bytes) -> Look:
    """Look through a whole UTF-8 file, in pieces. `header` is the header's line without its end."""
    sign, blanks = delimiter.encode(), _odd_blanks(delimiter)
    wanted = {
        "odd_blanks": blanks,
        "spaced_quotes": [sign + b' "'],
        "slashed": [b'\\"', b"\\" + sign],
        "repeated": [b"\n" + header, b"\r" + header],
        "as_formulas": [b'="'],
    }
    found, kinds, overlap = dict.fromkeys(wanted, False), set[bytes](), max(4, len(header) + 1)
    before = b""
    for piece in pieces(path):
        seen = before + piece.removeprefix(codecs.BOM_UTF8 if not before else b"")
        within = _Within(seen)
        for name, signs in wanted.items():
            found[name] = found[name] or any(map(within, signs))
        if b'"' in seen:  # only then a cell can hold a line end
            found["odd_blanks"] = found["odd_blanks"] or any(map(within, _blanks_in_quotes(delimiter)))
        kinds |= _line_ends(seen)
        before = seen[-overlap:]
    return Look(**found, mixed_ends=len(kinds) > 1)


class _Within:
    """Whether a sign is in some bytes. One byte is found eighty times as fast as two, and most are not there at all.

    Signs of two or three bytes with a quote or a line end in them are sought beside these alone: they stand in one
    place of twenty, and all signs together were sought ten times as long in every place.
    """

    def __init__(self, seen: bytes) -> None:
        import numpy as np

        self._seen = seen
        self._text = np.frombuffer(b"".join((bytes(_REACH), seen, bytes(_REACH))), np.uint8)
        self._beside: dict[tuple[bytes, int], Any] = {}

    def __call__(self, sign: bytes) -> bool:
        if sign[:1] not in self._seen or sign[-1:] not in self._seen:
            return False
        anchor = next((one for one in (b'"', b"\n", b"\r") if one in sign), b"")
        return self._is_beside(anchor, sign) if anchor and len(sign) in _SHORT else sign in self._seen

    def _is_beside(self, anchor: bytes, sign: bytes) -> bool:
        others = [(place - sign.index(anchor), byte) for place, byte in enumerate(sign) if place != sign.index(anchor)]
        return bool(reduce(and_, (self._at(anchor, offset) == byte for offset, byte in others)).any())

    def _at(self, anchor: bytes, offset: int) -> Any:
        """What stands so far from each place of a byte. Beyond either end stands NUL, which is in no text."""
        import numpy as np

        if (anchor, offset) not in self._beside:
            found = self._text[self._at(anchor, 0) + offset] if offset else np.flatnonzero(self._text == anchor[0])
            self._beside[anchor, offset] = found
        return self._beside[anchor, offset]


_REACH = 2  # bytes that a sign reaches beyond its quote or line end
_SHORT = range(2, _REACH + 2)


def _line_ends(seen: bytes) -> set[bytes]:
    """Kinds of line ends; one that may be cut in two at either end of a piece is left to the next."""
    if b"\r" not in seen:
        return {b"\n"} if b"\n" in seen.removeprefix(b"\n") else set()
    whole = seen.removeprefix(b"\n").removesuffix(b"\r")
    both = whole.count(b"\r\n")
    counts = {b"\r\n": both, b"\r": whole.count(b"\r") - both, b"\n": whole.count(b"\n") - both}
    return {kind for kind, count in counts.items() if count}


def _odd_blanks(delimiter: str) -> list[bytes]:
    return [blank.encode() for blank in BLANKS if blank not in f" \r\n{delimiter}"]


def _blanks_in_quotes(delimiter: str) -> list[bytes]:
    """What there is where a quoted cell begins or ends with a line end, with spaces around it or none."""
    sign = delimiter.encode()
    return [b'\n"', b'\r"', b"\n ", b"\r ", sign + b'"\n', sign + b'"\r', sign + b'" ']


def pieces(path: Path) -> Iterator[bytes]:
    """A file's bytes, a piece at a time."""
    with path.open("rb") as file:
        yield from iter(lambda: file.read(PIECE), b"")


def _marked(path: Path) -> str:
    """The encoding that a byte order mark, or a NUL in every other byte, tells of."""
    with path.open("rb") as file:
        start = file.read(_SAMPLE)
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return encoding
    even, odd = start[::2].count(0), start[1::2].count(0)
    if max(even, odd) * 4 > len(start) and min(even, odd) * 4 <= max(even, odd):
        return "utf-16-be" if even > odd else "utf-16-le"
    return ""


def _unmarked(path: Path) -> str:
    """UTF-8 where the whole file decodes as it, else cp1252, else Refused."""
    plain = True
    for piece in pieces(path):
        plain = plain and piece.isascii()
        _refuse_nul(piece)
    for encoding in (UTF8, "cp1252"):
        if plain or _decodes(path, encoding):
            return encoding
    raise Refused(
        "not_text",
        "found bytes that are neither UTF-8, UTF-16 nor cp1252. Export the file as CSV UTF-8, or name its encoding in "
        "`file.encoding` of the layout.",
    )


def _refuse_nul(piece: bytes) -> None:
    if b"\0" in piece:
        raise Refused("not_text", "found NUL bytes (a binary or damaged file), expected text. Export it as CSV UTF-8.")


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for piece in pieces(path):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _transcode(path: Path, target: Path, encoding: str) -> None:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with target.open("wb") as out:
            for piece in pieces(path):
                _put(out, decoder.decode(piece))
            _put(out, decoder.decode(b"", final=True))
    except UnicodeError as error:
        raise Refused(
            "not_text", f"found bytes that are not {encoding} (or a file cut off), expected text. Send it again."
        ) from error


def _put(out: BinaryIO, text: str) -> None:
    written = text.encode()
    _refuse_nul(written)
    out.write(written)
