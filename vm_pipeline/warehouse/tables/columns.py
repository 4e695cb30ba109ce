"""What columns of the published tables have in common: kinds, keys, values, a table with its grain.

Belongs here: how a column or a table is declared. Does not belong here: which tables there are (the other modules).
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Double,
    Integer,
    MetaData,
    Numeric,
    SmallInteger,
    String,
    Table,
)
from sqlalchemy.types import TypeEngine

SCHEMA = "vm"
METADATA = MetaData(schema=SCHEMA)

TEXT, DAY, MOMENT, FLAG, WHOLE = String(), Date(), DateTime(), Boolean(), BigInteger()
RATIO: Double[float] = Double()
UNIT_PRICE = Numeric(18, 6)
SMALL, NUMBER = SmallInteger(), Integer()
POUNDS, QUANTITY, PEOPLE, PARTS = Numeric(18, 2), Numeric(18, 3), Numeric(18, 9), Numeric(38, 9)

OF_NIGHTS = ("*",)  # `varies` of a table that tells of nights, not of content: it is in no fingerprint

Kind = TypeEngine[Any]


def key(name: str, kind: Kind, comment: str) -> Column[Any]:
    return Column(name, kind, primary_key=True, autoincrement=False, comment=comment)


def value(name: str, kind: Kind, comment: str, required: bool = False) -> Column[Any]:
    return Column(name, kind, nullable=not required, comment=comment)


def table(name: str, grain: str, *columns: Column[Any], large: bool = False, varies: tuple[str, ...] = ()) -> Table:
    """`large`: the key holds by construction and is not enforced by an index. `varies`: outside the fingerprint."""
    return Table(name, METADATA, *columns, comment=grain, info={"large": large, "varies": varies})


def provider() -> Column[Any]:
    return key("provider_code", TEXT, "Health board or trust.")


def team() -> Column[Any]:
    return key("team_code", TEXT, "Team of the programme; UNALLOCATED where no reference row maps the source.")


def batch_id() -> Column[Any]:
    return key("batch_id", TEXT, "Batch the row came from.")


def span(first: Column[Any] | None = None) -> tuple[Column[Any], Column[Any]]:
    start = first if first is not None else value("valid_from", DAY, "First day it holds; empty = always.")
    return start, value("valid_to", DAY, "Last day it holds; empty = until further notice.")


def saving_case() -> tuple[Column[Any], ...]:
    return (
        key("case_code", TEXT, "The saving."),
        key("baseline_from", DAY, "First day of the window before."),
        key("baseline_to", DAY, "Last day of it."),
        key("after_from", DAY, "First day of the window after."),
        key("after_to", DAY, "Last day of it."),
        value("case_name", TEXT, "Its name."),
        value("team_code", TEXT, "Team whose cost it is.", True),
        value("method", TEXT, "`window`, or `pathway` for what moved elsewhere.", True),
        value("scale_by", TEXT, "What the window before is scaled by: `days` or `activity`.", True),
    )


ROW_NUMBER = ("row_number", WHOLE, "Row in the file received: 1 = the first below the header.")
