"""What columns of the views have in common: taken over from a table, keys of the star, how they are shown.

Belongs here: how a view or a column of it is declared.
Does not belong here: which views there are (star, wide, quality).
"""

from typing import Any

from sqlalchemy import Column, ForeignKey, MetaData, PrimaryKeyConstraint, Table

from vm_pipeline.warehouse.tables.columns import SCHEMA, TEXT, Kind
from vm_pipeline.warehouse.tables.dimensions import dim_date, dim_team

VIEW_METADATA = MetaData(schema=SCHEMA)
_UNITS = {"gbp": "(£)", "pct": "(%)"}


def view(
    name: str,
    grain: str,
    key: tuple[str, ...],
    *columns: Column[Any],
    date_table: str = "",
    filters: tuple[str, ...] = (),
) -> Table:
    """`date_table`: its column of days, where a BI tool should take it as the date table.

    `filters`: columns without one value of which a sum adds up what does not belong together.
    """
    about = {"date_table": date_table, "filters": filters}
    return Table(name, VIEW_METADATA, *columns, PrimaryKeyConstraint(*key), comment=grain, info=about)


def own(name: str, kind: Kind, comment: str, required: bool = False, to: str = "") -> Column[Any]:
    """A column that no table has. `to`: the view whose key it is."""
    links = [ForeignKey(f"{SCHEMA}.{to}.{name}")] if to else []
    return Column(name, kind, *links, nullable=not required, comment=comment)


def same(column: Column[Any], to: str = "", optional: bool = False) -> Column[Any]:
    """A column as a table has it. `optional`: it may be empty here."""
    return own(column.name, column.type, column.comment or "", not (column.nullable or optional), to)


def every(table: Table, *names: str, optional: bool = False) -> tuple[Column[Any], ...]:
    """Several columns as a table has them; all of them where none is named."""
    return tuple(same(table.columns[name], optional=optional) for name in names or table.columns.keys())


def all_but(table: Table, *names: str) -> tuple[Column[Any], ...]:
    """The columns of a table, but for these."""
    return every(table, *(column.name for column in table.columns if column.name not in names))


def provider_key(optional: bool = False) -> Column[Any]:
    return same(dim_team.c.provider_code, "bi_dim_provider", optional)


def team_key(optional: bool = False) -> Column[Any]:
    return own("team_key", TEXT, "Provider and team.", not optional, "bi_dim_team")


def date_key(what: str) -> Column[Any]:
    """The column by which a view is joined to the date table."""
    return own("date", dim_date.c.date.type, f"{what}; empty outside the years of bi_dim_date.", to="bi_dim_date")


def label(column: Column[Any]) -> str:
    """A column as a list of fields shows it: `direct_cost_gbp_target` is `Direct cost (£) target`."""
    words = column.name.replace("_", " ").capitalize().split(" ")
    return " ".join(_UNITS.get(word, word) for word in words)
