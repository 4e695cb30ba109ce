"""Landing: every received extract kept under its content hash, and the log of receipts.

Belongs here: the one door all extracts come through; receipts, appended and never changed.
Does not belong here: what the bytes mean (staging), where they come from (the connectors), how they lie (objects).

Landing holds what was sent, identifiers included: its folders are mode 0700.
"""

import hashlib
import json
import uuid
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from functools import cache
from io import BufferedIOBase
from pathlib import Path

from vm_pipeline.disk import flush, is_full
from vm_pipeline.sources.decisions import Decision, Kind, decide, decisions
from vm_pipeline.sources.extract import Absent, Extract, Fetch, NotReceived, Problem, Unchanged
from vm_pipeline.sources.incoming import desk, locked
from vm_pipeline.sources.log import LogFile, append, files, later
from vm_pipeline.sources.objects import LandingDamaged, Objects
from vm_pipeline.sources.receipts import Receipt, Slot

_WRITERS = 4  # a flush to disk waits for the disk, not for a core


@dataclass
class Received:
    """The outcome of one landing. `absent` are extracts whose source had nothing for them, which is no problem."""

    new: list[Receipt] = field(default_factory=list)
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)
    absent: list[Extract] = field(default_factory=list)


@dataclass(frozen=True)
class Landing:
    """The landing of one home folder."""

    root: Path

    @property
    def objects(self) -> Objects:
        """The bytes, by their hash."""
        return Objects(self.root / "objects")

    @property
    def incoming(self) -> Path:
        """Where what is being received lies until it is whole."""
        return self.root / "incoming"

    def receive(self, extracts: Iterable[Extract], now: datetime) -> Received:
        """Keep what is new and log its receipts, in one step at the end; content that is the latest adds nothing."""
        extracts, outcome = list(extracts), Received()
        if not extracts:
            return outcome
        self._folder()
        with desk(self.incoming) as here:
            kept = self._kept(extracts, here, outcome)
            with locked(self.incoming):  # another landing may be at work beside this one: what it logged comes before
                latest = self._settle(kept, outcome, now)
                self._log_or_say(outcome, here)
        outcome.problems += _never_there(extracts, outcome, latest)
        return outcome

    def receipts(self) -> Iterator[Receipt]:
        """Every receipt, in the order received. Raises LandingDamaged."""
        for file in files(self.root / "receipts"):
            yield from _read(file)

    def decisions(self) -> list[Decision]:
        """Every decision about a version, in the order taken."""
        return decisions(self.root)

    def decide(self, taken: Iterable[Decision], now: datetime) -> list[Decision]:
        """Log decisions about versions. Returns them with their time."""
        with desk(self.incoming) as here, locked(self.incoming):
            return decide(self.root, taken, later(now, self.last_moment), here)

    @property
    def last_moment(self) -> str:
        """The time of the last receipt or decision; empty before the first."""
        return self._last(self.receipts())

    def _last(self, receipts: Iterable[Receipt]) -> str:
        received = [one.received_at for one in receipts]
        return max([*received, *(one.received_at for one in self.decisions())], default="")

    @property
    def purged_objects(self) -> dict[str, Decision]:
        """Hashes whose bytes were erased and are not taken again, each with the decision."""
        return {sha: one for one in self.decisions() if one.kind is Kind.PURGED for sha in one.erased[:1]}

    def path(self, sha256: str) -> Path:
        """Where an object lies."""
        return self.objects.path(sha256)

    def verified(self, sha256: str) -> Path:
        """The path of an object whose bytes were just checked against its hash. Raises LandingDamaged."""
        return self.objects.verified(sha256)

    def _kept(self, extracts: list[Extract], here: Path, outcome: Received) -> list[Receipt]:
        """What is kept of the extracts, without its time; the rest stands in the outcome."""
        found, keeper = [], _Keeper(self, here, anew=not self.objects.root.exists())
        with ThreadPoolExecutor(_WRITERS) as pool:
            for extract, kept in zip(extracts, pool.map(keeper.keep, extracts), strict=True):
                if kept is None:
                    outcome.absent.append(extract)
                elif isinstance(kept, Problem):
                    outcome.problems += [kept] if kept not in outcome.problems else []
                else:
                    found.append(kept)
        return found

    def _settle(self, kept: list[Receipt], outcome: Received, now: datetime) -> dict[Slot, str]:
        """What of it is new, and when it came. Returns the latest content of every slot."""
        before, gone = list(self.receipts()), self.purged_objects
        latest, moment = {receipt.slot: receipt.content_id for receipt in before}, later(now, self._last(before))
        for one in kept:
            if one.sha256 in gone:
                self.path(one.sha256).unlink(missing_ok=True)
                outcome.problems.append(purged(one, gone[one.sha256]))
            elif latest.get(one.slot) == one.content_id:
                outcome.unchanged += 1
            else:
                latest[one.slot] = one.content_id
                outcome.new.append(replace(one, received_at=moment))
        return latest

    def _log_or_say(self, outcome: Received, here: Path) -> None:
        """Without room for the log nothing was received, whatever objects are kept: they are found the next time."""
        try:
            self._log(outcome.new, here)
        except OSError as error:
            if not is_full(error):
                raise
            outcome.new = []
            outcome.problems.append(_no_room(str(self.root), self.root))

    def _log(self, receipts: list[Receipt], here: Path) -> None:
        """Append the receipts of one landing as one file, which appears whole or not at all."""
        if not receipts:
            return
        hashes = {sha for one in receipts for sha in (one.sha256, one.control_sha256, one.layout_sha256) if sha}
        folder = self._folder("receipts")
        for holder in (*{self.path(sha).parent for sha in hashes}, self.objects.root, self.root, self.root.parent):
            flush(holder)  # a receipt must not outlive what it speaks of, nor the folders it is found in
        append(folder, map(asdict, receipts), receipts[0].received_at, here)

    def _folder(self, *parts: str) -> Path:
        folder = self.root.joinpath(*parts)
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.root.chmod(0o700)
        return folder


@dataclass
class _Keeper:
    """Keeps extracts of one landing, several at a time. `anew`: the first; `down`: sources in trouble as a whole."""

    landing: Landing
    desk: Path
    anew: bool
    down: dict[str, Problem] = field(default_factory=dict)

    def keep(self, extract: Extract) -> Receipt | Problem | None:
        """Its receipt, without its time; a problem; or None for nothing there."""
        if extract.origin in self.down:
            return self.down[extract.origin]
        try:
            sha256, size = self._content(extract)
            control = self._stored(extract.control, extract.check)[0] if extract.control else ""
            layout = self.landing.objects.keep([extract.layout.encode()], self.desk)[0] if extract.layout else ""
        except Absent:
            return None
        except (NotReceived, OSError) as error:
            problem = problem_of(extract, error, self.landing.root)
            everywhere = isinstance(error, NotReceived) and error.everywhere and extract.origin
            return self.down.setdefault(extract.origin, problem) if everywhere else problem
        return Receipt(extract.slot, sha256, control, layout, "", extract.name, size)

    def _content(self, extract: Extract) -> tuple[str, int]:
        if isinstance(extract.content, Fetch):
            return self._fetched(extract.content, extract)
        return self._stored(extract.content, extract.check)

    def _stored(self, content: Callable[[], BufferedIOBase], check: Callable[[], None]) -> tuple[str, int]:
        with content() as source:
            return self.landing.objects.keep_stream(source, self.desk, check, self.anew)

    def _fetched(self, fetch: Fetch, extract: Extract) -> tuple[str, int]:
        """What was brought; or, where the source says it has not changed, what it gave when it showed that mark."""
        memory = self.landing.root / "marks" / hashlib.sha256(f"{extract.slot}\n{fetch.address}".encode()).hexdigest()
        seen, objects = _remembered(memory), self.landing.objects
        known = seen is not None and objects.has(seen.sha256, seen.size)
        folder = self.desk / uuid.uuid4().hex
        folder.mkdir()
        try:
            mark = fetch.bring(folder / "draft", seen.mark if known and seen else "")
            sha256, size = objects.adopt(folder / "draft", extract.check)
        except Unchanged:
            if not (known and seen):
                raise NotReceived("an answer of no change", "the content", "Run again.") from None
            return seen.sha256, seen.size
        if mark:
            memory.parent.mkdir(exist_ok=True, mode=0o700)
            (folder / "mark").write_text(json.dumps(asdict(_Mark(mark, sha256, size))), "utf-8")
            (folder / "mark").replace(memory)
        return sha256, size


@dataclass(frozen=True)
class _Mark:
    """By which mark a source knows an object. May be deleted at any time: everything is then asked for in full."""

    mark: str
    sha256: str
    size: int


def _remembered(path: Path) -> _Mark | None:
    try:
        return _Mark(**json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


@cache
def _read(file: LogFile) -> tuple[Receipt, ...]:
    """Receipts of one landing. Read once: every step of a night asks for all there are, and the file never changes."""
    return tuple(_receipts(file.path))


def _receipts(path: str) -> Iterator[Receipt]:
    for number, line in enumerate(Path(path).read_text("utf-8").splitlines(), 1):
        try:
            yield _receipt(line)
        except (ValueError, TypeError, KeyError):
            raise LandingDamaged(
                f"{path}: found line {number} damaged, expected a receipt. Restore the file from backup: "
                "what it spoke of must not be guessed, and until then nothing is received or published."
            ) from None


def _receipt(line: str) -> Receipt:
    record = json.loads(line)
    return Receipt(**{**record, "slot": Slot(**record["slot"])})


def problem_of(extract: Extract, error: NotReceived | OSError, root: Path) -> Problem:
    """Why an extract was not received, for people."""
    if isinstance(error, NotReceived):
        where = extract.origin if error.everywhere and extract.origin else extract.name
        return Problem(where, error.found, error.expected, error.remedy)
    if is_full(error):
        return _no_room(extract.name, root)
    return Problem(
        extract.name,
        f"{type(error).__name__} ({error.strerror or error})",
        "a file that can be read",
        "Mend it at the source and run again.",
    )


def _no_room(where: str, root: Path) -> Problem:
    return Problem(where, f"no room left on the disk of {root}", "room to keep it", "Free some, and run again.")


def _never_there(extracts: list[Extract], outcome: Received, known: dict[Slot, str]) -> list[Problem]:
    """A source that has, and ever had, nothing for any month is a wrong address rather than a late sender."""
    missing = {one.slot for one in outcome.absent if one.slot not in known}
    absent = {one.origin for one in extracts if one.origin and one.slot in missing}
    others = {one.origin for one in extracts if one.slot not in missing}
    expected, remedy = "an extract for one of its months", "Check the address, the query and the months of this source."
    return [Problem(origin, "nothing for any month", expected, remedy) for origin in sorted(absent - others)]


def purged(receipt: Receipt, decision: Decision) -> Problem:
    """Why bytes that were erased for good are not received again."""
    return Problem(
        receipt.name,
        f"the bytes of batch {decision.batch_id}, purged on {decision.received_at[:10]} ({decision.reason})",
        "a file that may be kept",
        "Take it out of the source, or put the mended file in its place.",
    )
