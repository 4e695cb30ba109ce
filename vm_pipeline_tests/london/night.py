"""One night of a `vm.toml` over the real data: land, stage, build, publish; and one file through one layout.

Belongs here: where the data lies, the steps.
Does not belong here: assertions.
"""

import csv
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from vm_pipeline import settings
from vm_pipeline.settings import Asked, Settings
from vm_pipeline.sources.extract import Extract, opener
from vm_pipeline.sources.landing import Landing, Received
from vm_pipeline.sources.receipts import Receipt, Slot
from vm_pipeline.staging.batches import Staging
from vm_pipeline.staging.known import Known, what_is_known
from vm_pipeline.staging.layouts import Layout
from vm_pipeline.staging.summary import Summary
from vm_pipeline.warehouse.as_published import Landed
from vm_pipeline.warehouse.build import build_core, build_marts, build_signals, judge
from vm_pipeline.warehouse.reference import Finding
from vm_pipeline.warehouse.workspace import open_workspace

REPOSITORY = Path(__file__).parents[2]
SHARED = Path(os.environ.get("VM_SHARED", REPOSITORY.parent / "shared"))
LONDON = SHARED / "realdata" / "london_join_2020_21"
EXAMPLE = REPOSITORY / "examples" / "london"
FIRST_NIGHT = datetime(2026, 1, 5, 2, tzinfo=UTC)

Cells = dict[str, str]


def reference(name: str) -> list[Cells]:
    """Rows of one of the reference results, or of the data."""
    with (LONDON / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def configured(config: Path, home: Path) -> Settings:
    """The settings of a `vm.toml`, with LONDON set and nothing else."""
    return settings.load(Asked(config=config, home=home), {"LONDON": str(LONDON)})


@dataclass(frozen=True)
class Night:
    """A home after one night or more."""

    chosen: Settings
    landing: Landing
    staging: Staging

    @classmethod
    def of(cls, config: Path, home: Path) -> "Night":
        chosen = configured(config, home)
        landing = Landing(home / "landing")
        return cls(chosen, landing, Staging(home / "staging", landing, "k" * 32))

    def receive(self) -> Received:
        """Ask every source and land what is new, then stage it."""
        extracts, problems = [], []
        for source in self.chosen.sources:
            found, wrong = source.find()
            extracts += found
            problems += wrong
        received = self.landing.receive(extracts, FIRST_NIGHT)
        received.problems[:0] = problems
        self.staging.stage(self.landing.receipts())
        return received

    def known(self) -> Known:
        return what_is_known(list(self.landing.receipts()), self.staging)

    def summaries(self) -> Iterator[tuple[Slot, Summary]]:
        """What staging found in each batch."""
        known = self.known()
        for version in known.versions:
            if found := known.summary(version):
                yield version.receipt.slot, found

    @contextmanager
    def warehouse(self) -> Iterator[tuple[duckdb.DuckDBPyConnection, list[Finding]]]:
        """Everything built from what is known, and what the reference tables lack."""
        with open_workspace(self.chosen.home / "work" / "built.duckdb") as con:
            _, findings = build_core(con, self.known(), self.staging, self.chosen.nation)
            build_marts(con)
            judge(con)
            versions = self.known().versions
            landed = Landed("2026-01-01T00:00:00+00:00", "one", lambda: versions, lambda: nullcontext(con))
            build_signals(con, self.chosen.home / "as-published", [landed])
            yield con, findings


class OneFile:
    """Single files under single layouts, as April 2020 of Croydon."""

    def __init__(self, home: Path) -> None:
        self._landing = Landing(home / "landing")
        self._staging = Staging(home / "staging", self._landing, "k" * 32)

    def stage(self, path: Path, feed: str, layout: Mapping[str, object]) -> Summary:
        """What staging finds in a file under a layout, a table of settings."""
        extract = Extract(
            Slot(feed, "RJ6", "2020-04", "2020-04"), path.name, opener(path), layout=Layout.of(layout).to_json()
        )
        self._landing.receive([extract], FIRST_NIGHT)
        self._staging.stage([self._last])
        return self._staging.summary(self._last)

    def rejected(self, columns: str) -> list[tuple[object, ...]]:
        """Columns of the rows that the last file had rejected, in their order."""
        return duckdb.read_parquet(str(self._staging.rejected(self._last))).select(columns).fetchall()

    def accepted(self, columns: str) -> list[tuple[object, ...]]:
        """Columns of the rows that the last file gave, in their order."""
        return duckdb.read_parquet(str(self._staging.accepted(self._last))).select(columns).fetchall()

    @property
    def _last(self) -> Receipt:
        return list(self._landing.receipts())[-1]
