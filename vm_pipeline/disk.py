"""The disk: what makes a write survive a power cut, and how a full one is told from other trouble.

Belongs here: flushing, and knowing that there is no room. Does not belong here: what is written.
"""

import errno
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
FULL_DISK = "found no room left on the disk; expected room for a night's work. Free some, and run again."
_NOT_WRITABLE = (errno.EACCES, errno.EPERM, errno.EROFS)
_SAID = ("no space left on device", "disk quota exceeded", "database or disk is full")  # by DuckDB and SQLite


def flush(path: Path) -> None:
    """Make a file's bytes, or the names in a folder, survive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def flush_all(folder: Path) -> None:
    """Make a folder survive a power cut, with the files in it; not what lies deeper."""
    for path in folder.iterdir():
        if path.is_file():
            flush(path)
    flush(folder)


def put(path: Path, text: str) -> None:
    """Write a file that is there whole or not at all, after a power cut too."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    draft.write_text(text, "utf-8")
    flush(draft)
    draft.replace(path)


def is_full(error: BaseException) -> bool:
    """Whether an error comes of a full disk, whoever met it first."""
    return any(_is_no_room(one) for one in _causes(error))


def said_of_disk(error: BaseException) -> str:
    """What to tell people of an error that is the disk's, and theirs to mend; empty for any other."""
    if is_full(error):
        return FULL_DISK
    for one in _causes(error):
        if "disk i/o error" in str(one).casefold():  # SQLite's word when its shared memory cannot grow
            return "found the disk full or failing; expected room for a night's work. Free some, and run again."
        if isinstance(one, OSError) and one.errno in _NOT_WRITABLE:
            return (
                f"{one.filename}: found no access, expected to read and write there. Give it to this user; run again."
            )
        if isinstance(one, NotADirectoryError | FileExistsError):
            return f"{one.filename}: found a file in this path, expected folders. Name another home, or move the file."
    return ""


def says_full(text: str) -> bool:
    """Whether a message is that of a full disk."""
    return any(words in text.casefold() for words in _SAID)


def _is_no_room(error: BaseException) -> bool:
    return (isinstance(error, OSError) and error.errno in NO_ROOM) or says_full(str(error))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error:
        yield error
        error = error.__cause__ or error.__context__
