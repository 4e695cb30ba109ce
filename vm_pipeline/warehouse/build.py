"""One warehouse from what is known at a time: inputs put, core, marts and signals run.

Belongs here: the order of the steps.
Does not belong here: any step itself.
"""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb

from vm_pipeline import __version__
from vm_pipeline.indicators.profiles import PROFILES
from vm_pipeline.sources.receipts import Version
from vm_pipeline.staging.batches import Staging, staging_version
from vm_pipeline.staging.known import Known
from vm_pipeline.warehouse.as_published import Landed, put_as_published
from vm_pipeline.warehouse.inputs import put_inputs
from vm_pipeline.warehouse.judged import put_judged
from vm_pipeline.warehouse.reference import Finding, put_references
from vm_pipeline.warehouse.restated import put_restated
from vm_pipeline.warehouse.snapshot import Publication
from vm_pipeline.warehouse.statements import LAYERS, macros, statements
from vm_pipeline.warehouse.tables import TABLES
from vm_pipeline.warehouse.workspace import Built, create_tables, ddl, run


def build_core(
    con: duckdb.DuckDBPyConnection, what: Known, staging: Staging, nation: str
) -> tuple[list[Built], list[Finding]]:
    """Create every table and fill those of sql/core. Returns what was built and what reference tables lack."""
    put_inputs(con, what, staging, nation)
    findings = put_references(con, what.versions, what.refused, staging)
    create_tables(con)
    return [run(con, statement) for statement in statements("core")], findings


def build_marts(con: duckdb.DuckDBPyConnection) -> list[Built]:
    """Fill the tables of sql/marts from those of core."""
    return [run(con, statement) for statement in statements("marts")]


def judge(con: duckdb.DuckDBPyConnection) -> None:
    """Judge every series that has a rule profile, once the marts are filled."""
    put_judged(con)


def build_signals(con: duckdb.DuckDBPyConnection, folder: Path, landings: Sequence[Landed]) -> list[Built]:
    """Fill the tables of sql/signals from what was judged; `folder` keeps what each landing published first."""
    put_as_published(con, folder, landings)
    put_restated(con, folder, landings[-2] if len(landings) > 1 else None, landings[-1], code_version())
    return [run(con, statement) for statement in statements("signals")]


def publication(what: Known, as_of: str, nation: str) -> Publication:
    """What a warehouse built from this would say of itself."""
    parts = [code_version(), nation]
    parts += [
        f"{v.batch_id} {v.superseded_at} {v.refused} {v.months_in_force}{_decided(v)}{_hidden(what, v)}"
        for v in what.versions
    ]
    return Publication(_hash(parts), as_of, code_version())


def _decided(version: Version) -> str:
    """What the table of batches tells of a decision."""
    return f" {version.decision.kind} {version.decision.reason}" if version.decision else ""


def _hidden(what: Known, version: Version) -> str:
    """What was hidden of a batch: the settings may say another thing tomorrow."""
    summary = what.summary(version)
    return "".join(f" {one.message}" for one in summary.warnings if one.code == "personal_data") if summary else ""


def code_version() -> str:
    """Changes when the same receipts would give another warehouse."""
    feeds = ("ledger", "activity", "survey")
    parts: list[str] = [__version__, *map(ddl, TABLES), *map(staging_version, feeds)]
    parts += [repr(PROFILES), *macros().values()]
    parts += [statement.sql for layer in LAYERS for statement in statements(layer)]
    return _hash(parts)[:12]


def _hash(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def draft_path(home: Path, run_id: str) -> Path:
    """Where a run builds, out of readers' sight."""
    return home / "work" / f"{run_id}.duckdb"
