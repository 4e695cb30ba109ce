"""One home folder: where its landing, staging, drafts, snapshot and reports lie, and what is known in it.

Belongs here: paths, and the few steps the command line and Dagster both take.
Does not belong here: Dagster, printing, any step's own work.
"""

import contextlib
import os
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import duckdb

from vm_pipeline.settings import Settings
from vm_pipeline.sources.extract import Extract, Problem
from vm_pipeline.sources.landing import Landing, Received
from vm_pipeline.sources.receipts import Receipt, Slot, known_at
from vm_pipeline.staging.batches import Staging
from vm_pipeline.staging.known import Known, what_is_known
from vm_pipeline.warehouse.as_published import Landed
from vm_pipeline.warehouse.drafts import Drafts
from vm_pipeline.warehouse.kept import Kept
from vm_pipeline.warehouse.made_from import publication
from vm_pipeline.warehouse.snapshot import published

Report = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Home:
    """The home of one installation."""

    settings: Settings

    @property
    def folder(self) -> Path:
        """The folder itself."""
        return self.settings.home

    @cached_property
    def landing(self) -> Landing:
        """Received bytes and receipts."""
        return Landing(self.folder / "landing")

    @cached_property
    def staging(self) -> Staging:
        """Typed batches."""
        return Staging(
            self.folder / "staging", self.landing, self._pseudonym_key(), self.settings.threads, self.settings.privacy
        )

    def reports(self, as_of: str = "") -> Path:
        """Lists for people: rejected rows, unmapped codes; those of an as-of question lie beside its warehouse."""
        target = self.target(as_of)
        return target.with_name(f"{target.stem}-reports") if as_of else self.folder / "reports"

    @property
    def feedback(self) -> Path:
        """What senders are told of their batches."""
        return self.reports() / "feedback"

    @property
    def as_published(self) -> Path:
        """What each landing published first."""
        return self.folder / "as-published"

    @cached_property
    def drafts(self) -> Drafts:
        """Where runs build, out of readers' sight."""
        return Drafts(self.folder / "work")

    @property
    def kept(self) -> Kept:
        """What the last published night left for the next."""
        return Kept(self.folder / "kept", self.settings.warehouse)

    def target(self, as_of: str) -> Path:
        """What a run publishes to: the snapshot, or for an as-of question a file of its own."""
        if not as_of:
            return self.settings.warehouse
        if self.settings.as_of_warehouse:
            return self.settings.as_of_warehouse
        name = datetime.fromisoformat(as_of).strftime("%Y-%m-%dT%H%M%S.%fZ")
        return self.folder / "as-of" / f"{name}.duckdb"

    def connect(self) -> duckdb.DuckDBPyConnection:
        """A DuckDB for questions about typed batches; what does not fit in memory spills inside the home."""
        config: dict[str, Any] = {"temp_directory": str(self.folder / "work" / "spill")}
        return duckdb.connect(config=config | ({"memory_limit": self.settings.memory} if self.settings.memory else {}))

    def receive(self, now: datetime) -> Received:
        """Ask every source, and land what is new."""
        extracts, problems = self.find()
        received = self.landing.receive(extracts, now)
        received.problems[:0] = problems
        return received

    def find(self) -> tuple[list[Extract], list[Problem]]:
        """What every source has. One source's trouble is a problem of its own, and so are two sources for one slot."""
        asked = [source.find() for source in self.settings.sources]
        problems = [problem for _, found in asked for problem in found]
        extracts = [extract for found, _ in asked for extract in found]
        claims = Counter(extract.slot for extract in extracts)
        remedy = "Give one source a `part` of its own, or take one out."
        problems += [
            Problem(one.name, f"another source's extract for {one.slot}", "one source for it", remedy)
            for one in extracts
            if claims[one.slot] > 1
        ]
        return [one for one in extracts if claims[one.slot] == 1], problems

    def receipts(self, known_until: str = "") -> list[Receipt]:
        """Receipts up to a time (UTC, ISO; empty = all)."""
        return known_at(self.landing.receipts(), known_until)

    def unseen(self, known_until: str = "") -> list[Receipt]:
        """Receipts that no staging has worked on yet."""
        return [receipt for receipt in self.receipts(known_until) if not self.staging.is_staged(receipt)]

    def unpublished(self) -> list[Receipt]:
        """Receipts readers have nothing of yet, staged or not: a night that died may have staged and not judged."""
        there = published(self.settings.warehouse)
        since = there.as_of if there else ""
        return [r for r in self.receipts() if r.received_at > since or not self.staging.is_staged(r)]

    def known(self, known_until: str = "") -> Known:
        """Versions and summaries up to a time. Raises NotStaged."""
        return what_is_known(self.receipts(known_until), self.staging)

    def landings(self, con: duckdb.DuckDBPyConnection, known_until: str) -> list[Landed]:
        """Every landing up to a time, oldest first; `con` is the warehouse of the last, judged."""
        receipts = self.receipts(known_until)
        moments = list(dict.fromkeys(receipt.received_at for receipt in receipts))
        found = [
            Landed(moment, self.known(moment).versions, partial(self._look_back, moment)) for moment in moments[:-1]
        ]
        return [*found, Landed(moments[-1], self.known(known_until).versions, lambda: nullcontext(con))]

    @contextmanager
    def _look_back(self, moment: str) -> Iterator[duckdb.DuckDBPyConnection]:
        """The warehouse of an earlier landing, built again up to its judged points, and dropped."""
        from vm_pipeline.warehouse.build import build_core, build_marts, judge
        from vm_pipeline.warehouse.workspace import open_workspace

        name = f"look-back-{secrets.token_hex(4)}"
        path = self.drafts.hold(name)
        try:
            with open_workspace(path, self.settings.memory, self.settings.threads) as con:
                build_core(con, self.known(moment), self.staging, self.settings.nation)
                build_marts(con)
                judge(con)
                yield con
        finally:
            self.drafts.let_go(name)

    def is_published(self, known: Known, as_of: str = "") -> bool:
        """Whether what readers have was made from exactly this."""
        there = published(self.target(as_of))
        return there is not None and there.inputs == publication(known, as_of, self.settings.nation).inputs

    def _pseudonym_key(self) -> str:
        """The key of this deployment: from the settings, or made once and kept where only the owner reads it."""
        if self.settings.pseudonym_key:
            return self.settings.pseudonym_key
        path = self.folder / "pseudonym.key"
        if not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.with_suffix(f".{secrets.token_hex(4)}")
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_hex(32))
            with contextlib.suppress(FileExistsError):  # two at once: the first one's key holds
                os.link(draft, path)
            draft.unlink()
        return path.read_text("utf-8")


def partition_of(slot: Slot, first: str, last: str) -> str:
    """The month an extract is worked on under: its last, or the nearest there is a partition for."""
    return min(max(slot.last_period, first), last)


def utc_now() -> datetime:
    """The clock."""
    return datetime.now(UTC)
