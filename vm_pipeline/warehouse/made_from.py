"""What a warehouse is made from: the code, the versions known, the nation whose holidays count.

Belongs here: the short names of these, cheap enough to ask before anything heavy is imported.
Does not belong here: making it (build), where it says so of itself (snapshot).
"""

import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version as installed
from pathlib import Path

from vm_pipeline.sources.receipts import Version
from vm_pipeline.staging.known import Known
from vm_pipeline.warehouse.snapshot import Publication
from vm_pipeline.warehouse.sql_files import sql_folder

_ENGINES = ("duckdb", "numpy", "holidays")  # another version of these may say another thing


def publication(what: Known, as_of: str, nation: str) -> Publication:
    """What a warehouse built from this would say of itself."""
    parts = [code_version(), nation]
    # What is hidden of a batch, and the key that it is hashed with, may be others tomorrow, though nothing came.
    parts += [f"{feed} {staged_as}" for feed, staged_as in sorted(what.staged_as.items())]
    parts += [f"{v.batch_id} {v.superseded_at} {v.refused} {v.months_in_force}{_decided(v)}" for v in what.versions]
    return Publication(name_of(parts), as_of, code_version())


def _decided(version: Version) -> str:
    """What the table of batches tells of a decision."""
    return f" {version.decision.kind} {version.decision.reason}" if version.decision else ""


@cache
def code_version() -> str:
    """Twelve hex digits that change with any file of the package, any SQL file, and the engines they run on.

    So it says too often, and never too rarely, that the same receipts may give another warehouse.
    """
    package = Path(__file__).parent.parent
    files = [*sorted(package.rglob("*.py")), *sorted(sql_folder().rglob("*.sql"))]
    return name_of([*(f"{path.name} {path.read_text('utf-8')}" for path in files), *map(installed, _ENGINES)])[:12]


def name_of(parts: Iterable[str]) -> str:
    """64 hex digits that stand for some words, in their order."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
