"""The published warehouse: every table, column, key and comment, declared once.

Belongs here: what readers see. DDL, dictionary, fingerprint and tests derive from these declarations.
Does not belong here: how a table is filled (sql/core, sql/marts), where it is published (snapshot).

Money is decimal(18,2) in pounds and ends in `_gbp`; percentages are 0-100 and end in `_pct`; months are `YYYY-MM`;
weeks are named by their Monday.
"""

from sqlalchemy import Table

from vm_pipeline.warehouse.tables import dimensions, facts, indicators, received, teams
from vm_pipeline.warehouse.tables.columns import METADATA, SCHEMA

__all__ = ["METADATA", "SCHEMA", "TABLES"]

_IN_ORDER = (dimensions, received, facts, teams, indicators)  # as readers meet them
TABLES: tuple[Table, ...] = tuple(
    one for module in _IN_ORDER for one in vars(module).values() if isinstance(one, Table)
)
