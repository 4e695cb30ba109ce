"""Objects: received bytes, kept under their SHA-256 and written once.

Belongs here: where an object lies, whether it is sound, how it gets its name.
Does not belong here: when it came and for what (landing), a draft's folder (incoming).
"""

import hashlib
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from io import BufferedIOBase
from pathlib import Path

from vm_pipeline.disk import flush

_CHUNK = 1 << 20


class LandingDamaged(Exception):
    """A landed object is missing, or its bytes are not those that were received."""


@dataclass(frozen=True)
class Objects:
    """The objects of one landing, in folders of mode 0700 by the first two digits of their hash."""

    root: Path

    def path(self, sha256: str) -> Path:
        """Where an object lies."""
        return self.root / sha256[:2] / sha256

    def verified(self, sha256: str) -> Path:
        """The path of an object whose bytes were just checked against its hash. Raises LandingDamaged."""
        path = self.path(sha256)
        remedy = "Put the file back in the source (or restore the landing from backup) and run again."
        if not path.is_file():
            raise LandingDamaged(f"{path}: found no file, expected the received bytes. {remedy}")
        found = digest(path)
        if found != sha256:
            raise LandingDamaged(f"{path}: found bytes with sha256 {found[:12]}…, expected {sha256[:12]}…. {remedy}")
        return path

    def has(self, sha256: str, size: int) -> bool:
        """Whether the object is there, sound; one that was damaged in place is to be written again."""
        path = self.path(sha256)
        return path.is_file() and path.stat().st_size == size and digest(path) == sha256

    def keep_stream(self, source: BufferedIOBase, desk: Path, check: Callable[[], None], anew: bool) -> tuple[str, int]:
        """Keep what a seekable stream holds, unless it is there already. Returns hash and size.

        `check` is asked once all is read and before the object has a name; what it raises leaves nothing behind.
        Where it is likely to be new (`anew`) it is written as it is read, not to be hashed first.
        """
        chunks = iter(lambda: source.read(_CHUNK), b"")
        if anew:
            return self.keep(chunks, desk, check)
        sha256 = hashlib.file_digest(source, "sha256").hexdigest()
        size = source.tell()
        if self.has(sha256, size):
            check()
            return sha256, size
        source.seek(0)
        return self.keep(chunks, desk, check)

    def keep(self, chunks: Iterable[bytes], desk: Path, check: Callable[[], None] = lambda: None) -> tuple[str, int]:
        """Write to a file of its own, flush it to disk, then give it its name: whole or not at all."""
        draft, seen = desk / uuid.uuid4().hex, hashlib.sha256()
        try:
            with draft.open("xb") as file:
                for chunk in chunks:
                    file.write(chunk)
                    seen.update(chunk)
            return self._named(draft, seen.hexdigest(), check)
        finally:
            draft.unlink(missing_ok=True)

    def adopt(self, draft: Path, check: Callable[[], None] = lambda: None) -> tuple[str, int]:
        """Give a written file of the same filesystem its name, unless the object is there. Returns hash and size."""
        return self._named(draft, digest(draft), check)

    def _named(self, draft: Path, sha256: str, check: Callable[[], None]) -> tuple[str, int]:
        size = draft.stat().st_size
        check()
        if not self.has(sha256, size):
            flush(draft)
            folder = self.path(sha256).parent
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft.chmod(0o400)
            draft.replace(self.path(sha256))
        return sha256, size


def digest(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
