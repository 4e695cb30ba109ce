"""Extracts: what a connector hands to landing, and how it says that something could not be had.

Belongs here: the words that connectors and landing share. Does not belong here: any connector, anything that keeps.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BufferedIOBase
from pathlib import Path

from vm_pipeline.feeds.identifiers import masked
from vm_pipeline.sources.receipts import Slot

OPEN_IN_OFFICE = "~$"  # how the file begins that marks a workbook somebody has open; it is gone when they close it


class NotReceived(Exception):
    """A connector's account of why an extract could not be had. No text of a server and no secret belongs in it.

    `everywhere`: the whole source is in trouble (no connection, wrong password); its other extracts need not be tried.
    """

    def __init__(self, found: str, expected: str, remedy: str, *, everywhere: bool = False) -> None:
        super().__init__(f"found {found}; expected {expected}. {remedy}")
        self.found, self.expected, self.remedy, self.everywhere = found, expected, remedy, everywhere


class Absent(Exception):
    """The source has nothing for the slot, or nothing yet."""


class Unchanged(Exception):
    """The source says that it still has what it gave under the mark it was shown."""


@dataclass(frozen=True)
class Fetch:
    """Content that has to be brought from elsewhere, in one go.

    `bring(draft, mark)` writes it to the path `draft` (others beside it may serve as scratch) and returns the mark by
    which the source will know it again, such as an ETag, or "". `mark` is the one it returned the last time, or "".
    Raises NotReceived, Absent, Unchanged. `address` says what a mark belongs to; only its hash is kept.
    """

    bring: Callable[[Path, str], str]
    address: str = ""


def _sound() -> None:
    """Nothing to object."""


@dataclass(frozen=True)
class Extract:
    """What a connector found: a slot, and how to read the bytes for it. `layout` is the resolved layout, as JSON.

    `check` is asked when the bytes are read and raises NotReceived where they are not to be trusted. `origin` names the
    source in problems that concern all of it.
    """

    slot: Slot
    name: str
    content: Callable[[], BufferedIOBase] | Fetch
    control: Callable[[], BufferedIOBase] | None = None
    layout: str = ""
    check: Callable[[], None] = _sound
    origin: str = ""


@dataclass(frozen=True)
class Problem:
    """Something that could not be received: where, what was found, what was expected, what to do.

    What looks like an identifier of a person is masked: a file may be called by one.
    """

    where: str
    found: str
    expected: str
    remedy: str

    def __post_init__(self) -> None:
        for name in ("where", "found", "expected", "remedy"):
            object.__setattr__(self, name, masked(getattr(self, name)))

    def __str__(self) -> str:
        return f"{self.where}: found {self.found}; expected {self.expected}. {self.remedy}"


def one_a_slot(
    extracts: Sequence[Extract], another: str, expected: str, remedy: str
) -> tuple[list[Extract], list[Problem]]:
    """Extracts that alone stand for their slot; of the others none is taken, and each is a problem.

    Which of two counts is not for an alphabet to decide: what was received before stays in force.
    """
    claims = Counter(one.slot for one in extracts)
    alone = [one for one in extracts if claims[one.slot] == 1]
    return alone, [
        Problem(one.name, f"{another} for {one.slot}", expected, remedy) for one in extracts if claims[one.slot] > 1
    ]


def opener(path: Path) -> Callable[[], BufferedIOBase]:
    """How to read a file's bytes, later."""
    return lambda: path.open("rb")


def state(path: Path) -> object:
    """What a file looks like from outside: its size and time, or nothing where it is gone."""
    try:
        seen = path.stat()
    except OSError:
        return None
    return seen.st_size, seen.st_mtime_ns


def steady(state: Callable[[], object]) -> Callable[[], None]:
    """A check that a file is what it was when it was found; a sender may still be writing it."""
    found = state()

    def check() -> None:
        if state() != found:
            remedy = "It is left for the next run: let the sender write elsewhere and move it here when it is whole."
            raise NotReceived("a file that is still being written", "a file that is whole", remedy)

    return check
