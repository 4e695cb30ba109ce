"""The database, and a dataset for each view: columns with their labels and words, from the declarations.

Belongs here: what Superset is told of a view. Does not belong here: what is drawn of it (charts).
"""

from typing import Any

from sqlalchemy import Column, Date, DateTime, Table
from sqlalchemy.dialects import postgresql

from vm_pipeline.reference.superset.parts import Yaml, uuid_of
from vm_pipeline.warehouse.tables import SCHEMA
from vm_pipeline.warehouse.views.columns import label

DATABASE: Yaml = {
    "database_name": "Value management warehouse",
    "sqlalchemy_uri": "postgresql+psycopg2://superset@localhost/warehouse",
    "cache_timeout": 0,
    "expose_in_sqllab": True,
    "allow_run_async": False,
    "allow_ctas": False,
    "allow_cvas": False,
    "allow_dml": False,
    "extra": {},
}
_TIMES = ("starts_on", "week_start", "date", "received_at")  # the first a view has is its time


def dataset(view: Table) -> Yaml:
    """A view as a dataset; it counts rows, and sums nothing by itself."""
    return {
        "table_name": view.name,
        "schema": SCHEMA,
        "description": view.comment,
        "main_dttm_col": next((name for name in _TIMES if name in view.columns), None),
        "database_uuid": uuid_of("databases/warehouse.yaml"),
        "filter_select_enabled": True,
        "metrics": [{"metric_name": "count", "verbose_name": "Rows", "expression": "COUNT(*)"}],
        "columns": [_column(column) for column in view.columns],
    }


def _column(column: Column[Any]) -> Yaml:
    return {
        "column_name": column.name,
        "verbose_name": label(column),
        "description": column.comment,
        "type": column.type.compile(dialect=postgresql.dialect()),  # type: ignore[no-untyped-call]
        "is_dttm": isinstance(column.type, Date | DateTime),
        "is_active": True,
        "groupby": True,
        "filterable": True,
    }
