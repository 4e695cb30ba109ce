"""The one data file inside a gz or a zip, as a file of its own; and why some are not unpacked.

Belongs here: guards against files that grow without bound, choosing a member.
Does not belong here: workbooks, which are zips with rules of their own (workbook_guard).

Nothing is written under a name that an archive gives.
"""

import gzip
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from typing import IO

from vm_pipeline.staging.reading.sheet import Refused

GZ, ZIP, EMPTY_ZIP = b"\x1f\x8b", b"PK\x03\x04", b"PK\x05\x06"
PIECE = 1 << 20
_MOST_BYTES = 8 << 30
_MOST_RATIO = 250  # ledgers pack 5 to 40 times
_SMALL = 64 << 20  # up to here a ratio does no harm
_ENCRYPTED = 0x1
_DAMAGED = (
    EOFError,
    OSError,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    ValueError,
)


def unpacked(path: Path, workspace: Path, member: str = "") -> Path:
    """The file itself, or what is inside a gz or zip that is no workbook. Raises Refused."""
    with path.open("rb") as file:
        start = file.read(len(ZIP))
    if start.startswith(GZ):
        inner = _from_gz(path, workspace)
    elif start.startswith(EMPTY_ZIP) or (start == ZIP and not is_workbook(path)):
        inner = _from_zip(path, workspace, member)
    else:
        return path
    with inner.open("rb") as file:
        start = file.read(len(ZIP))
    if start.startswith(GZ) or (start == ZIP and not is_workbook(inner)):
        raise Refused("broken_archive", "found an archive inside an archive, expected data. Send it packed once.")
    return inner


def is_workbook(path: Path) -> bool:
    """Whether a zip is an xlsx, xlsb or ods."""
    with _opened(path) as archive:
        names = set(archive.namelist())
    return "[Content_Types].xml" in names or {"mimetype", "content.xml"} <= names


def check_growth(grown: int, packed: int) -> None:
    """Raise Refused where packed bytes have grown to more than data ever does."""
    if grown > _MOST_BYTES or (grown > _SMALL and grown > packed * _MOST_RATIO):
        raise Refused(
            "too_large",
            f"found {packed:,} packed bytes that grow to {grown:,} and more, expected at most {_MOST_RATIO} times as "
            f"many, and {_MOST_BYTES:,}. Send the extract in parts, or not packed.",
        )


def _from_gz(path: Path, workspace: Path) -> Path:
    with gzip.open(path) as packed:
        return _copied(packed, path, workspace, path.stat().st_size)


def _from_zip(path: Path, workspace: Path, member: str) -> Path:
    with _opened(path) as archive:
        one = _member(archive, member)
        if one.flag_bits & _ENCRYPTED:
            raise Refused("encrypted", "found a zip under a password, expected one without. Send it without.")
        check_growth(one.file_size, one.compress_size)
        try:
            with archive.open(one) as packed:
                return _copied(packed, path, workspace, one.compress_size)
        except _DAMAGED as error:
            raise _damaged(error) from error


def _member(archive: zipfile.ZipFile, pattern: str) -> zipfile.ZipInfo:
    """The one data file: folders, hidden files and what macOS adds are none."""
    files = [one for one in archive.infolist() if not one.is_dir() and not _is_hidden(one.filename)]
    if pattern:
        wanted = pattern.casefold()
        files = [one for one in files if any(fnmatchcase(name.casefold(), wanted) for name in _names(one.filename))]
    if len(files) != 1:
        raise Refused(
            "several_members",
            f"found {len(files)} files in the zip{' that fit `file.member`' if pattern else ''}, expected one. "
            "Send one file, or say which in `file.member` of the layout.",
        )
    return files[0]


def _names(name: str) -> tuple[str, str]:
    return name, name.rpartition("/")[2]


def _is_hidden(name: str) -> bool:
    return any(part.startswith(".") or part == "__MACOSX" for part in name.split("/"))


def _copied(packed: IO[bytes], path: Path, workspace: Path, size: int) -> Path:
    """What is inside, written out piece by piece as long as it does not grow too large."""
    target, grown = workspace / f"{path.name}.unpacked.read", 0
    try:
        with target.open("wb") as out:
            while piece := packed.read(PIECE):
                grown += len(piece)
                check_growth(grown, size)
                out.write(piece)
    except _DAMAGED as error:
        raise _damaged(error) from error
    return target


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        archive = zipfile.ZipFile(path)
    except _DAMAGED as error:
        raise _damaged(error) from error
    with archive:
        yield archive


def _damaged(error: Exception) -> Refused:
    return Refused(
        "broken_archive",
        f"found an archive that cannot be unpacked ({type(error).__name__}): it is cut off or damaged. Send it again.",
    )
