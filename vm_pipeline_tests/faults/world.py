"""A tiny world to hurt: a drop folder, the nights over it, and what must hold whatever happened.

Belongs here: what is sent night by night, homes as undisturbed nights leave them, what to compare.
Does not belong here: hurting (victim, kills, the tests).
"""

import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from vm_pipeline.sources.landing import Landing
from vm_pipeline.warehouse.fingerprint import fingerprint_of
from vm_pipeline_tests.faults.victim import Ended, night
from vm_pipeline_tests.programme import Programme

COLD, SECOND = 0, 1
_IN_PROGRESS = ("landing/incoming", "staging/incoming", "as-published/incoming", "work")


def send(programme: Programme, number: int) -> None:
    """What lies in the drop folder on the first night, or on the second: a month restated, a month more."""
    if number == COLD:
        programme.every_feed()
        programme.activity({"patient_ref": "P1"}, {"outcome_code": "dna"})
        return
    programme.reference("cost_centre_map", "B1,R1,T1,1,,", "B1,R9,T1,1,,")
    programme.ledger({"amount": "20.00"}, {"cost_centre_code": "R9", "amount": "7.50"})
    programme.ledger({"amount": "31.00", "period": "5", "posting_date": "2022-08-12"}, period="2022-08")


@dataclass(frozen=True)
class Seen:
    """What a home has come to."""

    fingerprint: str
    receipts: tuple[str, ...]
    batches: tuple[tuple[str, bool], ...]
    facts: int


def seen(home: Path) -> Seen:
    """What readers and landing have. Raises where the warehouse cannot be opened."""
    receipts = [f"{one.slot} {one.content_id}" for one in Landing(home / "landing").receipts()]
    snapshot = home / "warehouse.duckdb"
    with duckdb.connect(str(snapshot), read_only=True) as con:
        batches = con.execute("SELECT batch_id, is_in_force FROM vm.batch ORDER BY ALL").fetchall()
        facts = con.execute("SELECT count(*) FROM vm.fact_cost").fetchone()
    return Seen(fingerprint_of(snapshot), tuple(sorted(receipts)), tuple(batches), facts[0] if facts else 0)


def leftovers(home: Path) -> list[str]:
    """Files of work in progress; none is left when a night is over."""
    inside = [path for folder in _IN_PROGRESS for path in (home / folder).rglob("*")]
    drafts = [path for path in home.rglob("*") if path.suffix in (".draft", ".tmp", ".part")]
    drafts += [path for path in home.glob("pseudonym.*") if path.name != "pseudonym.key"]
    return sorted({str(path.relative_to(home)) for path in (*inside, *drafts) if path.name not in ("lock", "spill")})


def files(home: Path) -> dict[Path, int]:
    """Files that a later night relies on, and their inodes. Dagster's databases flush for themselves."""
    found = [path for path in home.rglob("*") if path.is_file()]
    rooms = {path: path.relative_to(home).parts[0] for path in found}
    kept = [path for path in found if rooms[path] not in ("work", "reports", "dagster") or path.suffix == ".yaml"]
    return {path: path.stat().st_ino for path in kept}


def lose_power(home: Path, before: Iterable[int], flushed: Iterable[int]) -> None:
    """What a night wrote and did not flush is gone: names are there, and nothing in the files."""
    safe = {*before, *flushed}
    for path, inode in files(home).items():
        if inode not in safe:
            path.chmod(0o600)
            path.write_bytes(b"")


@dataclass(frozen=True)
class World:
    """A drop folder for each night, and the home that undisturbed nights leave."""

    root: Path

    def drop(self, number: int) -> Path:
        """What is sent by that night."""
        return self.root / f"sent-{number}" / "drop"

    def home(self, number: int) -> Path:
        """The home after that undisturbed night."""
        return self.root / f"after-{number}"

    def make(self) -> tuple[Ended, Ended]:
        """Send, run both nights undisturbed; how they ended."""
        for number in (COLD, SECOND):
            if number:
                shutil.copytree(self.drop(number - 1), self.drop(number))
            send(Programme(self.root / f"sent-{number}"), number)
        return self._night(COLD), self._night(SECOND)

    def _night(self, number: int) -> Ended:
        self.copy(number, self.home(number))
        over = night(self.drop(number), self.home(number))
        assert over.status == 0, over.said
        return over

    def copy(self, number: int, home: Path) -> Path:
        """A home as it is before that night, with the key of the others."""
        if number:
            shutil.copytree(self.home(number - 1), home)
        else:
            home.mkdir(parents=True)
        return home

    def before(self, number: int) -> Seen | None:
        """What readers have before that night."""
        return seen(self.home(number - 1)) if number else None

    def after(self, number: int) -> Seen:
        """What they have after it."""
        return seen(self.home(number))


def complaints(world: World, number: int, home: Path) -> Iterator[str]:
    """What does not hold of a home in which that night was finished, after whatever happened."""
    expected, found = world.after(number), seen(home)
    if found.fingerprint != expected.fingerprint:
        yield "another fingerprint than undisturbed"
    if found.batches != expected.batches or found.facts != expected.facts:
        yield f"{len(found.batches)} batches and {found.facts} facts, expected as undisturbed"
    if found.receipts != expected.receipts:
        differ = (
            Counter(found.receipts) - Counter(expected.receipts),
            Counter(expected.receipts) - Counter(found.receipts),
        )
        yield f"receipts doubled or lost: {differ}"
    yield from (f"left behind: {name}" for name in leftovers(home))
