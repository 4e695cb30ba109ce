"""One night as the assets see it: the home, the time up to which receipts count, and who listens.

Belongs here: what every asset asks first.
Does not belong here: any asset.

Run tags: `vm/known_until` (UTC, ISO) fixes the receipts that count, so that every step of a run sees the same;
`vm/as_of` sends the result to the as-of folder; `vm/full` stages again what is staged already, and takes nothing over
from the last night.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import dagster as dg
import duckdb

from vm_pipeline.defs.describe import table_of
from vm_pipeline.home import Home, utc_now
from vm_pipeline.quality.history import Thresholds
from vm_pipeline.quality.verdict import Verdict
from vm_pipeline.sources.landing import Received
from vm_pipeline.sources.objects import LandingDamaged
from vm_pipeline.staging.batches import Purged
from vm_pipeline.staging.known import NotStaged
from vm_pipeline.warehouse.postgres.refused import WarehouseRefused
from vm_pipeline.warehouse.workspace import Built

_QUOTING = (duckdb.DataError, duckdb.IntegrityError, duckdb.InvalidInputException)
KNOWN_UNTIL, AS_OF, FULL = "vm/known_until", "vm/as_of", "vm/full"
CARRIED = (KNOWN_UNTIL, AS_OF, FULL)  # from the run that stages to the run that builds

Told = TypeVar("Told")


@dataclass
class Night:
    """The resource of every asset. What it collects is read by the command line after a run in its own process."""

    home: Home
    report: Callable[[str, int, int], None] = lambda step, done, total: None
    arrived: Received | None = None  # before the run that lands began: it tells of it, and asks no source again
    received: Received | None = None
    verdicts: list[Verdict] = field(default_factory=list)
    built: list[Built] = field(default_factory=list)
    published: bool = False

    @property
    def thresholds(self) -> Thresholds:
        """Where checks begin to warn, as configured."""
        return self.home.settings.quality

    @property
    def blocking(self) -> frozenset[str]:
        """Feeds whose whole-table checks close the publishing gate."""
        return self.home.settings.quality.blocking

    def receive(self) -> Received:
        """Ask every source and keep what is new, unless that was done."""
        self.received, self.arrived = self.arrived or self.home.receive(utc_now()), None
        return self.received

    def build(self, draft: Path, work: Callable[[duckdb.DuckDBPyConnection], Iterable[Told]]) -> Iterator[Told]:
        """What `work` in a draft has to tell Dagster, told while the draft is closed.

        Python writes a hundred events a step while DuckDB writes tables. Raises what closing raises, when all is told.
        """
        with ExitStack() as stack:
            told = work(stack.enter_context(self.home.workspace(draft)))
            closing = stack.pop_all()
        with ThreadPoolExecutor(1) as beside:
            closed = beside.submit(closing.close)
            yield from told
        closed.result()

    def judge(self, verdicts: list[Verdict]) -> list[Verdict]:
        """Remember verdicts for the summary."""
        self.verdicts += verdicts
        return verdicts


def known_until(context: dg.AssetExecutionContext) -> str:
    """The run's tag, or else the moment the run was made: the same for all its steps."""
    tag = context.run.tags.get(KNOWN_UNTIL)
    if tag:
        return tag
    record = context.instance.get_run_record_by_id(context.run.run_id)
    made = record.create_timestamp if record else datetime.now(UTC)
    return made.astimezone(UTC).isoformat(timespec="microseconds")


@contextmanager
def said_first() -> Iterator[None]:
    """What a person can mend heads the failure that Dagster shows, not the end of a long trace.

    Of an error in cells only the kind is told, and where it was met: DuckDB quotes what it cannot convert.
    """
    try:
        yield
    except (LandingDamaged, NotStaged, Purged, WarehouseRefused) as error:
        raise dg.Failure(str(error)) from error
    except _QUOTING as error:
        found = f"found {type(error).__name__} in DuckDB; its words may quote a cell, and are kept nowhere."
        raise dg.Failure(found).with_traceback(error.__traceback__) from None


def one_each(verdicts: list[Verdict], codes: Sequence[str], subject: str) -> list[Verdict]:
    """Dagster wants one result a declared check: the failing ones speak, and what was not judged passes."""
    return [_together([v for v in verdicts if v.code == code], code, subject) for code in codes]


def _together(verdicts: list[Verdict], code: str, subject: str) -> Verdict:
    if not verdicts:
        return Verdict(code, subject, True, False, "Nothing to judge.")
    failed = [verdict for verdict in verdicts if not verdict.passed] or verdicts[:1]
    return replace(
        failed[0],
        blocks=any(verdict.blocks for verdict in failed),
        message="\n".join(verdict.message for verdict in failed),
        figures=tuple(figure for verdict in failed for figure in verdict.figures),
    )


def as_check(verdict: Verdict, asset_key: dg.AssetKey) -> dg.AssetCheckResult:
    """A verdict as Dagster shows it."""
    return dg.AssetCheckResult(
        passed=verdict.passed,
        asset_key=asset_key,
        check_name=verdict.code,
        severity=dg.AssetCheckSeverity.ERROR if verdict.blocks else dg.AssetCheckSeverity.WARN,
        description=verdict.message,
        metadata={"figures": table_of(verdict.figures)} if verdict.figures else None,
    )
