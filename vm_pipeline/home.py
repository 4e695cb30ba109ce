"""One home folder: where its landing, staging, drafts, snapshot and reports lie, and what is known in it.

Belongs here: paths, and the few steps the command line and Dagster both take.
Does not belong here: Dagster, printing, any step's own work.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path

import duckdb

from vm_pipeline import asked
from vm_pipeline.feeds import FEEDS
from vm_pipeline.memory import limits
from vm_pipeline.quality.freshness import Freshness, Late, check_fresh, late
from vm_pipeline.quality.verdict import Verdict
from vm_pipeline.settings import Settings
from vm_pipeline.sources.decisions import Decision, Kind
from vm_pipeline.sources.extract import Extract, Problem, one_a_slot
from vm_pipeline.sources.incoming import tidy
from vm_pipeline.sources.landing import Landing, Received
from vm_pipeline.sources.receipts import Receipt, Version, known_at, versions
from vm_pipeline.staging.batches import Staging
from vm_pipeline.staging.known import Known, what_is_known
from vm_pipeline.staging.pseudonym import kept_key
from vm_pipeline.warehouse.as_published import Landed, incoming, landing_names
from vm_pipeline.warehouse.drafts import Drafts, spill_of
from vm_pipeline.warehouse.kept import Kept
from vm_pipeline.warehouse.made_from import publication
from vm_pipeline.warehouse.snapshot import Publication, publish, published

Report = Callable[[str, int, int], None]
_PRIVATE = ("landing", "staging", "work", "kept", "alerts", "reports", "dagster")


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
            self.folder / "staging",
            self.landing,
            self.settings.pseudonym_key or kept_key(self.key_file, self.folder / "staging" / "incoming"),
            self.settings.threads,
            self.settings.privacy,
            self.settings.memory,
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

    @property
    def alerts(self) -> Path:
        """What people were told already."""
        return self.folder / "alerts"

    @property
    def private(self) -> tuple[Path, ...]:
        """Folders that only the owner may enter: they hold what was sent, or tell of it."""
        return tuple(self.folder / name for name in _PRIVATE)

    @property
    def desks(self) -> tuple[Path, ...]:
        """Where files are written before they get their names."""
        return (self.landing.incoming, self.folder / "staging" / "incoming", incoming(self.as_published))

    @property
    def key_file(self) -> Path:
        """Where the key of pseudonyms lies, if the settings have none."""
        return self.folder / "pseudonym.key"

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
        named = self.settings.as_of_warehouse if as_of else self.settings.warehouse
        return named or self.folder / "as-of" / f"{datetime.fromisoformat(as_of):%Y-%m-%dT%H%M%S.%fZ}.duckdb"

    def published(self) -> list[Publication | None]:
        """What each place readers look at was made from: the snapshot, then PostgreSQL where an address is named."""
        found = [published(self.settings.warehouse)]
        if self.settings.postgres:
            from vm_pipeline.warehouse.postgres.publish import published as published_at

            found.append(published_at(self.settings.postgres))
        return found

    def readers_at(self, as_of: str = "") -> str:
        """Where readers look, for people: a path, or an address without its password."""
        if not self.settings.postgres or as_of:
            return str(self.target(as_of))
        from vm_pipeline.warehouse.postgres.address import shown

        return shown(self.settings.postgres)

    def publish(self, draft: Path, as_of: str = "") -> str:
        """Give readers a finished draft. Returns its digest; empty where a newer night is there, in file or on server.

        The server comes first: what fails there has replaced nothing. Raises WarehouseRefused.
        """
        newest = True
        if self.settings.postgres and not as_of:
            from vm_pipeline.warehouse.postgres.publish import publish as publish_to

            newest = publish_to(draft, self.settings.postgres, before=self.target(as_of))
        digest = publish(draft, self.target(as_of))
        return digest if newest else ""

    @contextmanager
    def connect(self, several: int = 1) -> Iterator[duckdb.DuckDBPyConnection]:
        """A DuckDB for questions about typed batches, one of several at once; it spills inside the home."""
        with self._held("questions") as draft:
            config = limits(self.settings.memory, 0, several) | {"temp_directory": str(spill_of(draft))}
            with duckdb.connect(config=config) as con:
                yield con

    def workspace(self, draft: Path) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        """A draft opened to build in, with what the settings give it."""
        from vm_pipeline.warehouse.workspace import open_workspace

        return open_workspace(draft, self.settings.memory, self.settings.threads)

    def tidy(self) -> None:
        """Remove what runs that died were working on, and drafts this process holds; what others hold stays."""
        self.drafts.tidy()
        for folder in self.desks:
            tidy(folder)

    def receive(self, now: datetime) -> Received:
        """Ask every source, and land what is new."""
        for folder in (self.folder, *self.private):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        extracts, problems = self.find()
        received = self.landing.receive(extracts, now)
        received.problems[:0] = problems
        asked.note(self.folder, now)
        return received

    def find(self) -> tuple[list[Extract], list[Problem]]:
        """What every source has. One source's trouble is a problem of its own, and so are two sources for one slot."""
        told = [source.find() for source in self.settings.sources]
        problems = [problem for _, found in told for problem in found]
        extracts = [extract for found, _ in told for extract in found]
        remedy = "Give one source a `part` of its own, or take one out."
        alone, twice = one_a_slot(extracts, "another source's extract", "one source for it", remedy)
        return alone, problems + twice

    def receipts(self, known_until: str = "") -> list[Receipt]:
        """Receipts up to a time (UTC, ISO; empty = all)."""
        return known_at(self.landing.receipts(), known_until)

    def unseen(self, known_until: str = "") -> list[Receipt]:
        """Receipts that no staging has worked on yet."""
        return self.staging.unstaged(self.receipts(known_until))

    def unpublished(self) -> list[Receipt]:
        """Receipts readers have nothing of yet, staged or not: a night that died may have staged and not judged."""
        since = min(there.as_of if there else "" for there in self.published())
        receipts = self.receipts()
        unstaged = {one.content_id for one in self.staging.unstaged(receipts)}
        return [one for one in receipts if one.received_at > since or one.content_id in unstaged]

    def known(self, known_until: str = "") -> Known:
        """Versions and summaries up to a time. Raises NotStaged."""
        return what_is_known(self.receipts(known_until), self.staging, self.decisions(known_until))

    def decisions(self, known_until: str = "") -> list[Decision]:
        """Decisions about versions up to a time (UTC, ISO; empty = all)."""
        return known_at(self.landing.decisions(), known_until)

    def set_apart(self, known_until: str = "") -> set[str]:
        """What no night is built on that was built without it: batches erased by a time, what `[privacy]` hides now."""
        erased = {one.batch_id for one in self.decisions(known_until) if one.kind is Kind.PURGED}
        return erased | {f"privacy {self.settings.privacy}"}

    def moments(self, known_until: str = "") -> list[str]:
        """Times of every landing and decision up to a time, oldest first."""
        received = {one.received_at for one in self.receipts(known_until)}
        return sorted(received | {one.received_at for one in self.decisions(known_until)})

    def landed(self, moment: str) -> Landed:
        """One landing as it was then."""
        return self._landed(moment, self._landing_names(moment)[moment])

    def _landed(self, moment: str, name: str) -> Landed:
        return Landed(moment, name, lambda: self.known(moment).versions, partial(self._look_back, moment))

    def _landing_names(self, known_until: str) -> dict[str, str]:
        receipts, refused = self.receipts(known_until), self.known(known_until).refused
        return landing_names(receipts, self.decisions(known_until), refused)

    def late(self, now: datetime) -> list[Late]:
        """Who is late with what, by the settings, at a moment."""
        return late(FEEDS, self._seen(), self.settings.freshness, now, self.settings.nation)

    @property
    def is_awaited(self) -> bool:
        """Whether anybody is expected to send, or is told of it: then a night with nothing new may have news."""
        alerts, freshness = self.settings.alerts, self.settings.freshness
        return bool(alerts.webhook or alerts.email) or freshness != Freshness()

    def fresh(self, now: datetime) -> list[Verdict]:
        """The check `fresh` of every feed."""
        seen = self._seen()
        return [check_fresh(feed, seen, self.settings.freshness, now, self.settings.nation) for feed in FEEDS]

    def _seen(self) -> list[Version]:
        """Every version, if anybody is expected; one that is not staged yet has come, whatever will be found in it."""
        if self.settings.freshness == Freshness():
            return []
        receipts = self.receipts()
        found = self.staging.summaries(self.staging.staged(receipts))
        refused = {name for name, summary in found.items() if summary.refused}
        return versions(receipts, refused, self.decisions())

    def landings(self, con: duckdb.DuckDBPyConnection, known_until: str) -> list[Landed]:
        """Every landing and decision up to a time, oldest first; `con` is the warehouse of the last, judged."""
        found = [self._landed(moment, name) for moment, name in self._landing_names(known_until).items()]
        return [*found[:-1], replace(found[-1], look=lambda: nullcontext(con))]

    @contextmanager
    def _look_back(self, moment: str) -> Iterator[duckdb.DuckDBPyConnection]:
        """The warehouse of an earlier landing, built again up to its judged points, and dropped."""
        from vm_pipeline.warehouse.build import build_core, build_marts, judge

        with self._held("look-back") as path, self.workspace(path) as con:
            build_core(con, self.known(moment), self.staging, self.settings.nation)
            build_marts(con)
            judge(con)
            yield con

    @contextmanager
    def _held(self, purpose: str) -> Iterator[Path]:
        """A draft for a while, and where it lies."""
        name = f"{purpose}-{secrets.token_hex(4)}"
        path = self.drafts.hold(name)
        try:
            yield path
        finally:
            self.drafts.let_go(name)

    def is_published(self, known: Known) -> bool:
        """Whether what readers have was made from exactly this, after every decision, also one that was taken back."""
        inputs = publication(known, "", self.settings.nation).inputs
        decided = max((one.received_at for one in self.decisions()), default="")
        return all(there and there.inputs == inputs and there.as_of >= decided for there in self.published())


def utc_now() -> datetime:
    """The clock."""
    return datetime.now(UTC)
