"""Asset specs of the SQL files: what each makes, of what, in which columns, read off the files and declarations.

Belongs here: one spec a statement, one lineage of its columns. Does not belong here: running them (core, publish).
"""

import dagster as dg

from vm_pipeline.defs.describe import OWNERS, schema_of_table
from vm_pipeline.feeds import FEEDS
from vm_pipeline.feeds.reference import REFERENCES
from vm_pipeline.warehouse.lineage import made_of
from vm_pipeline.warehouse.statements import LAYERS, Statement, statements
from vm_pipeline.warehouse.tables import METADATA
from vm_pipeline.warehouse.workspace import Built

# What is made of the points between marts and signals, by no SQL file.
_OF_JUDGING = (
    "core.judged_point",
    "core.as_published",
    "staging.noise",
    "core.figure_before",
    "core.figure_now",
    "core.batch_moved",
)


def specs(layer: str) -> list[dg.AssetSpec]:
    """One a file of the layer."""
    return [_spec(statement) for statement in statements(layer)]


def _spec(statement: Statement) -> dg.AssetSpec:
    table = METADATA.tables.get(statement.target)
    said = f"{table.comment}\n\n{statement.purpose}" if table is not None else statement.purpose
    schema = {"dagster/column_schema": schema_of_table(table)} if table is not None else {}
    return dg.AssetSpec(
        [statement.layer, statement.name],
        group_name=statement.layer,
        description=said,
        deps=sorted(set(map(_dependency, statement.reads))),
        owners=OWNERS,
        kinds={"duckdb", "sql"},
        metadata={"sql": dg.MetadataValue.md(f"```sql\n{statement.sql}\n```"), **schema},
    )


def _dependency(name: str) -> dg.AssetKey:
    """The asset that makes what a statement reads; inputs made of every feed stand behind the ledger's verdict."""
    schema, _, table = name.partition(".")
    if name in _OF_JUDGING:
        return dg.AssetKey(["marts", "signal_point"])
    if schema != "staging":
        layer = next(layer for layer in LAYERS for s in statements(layer) if s.name == table)
        return dg.AssetKey([layer, table])
    if table in FEEDS:
        return dg.AssetKey(["quality", table])
    if table in REFERENCES:
        return dg.AssetKey(["staging", "reference"])
    return dg.AssetKey(["quality", "ledger"])


def result(built: Built) -> dg.MaterializeResult:
    """What Dagster shows of one table after it was filled."""
    column, values = built.only or ("", ())
    made = f"{len(values)} of {column}" if column else "nothing" if built.only else "all"
    counted = {} if built.rows is None else {"dagster/row_count": built.rows}
    return dg.MaterializeResult(
        asset_key=[built.statement.layer, built.statement.name],
        metadata={
            **counted,
            "seconds": round(built.seconds, 3),
            "made again": made,
            "dagster/column_lineage": _column_lineage(built.statement),
        },
    )


def _column_lineage(statement: Statement) -> dg.TableColumnLineage:
    """What each column is made of, one step down; Dagster's pages follow it further."""
    columns = made_of()[statement.target].items()
    return dg.TableColumnLineage({column: [*dict.fromkeys(map(_column, of))] for column, of in columns})


def _column(name: str) -> dg.TableColumnDep:
    """A column of an asset. One that is made of several tables, as the reference tables are, has them in its name."""
    schema, table, column = name.split(".")
    key = _dependency(f"{schema}.{table}")
    return dg.TableColumnDep(key, column if key.path[-1] == table else f"{table}.{column}")
