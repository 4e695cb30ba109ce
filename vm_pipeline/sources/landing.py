"""Landing: every received extract kept under its content hash, and the log of receipts.

Belongs here: the bytes as sent, written once; receipts, appended and never changed.
Does not belong here: what the bytes mean (staging), where they come from (the connectors).

Landing holds what was sent, identifiers included: its folders are mode 0700.
"""

import hashlib
import json
import os
import uuid
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from io import BufferedIOBase
from pathlib import Path

from vm_pipeline.sources.decisions import Decision, Kind, decide, decisions
from vm_pipeline.sources.receipts import Receipt, Slot

_CHUNK = 1 << 20
_WRITERS = 4  # a flush to disk waits for the disk, not for a core


class LandingDamaged(Exception):
    """A landed object is missing, or its bytes are not those that were received."""


@dataclass(frozen=True)
class Extract:
    """What a connector found: a slot, and how to read the bytes for it. `layout` is the resolved layout, as JSON."""

    slot: Slot
    name: str
    content: Callable[[], BufferedIOBase]
    control: Callable[[], BufferedIOBase] | None = None
    layout: str = ""


@dataclass(frozen=True)
class Problem:
    """Something that could not be received: where, what was found, what was expected, what to do."""

    where: str
    found: str
    expected: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.where}: found {self.found}; expected {self.expected}. {self.remedy}"


@dataclass
class Received:
    """The outcome of one landing."""

    new: list[Receipt] = field(default_factory=list)
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class Landing:
    """The landing of one home folder."""

    root: Path

    def receive(self, extracts: Iterable[Extract], now: datetime) -> Received:
        """Keep what is new and log its receipts, in one step at the end; content that is the latest adds nothing."""
        outcome, before = Received(), list(self.receipts())
        received_at, gone = _later(now, self.last_moment), self.purged_objects
        latest = {receipt.slot: receipt.content_id for receipt in before}
        with ThreadPoolExecutor(_WRITERS) as pool:
            for extract, kept in pool.map(lambda one: (one, self._keep(one, received_at)), extracts):
                if isinstance(kept, Problem):
                    outcome.problems.append(kept)
                elif kept.sha256 in gone:
                    self.path(kept.sha256).unlink(missing_ok=True)
                    outcome.problems.append(_purged(kept, gone[kept.sha256]))
                elif latest.get(kept.slot) == kept.content_id:
                    outcome.unchanged += 1
                else:
                    latest[extract.slot] = kept.content_id
                    outcome.new.append(kept)
        self._log(outcome.new)
        return outcome

    def receipts(self) -> Iterator[Receipt]:
        """Every receipt, in the order received."""
        for path in sorted((self.root / "receipts").glob("*.jsonl")):
            for line in path.read_text("utf-8").splitlines():
                record = json.loads(line)
                yield Receipt(**{**record, "slot": Slot(**record["slot"])})

    def decisions(self) -> list[Decision]:
        """Every decision about a version, in the order taken."""
        return decisions(self.root)

    def decide(self, taken: Iterable[Decision], now: datetime) -> list[Decision]:
        """Log decisions about versions. Returns them with their time."""
        return decide(self.root, taken, now, self.last_moment)

    @property
    def last_moment(self) -> str:
        """The time of the last receipt or decision; empty before the first."""
        received = [one.received_at for one in self.receipts()]
        return max([*received, *(one.received_at for one in self.decisions())], default="")

    @property
    def purged_objects(self) -> dict[str, Decision]:
        """Hashes whose bytes were erased and are not taken again, each with the decision."""
        return {sha: one for one in self.decisions() if one.kind is Kind.PURGED for sha in one.erased[:1]}

    def path(self, sha256: str) -> Path:
        """Where an object lies."""
        return self.root / "objects" / sha256[:2] / sha256

    def verified(self, sha256: str) -> Path:
        """The path of an object whose bytes were just checked against its hash. Raises LandingDamaged."""
        path = self.path(sha256)
        remedy = "Put the file back in the source (or restore the landing from backup) and run again."
        if not path.is_file():
            raise LandingDamaged(f"{path}: found no file, expected the received bytes. {remedy}")
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != sha256:
            raise LandingDamaged(f"{path}: found bytes with sha256 {found[:12]}…, expected {sha256[:12]}…. {remedy}")
        return path

    def _keep(self, extract: Extract, received_at: str) -> Receipt | Problem:
        try:
            sha256, size = self._store(extract.content)
            control = self._store(extract.control)[0] if extract.control else ""
            layout = self._store_bytes(extract.layout.encode()) if extract.layout else ""
        except OSError as error:
            return Problem(
                extract.name,
                f"{type(error).__name__} ({error.strerror or error})",
                "a file that can be read",
                "Mend it at the source and run again.",
            )
        return Receipt(extract.slot, sha256, control, layout, received_at, extract.name, size)

    def _store(self, content: Callable[[], BufferedIOBase]) -> tuple[str, int]:
        """Copy the content in under its hash, unless it is there already, sound. Returns hash and size."""
        with content() as source:
            sha256 = hashlib.file_digest(source, "sha256").hexdigest()
            size = source.tell()
            if self._has(sha256, size):
                return sha256, size
            source.seek(0)
            return self._copy(iter(lambda: source.read(_CHUNK), b""))

    def _store_bytes(self, content: bytes) -> str:
        return self._copy([content])[0]

    def _has(self, sha256: str, size: int) -> bool:
        """Whether the object is there; one that was damaged in place is written again."""
        path = self.path(sha256)
        return path.is_file() and path.stat().st_size == size and _digest(path) == sha256

    def _copy(self, chunks: Iterable[bytes]) -> tuple[str, int]:
        """Write to a file of its own, flush it to disk, then give it its name: whole or not at all."""
        folder = self._folder("incoming")
        draft = folder / uuid.uuid4().hex
        digest, size = hashlib.sha256(), 0
        with draft.open("xb") as file:
            for chunk in chunks:
                digest.update(chunk)
                size += file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        sha256 = digest.hexdigest()
        self._folder("objects", sha256[:2])
        draft.chmod(0o400)
        draft.replace(self.path(sha256))
        return sha256, size

    def _log(self, receipts: list[Receipt]) -> None:
        """Append the receipts of one landing as one file, which appears whole or not at all."""
        if not receipts:
            return
        hashes = {sha for one in receipts for sha in (one.sha256, one.control_sha256, one.layout_sha256) if sha}
        for folder in {self.path(sha).parent for sha in hashes}:
            _flush_folder(folder)
        folder = self._folder("receipts")
        stamp = receipts[0].received_at.replace(":", "").replace("-", "")
        draft = self._folder("incoming") / uuid.uuid4().hex
        with draft.open("x", encoding="utf-8") as file:
            file.writelines(json.dumps(asdict(receipt)) + "\n" for receipt in receipts)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(folder / f"{stamp}-{draft.name[:8]}.jsonl")
        _flush_folder(folder)

    def _folder(self, *parts: str) -> Path:
        folder = self.root.joinpath(*parts)
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.root.chmod(0o700)
        return folder


def opener(path: Path) -> Callable[[], BufferedIOBase]:
    """How to read a file's bytes, later."""
    return lambda: path.open("rb")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _flush_folder(folder: Path) -> None:
    """Make names in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _purged(receipt: Receipt, decision: Decision) -> Problem:
    return Problem(
        receipt.name,
        f"the bytes of batch {decision.batch_id}, purged on {decision.received_at[:10]} ({decision.reason})",
        "a file that may be kept",
        "Take it out of the source, or put the mended file in its place.",
    )


def _later(now: datetime, last: str) -> str:
    """The time of this landing: never earlier than the last in the log, though the clock may have jumped back."""
    stamp = now.astimezone(UTC)
    if last:
        stamp = max(stamp, datetime.fromisoformat(last) + timedelta(microseconds=1))
    return stamp.isoformat(timespec="microseconds")
