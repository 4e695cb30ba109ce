"""Receipts and what follows from them: versions, and which version of a month is in force at a time.

Belongs here: pure functions on receipts. The warehouse is a function of these and a time.
Does not belong here: bytes and folders (landing), what the bytes mean (staging).
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property

from vm_pipeline.calendar import months


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

    def __str__(self) -> str:
        return "/".join(filter(None, (self.feed, self.provider_code, self.part, self.period)))


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
        slot = [value for name, value in asdict(self.slot).items() if name != "part" or value]
        parts = (*slot, self.sha256, self.control_sha256, self.layout_sha256)
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Version:
    """One received version of a slot. `months_in_force` is empty once it is superseded, or if it was refused."""

    batch_id: str
    receipt: Receipt
    refused: bool
    superseded_at: str
    months_in_force: tuple[str, ...]

    @property
    def in_force(self) -> bool:
        """Whether any month of it counts."""
        return bool(self.months_in_force)


def known_at(receipts: Iterable[Receipt], as_of: str = "") -> list[Receipt]:
    """Receipts up to a time (UTC, ISO; empty = all), in the order they were received."""
    return [receipt for receipt in receipts if not as_of or receipt.received_at <= as_of]


def versions(receipts: Sequence[Receipt], refused: Collection[str] = ()) -> list[Version]:
    """Every version received, with what is in force of it. `refused` holds content ids.

    Content that its slot sent last, or that is in force, adds nothing. An older content that comes back is a version of
    its own, `<content_id>-2`.
    """
    found: list[tuple[str, Receipt]] = []
    held: list[set[str]] = []
    lost_at: list[str] = []
    owner: dict[tuple[str, str, str, str], int] = {}
    sent_last: dict[Slot, str] = {}
    places: dict[str, list[int]] = defaultdict(list)
    for receipt in receipts:
        content, before = receipt.content_id, places[receipt.content_id]
        again, sent_last[receipt.slot] = sent_last.get(receipt.slot) == content, content
        if again or (before and held[before[-1]]):
            continue
        place = len(found)
        before.append(place)
        found.append((content if len(before) == 1 else f"{content}-{len(before)}", receipt))
        held.append(set())
        lost_at.append("")
        for month in receipt.slot.months if content not in refused else ():
            cell = (receipt.slot.feed, receipt.slot.provider_code, receipt.slot.part, month)
            if cell in owner:
                held[owner[cell]].discard(month)
                lost_at[owner[cell]] = receipt.received_at
            owner[cell] = place
            held[place].add(month)
    return [
        Version(
            batch_id,
            receipt,
            receipt.content_id in refused,
            "" if held[place] else lost_at[place],
            tuple(sorted(held[place])),
        )
        for place, (batch_id, receipt) in enumerate(found)
    ]


def waiting(found: Sequence[Version]) -> list[Version]:
    """Refused versions that no later sound one stands in for: somebody has still to mend them."""
    return [
        one for place, one in enumerate(found) if one.refused and not _replaced(one.receipt.slot, found[place + 1 :])
    ]


def _replaced(slot: Slot, later: Sequence[Version]) -> bool:
    covered = {
        month
        for version in later
        if not version.refused and (version.receipt.slot.feed, version.receipt.slot.sender) == (slot.feed, slot.sender)
        for month in version.receipt.slot.months
    }
    return set(slot.months) <= covered
