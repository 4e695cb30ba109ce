"""What the Dagster UI says of assets: column schemas, small tables, owners, from the declarations.

Belongs here: turning contracts and tables into Dagster metadata.
Does not belong here: the declarations themselves.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import dagster as dg
from sqlalchemy import Table

from vm_pipeline.feeds.contract import Contract

OWNERS = ["team:data-engineering"]
_SHOWN = 100


def schema_of_contract(contract: Contract) -> dg.TableSchema:
    """Columns of a feed after staging."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(column.stored, column.value.stored, f"{column.description} ({column.value.spelling})")
            for column in contract.stored_columns
        ]
    )


def schema_of_table(table: Table) -> dg.TableSchema:
    """Columns of a published table."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                column.name,
                str(column.type),
                column.comment,
                constraints=dg.TableColumnConstraints(nullable=bool(column.nullable), unique=False),
            )
            for column in table.columns
        ]
    )


def table_of(rows: Iterable[Mapping[str, Any]]) -> dg.TableMetadataValue:
    """A small table for the UI; long ones are cut."""
    shown = [{name: _plain(cell) for name, cell in row.items()} for row in rows][:_SHOWN]
    schema = dg.TableSchema(columns=[dg.TableColumn(name, "string") for name in (shown[0] if shown else ["nothing"])])
    return dg.MetadataValue.table([dg.TableRecord(row) for row in shown], schema=schema)


def _plain(cell: object) -> str | int | float | bool | None:
    return cell if isinstance(cell, str | int | float | bool | None) else str(cell)
