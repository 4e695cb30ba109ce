"""Taking a version out of force by decision, and back: what was wrong is known, what was right is not sent yet.

Belongs here: whether it may be done, and what comes back into force. Does not belong here: erasing anything (purge).
"""

from dataclasses import dataclass
from datetime import datetime

from vm_pipeline.home import Home
from vm_pipeline.sources.decisions import Decision, Kind
from vm_pipeline.sources.receipts import Cell, Version


class CannotDecide(Exception):
    """The decision makes no sense for this version. The text says what was found, what was expected, what to do."""


@dataclass(frozen=True)
class Moved:
    """A month that changed hands: which batch had it, which has it now; empty = none."""

    month: str
    before: str
    after: str


@dataclass(frozen=True)
class Decided:
    """A decision, and what follows for the months in force."""

    decision: Decision
    slot: str
    moved: tuple[Moved, ...]


def withdraw(home: Home, batch_id: str, reason: str, now: datetime) -> Decided:
    """Out of force from now on. Raises CannotDecide, NotStaged."""
    version = version_of(home, batch_id)
    if version.refused:
        raise CannotDecide(
            f"{batch_id}: found a batch that was refused, expected one that counts: nothing to withdraw."
        )
    if version.decision:
        raise CannotDecide(
            f"{batch_id}: found it {version.decision.kind} already, since {version.decision.received_at}."
        )
    return _decided(home, version, Decision(Kind.WITHDRAWN, batch_id, reason), now)


def reinstate(home: Home, batch_id: str, reason: str, now: datetime) -> Decided:
    """Back in force, where no later version has its months. Raises CannotDecide, NotStaged."""
    version = version_of(home, batch_id)
    if version.decision is None or version.purged:
        found = "purged: its rows are gone" if version.purged else "not withdrawn"
        raise CannotDecide(f"{batch_id}: found it {found}, expected a batch that was withdrawn.")
    return _decided(home, version, Decision(Kind.REINSTATED, batch_id, reason), now)


def version_of(home: Home, batch_id: str) -> Version:
    """The version of a batch id. Raises CannotDecide, NotStaged."""
    for version in home.known().versions:
        if version.batch_id == batch_id:
            return version
    raise CannotDecide(f"{batch_id}: found no such batch, expected a batch_id of `vm.batch` or of `vm-pipeline trace`.")


def _decided(home: Home, version: Version, decision: Decision, now: datetime) -> Decided:
    slot = version.receipt.slot
    before = _owners(home)
    (logged,) = home.landing.decide([decision], now)
    after = _owners(home)
    moved = [Moved(cell.month, before.get(cell, ""), after.get(cell, "")) for cell in slot.cells]
    return Decided(logged, str(slot), tuple(one for one in moved if one.before != one.after))


def _owners(home: Home) -> dict[Cell, str]:
    return {cell: version.batch_id for version in home.known().versions for cell in version.cells_in_force}
