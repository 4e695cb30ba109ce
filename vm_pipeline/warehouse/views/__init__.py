"""Views of the warehouse for BI tools: what they are called, hold and join to, declared once for both engines.

Belongs here: names, columns, keys and comments; the joins, as foreign keys. A column that comes from a table takes its
type and words from there. Does not belong here: how a view is computed (sql/serving), where it is made (workspace,
postgres/views).

Every join of the star is one column to one column, many rows to one: it neither drops nor repeats a row. A foreign key
that may be empty is asked for with a LEFT JOIN.
"""

from sqlalchemy import Table

from vm_pipeline.warehouse.statements import serving
from vm_pipeline.warehouse.views import quality, star, wide
from vm_pipeline.warehouse.views.columns import VIEW_METADATA

__all__ = ["VIEWS", "VIEW_METADATA", "create_view", "in_order"]

_IN_ORDER = (star, wide, quality)  # as readers meet them
VIEWS: tuple[Table, ...] = tuple(
    one
    for module in _IN_ORDER
    for one in vars(module).values()
    if isinstance(one, Table) and one.metadata is VIEW_METADATA
)


def in_order() -> tuple[Table, ...]:
    """The views, each after those it reads."""
    return tuple(VIEW_METADATA.tables[statement.target] for statement in serving())


def create_view(view: Table, columns: tuple[str, ...] = (), options: str = "") -> str:
    """CREATE OR REPLACE VIEW, for both engines. `columns`: another order than the declared one."""
    sql = next(one.sql for one in serving() if one.name == view.name)
    names = ", ".join(f'"{name}"' for name in columns or view.columns.keys())
    return f"CREATE OR REPLACE VIEW {view.fullname} {options} AS SELECT {names} FROM (\n{sql}\n) AS {view.name}"
