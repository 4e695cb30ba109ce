"""Receipts and what follows from them: versions, and which version of a month is in force at a time.

Belongs here: pure functions on receipts. The warehouse is a function of these and a time.
Does not belong here: bytes and folders (landing), what the bytes mean (staging).
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple, Protocol, TypeVar

from vm_pipeline.calendar import months
from vm_pipeline.sources.decisions import Decision, Kind


@dataclass(frozen=True)
class Slot:
    """What a version replaces: one feed of one provider for one span of months; or one reference file.

    `part` keeps apart what several systems send of one feed (A&E beside beds); each replaces only its own.
    """

    feed: str
    provider_code: str
    first_period: str = ""
    last_period: str = ""
    part: str = ""

    @property
    def period(self) -> str:
        """`2022-07`, or `2022-04_2023-03` for an extract of several months; empty for reference files."""
        return "_".join(dict.fromkeys(filter(None, (self.first_period, self.last_period))))

    @property
    def sender(self) -> str:
        """Whose series it belongs to: the provider, or one system of it, `RJ6/beds`."""
        return "/".join(filter(None, (self.provider_code, self.part)))

    @property
    def months(self) -> tuple[str, ...]:
        """The months it replaces; one nameless month for reference files."""
        return tuple(months(self.first_period, self.last_period)) if self.first_period else ("",)

    @cached_property
    def cells(self) -> tuple["Cell", ...]:
        """What only one version can have at a time: each of its months, of this feed and sender."""
        return tuple(Cell(self.feed, self.provider_code, self.part, month) for month in self.months)

    def is_of(self, provider: str | None, period: str | None) -> bool:
        """Whether it is of a provider and has a month; None stands for any."""
        return (not provider or self.provider_code == provider.upper()) and (not period or period in self.months)

    def __str__(self) -> str:
        return "/".join(filter(None, (self.feed, self.provider_code, self.part, self.period)))


class Cell(NamedTuple):
    """A month of a feed of a sender, which one version at most has in force."""

    feed: str
    provider_code: str
    part: str
    month: str


@dataclass(frozen=True)
class Receipt:
    """The event that an extract was received. Append-only; `received_at` is UTC, ISO, to the microsecond."""

    slot: Slot
    sha256: str
    control_sha256: str
    layout_sha256: str
    received_at: str
    name: str
    size: int

    @cached_property
    def content_id(self) -> str:
        """Twelve hex digits that stand for what was received and for which slot; the same on any machine."""
        slot, part = self.slot, [self.slot.part] if self.slot.part else []
        of_slot = (slot.feed, slot.provider_code, slot.first_period, slot.last_period, *part)
        parts = (*of_slot, self.sha256, self.control_sha256, self.layout_sha256)
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Version:
    """One received version of a slot. `months_in_force` is empty once it is superseded or withdrawn, or if refused.

    `superseded_at`: since when later versions have its months, also of one that was erased since; empty where it was
    taken out of force by decision. `decision` is the last that took it out of force, or None. `sent_again_at`: when,
    still in force, it came once more after other content; empty where it never did.
    """

    batch_id: str
    receipt: Receipt
    refused: bool
    superseded_at: str
    months_in_force: tuple[str, ...]
    decision: Decision | None = None
    sent_again_at: str = ""

    @property
    def purged(self) -> bool:
        """Whether its bytes are erased."""
        return self.decision is not None and self.decision.kind is Kind.PURGED

    @property
    def in_force(self) -> bool:
        """Whether any month of it counts."""
        return bool(self.months_in_force)

    @property
    def cells_in_force(self) -> list[Cell]:
        """What it alone has: its months that count, of its feed and sender."""
        return [cell for cell in self.receipt.slot.cells if cell.month in self.months_in_force]


class _Logged(Protocol):
    @property
    def received_at(self) -> str: ...


Logged = TypeVar("Logged", bound=_Logged)


def known_at(log: Iterable[Logged], as_of: str = "") -> list[Logged]:
    """Receipts or decisions up to a time (UTC, ISO; empty = all), in the order they were logged."""
    return [one for one in log if not as_of or one.received_at <= as_of]


def versions(
    receipts: Sequence[Receipt], refused: Collection[str] = (), decisions: Sequence[Decision] = ()
) -> list[Version]:
    """Every version received, with what is in force of it. `refused` holds content ids.

    Content that its slot sent last, or that is in force, adds nothing. An older content that comes back is a version of
    its own, `<content_id>-2`. A withdrawn version is out of force until it is reinstated, and each of its months goes
    to the last version that covers it and is neither refused nor withdrawn.
    """
    history = _History(refused)
    log: list[Receipt | Decision] = sorted([*receipts, *decisions], key=lambda one: one.received_at)
    for one in log:
        if isinstance(one, Receipt):
            history.receive(one)
        else:
            history.decide(one)
    return history.versions()


@dataclass
class _History:
    """The log, replayed. Versions are numbered by place, `claims` holds those that cover a cell, oldest first."""

    refused: Collection[str]
    found: list[tuple[str, Receipt]] = field(default_factory=list)
    lost_at: list[str] = field(default_factory=list)
    out: dict[int, Decision] = field(default_factory=dict)
    outlived: set[int] = field(default_factory=set)  # superseded first, and then purged
    again: dict[int, str] = field(default_factory=dict)
    claims: dict[Cell, list[int]] = field(default_factory=lambda: defaultdict(list))
    places: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    sent_last: dict[Slot, str] = field(default_factory=dict)

    def receive(self, receipt: Receipt) -> None:
        content, before = receipt.content_id, self.places[receipt.content_id]
        same, self.sent_last[receipt.slot] = self.sent_last.get(receipt.slot) == content, content
        if same:
            return
        if before and self._held(before[-1]):
            self.again[before[-1]] = receipt.received_at
            return
        place = len(self.found)
        self.found.append((content if not before else f"{content}-{len(before) + 1}", receipt))
        self.lost_at.append("")
        before.append(place)
        for cell in receipt.slot.cells if content not in self.refused else ():
            owner = self._owner(cell)
            self.claims[cell].append(place)
            if owner is not None:
                self.lost_at[owner] = receipt.received_at

    def decide(self, decision: Decision) -> None:
        """A decision about a version there is none of says nothing."""
        for place in self.places.get(decision.content_id, ()):
            batch_id, receipt = self.found[place]
            if batch_id != decision.batch_id or (place in self.out and self.out[place].kind is Kind.PURGED):
                continue
            cells = receipt.slot.cells
            before = [self._owner(cell) for cell in cells]
            self._put(place, decision)
            for cell, owner in zip(cells, before, strict=True):
                if owner is not None and self._owner(cell) != owner:
                    self.lost_at[owner] = decision.received_at

    def versions(self) -> list[Version]:
        held = [self._held(place) for place in range(len(self.found))]
        decided = self.out.keys() - self.outlived
        return [
            Version(
                batch_id,
                receipt,
                receipt.content_id in self.refused,
                "" if held[place] or place in decided else self.lost_at[place],
                held[place],
                self.out.get(place),
                self.again.get(place, ""),
            )
            for place, (batch_id, receipt) in enumerate(self.found)
        ]

    def _put(self, place: int, decision: Decision) -> None:
        if decision.kind is Kind.REINSTATED:
            self.out.pop(place, None)
            return
        if decision.kind is Kind.PURGED and place not in self.out and not self._held(place):
            self.outlived.add(place)
        self.out[place] = decision

    def _owner(self, cell: Cell) -> int | None:
        return next((place for place in reversed(self.claims[cell]) if place not in self.out), None)

    def _held(self, place: int) -> tuple[str, ...]:
        """Months in force of a version."""
        receipt = self.found[place][1]
        return tuple(sorted(cell.month for cell in receipt.slot.cells if self._owner(cell) == place))


def waiting(found: Sequence[Version]) -> list[Version]:
    """Refused versions that no sound one stands in for that came later, or came again: somebody has to mend them."""
    came = _last_sound(found)
    return [
        one
        for place, one in enumerate(found)
        if one.refused
        and not all(came.get(cell, _NEVER) > (one.receipt.received_at, place) for cell in one.receipt.slot.cells)
    ]


_NEVER = ("", -1)


def _last_sound(found: Sequence[Version]) -> dict[Cell, tuple[str, int]]:
    """When a sound version of each cell came last, and its place among those that came with it.

    What came again has the place before all others: only a refused version that came earlier is replaced by it.
    """
    last: dict[Cell, tuple[str, int]] = {}
    for place, one in enumerate(found):
        came = max((one.receipt.received_at, place), (one.sent_again_at, -1))
        for cell in one.receipt.slot.cells if not one.refused else ():
            last[cell] = max(came, last.get(cell, _NEVER))
    return last
