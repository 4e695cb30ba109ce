"""One warehouse from what is known at a time: inputs put, core, marts and signals run.

Belongs here: the order of the steps.
Does not belong here: any step itself.
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import duckdb

from vm_pipeline.staging.batches import Staging
from vm_pipeline.staging.known import Known
from vm_pipeline.warehouse.as_published import Landed, put_as_published
from vm_pipeline.warehouse.inputs import put_inputs
from vm_pipeline.warehouse.judged import JUDGED_OF, put_judged, put_noise
from vm_pipeline.warehouse.made_from import code_version
from vm_pipeline.warehouse.parts import TEAM, parts_of
from vm_pipeline.warehouse.reference import Finding, put_references
from vm_pipeline.warehouse.restated import RESTATED, put_restated
from vm_pipeline.warehouse.statements import statements
from vm_pipeline.warehouse.workspace import Built, create_tables

# Rows stay in the order they are made in, so what is added up of all teams lies together. It is taken out most nights,
# and where it lay among others DuckDB would write those anew, too.
_TOGETHER = "SET preserve_insertion_order = true"


def build_core(
    con: duckdb.DuckDBPyConnection, what: Known, staging: Staging, nation: str
) -> tuple[list[Built], list[Finding]]:
    """Fill the tables of sql/core, or what has changed of them where the draft began as a copy of the last night's.

    Returns what was built and what reference tables lack.
    """
    with parts_of(con) as parts:
        put_inputs(con, what, staging, nation)
        findings = put_references(con, what.versions, what.refused, staging)
        parts.put_inputs(what, staging)
        create_tables(con)
        return [parts.make(statement) for statement in statements("core")], findings


def build_marts(con: duckdb.DuckDBPyConnection) -> list[Built]:
    """Fill the tables of sql/marts from those of core."""
    con.execute(_TOGETHER)
    with parts_of(con) as parts:
        return [parts.make(statement) for statement in statements("marts")]


def judge(con: duckdb.DuckDBPyConnection) -> None:
    """Judge every series that has a rule profile and has changed, once the marts are filled."""
    with parts_of(con) as parts:
        parts.renew("core.judged_point", TEAM, JUDGED_OF, partial(put_judged, con))


def build_signals(con: duckdb.DuckDBPyConnection, folder: Path, landings: Sequence[Landed]) -> list[Built]:
    """Fill the tables of sql/signals from what was judged; `folder` keeps what each landing published first."""
    con.execute(_TOGETHER)
    with parts_of(con) as parts:
        put_noise(con)
        parts.note("staging.noise")
        put_as_published(con, folder, landings)
        parts.note("core.as_published")
        put_restated(con, folder, landings[-2] if len(landings) > 1 else None, landings[-1], code_version())
        for name in RESTATED:
            parts.note(f"core.{name}")
        return [parts.make(statement) for statement in statements("signals")]
