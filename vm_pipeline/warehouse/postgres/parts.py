"""How a table falls into partitions and parts, and the content of every part.

Belongs here: which rows are a part, in words both engines understand; the digest of each, computed in DuckDB.
Does not belong here: PostgreSQL's DDL (schema), comparing and copying (publish).

A large table that has a time is partitioned by financial year. Its part is a month: `2022-07`. Cost brought forward
belongs to no month: its part is the year, `2022/23`. Any other table is one part, the empty text.

The digest is DuckDB's own hash, ten times faster than the MD5 of the fingerprint. A version of DuckDB that hashes in
another way makes every part look changed: it is then written once more.
"""

from dataclasses import dataclass

import duckdb
from sqlalchemy import Date, Table

from vm_pipeline.calendar import financial_year, first_day, last_day
from vm_pipeline.staging.naming import literal
from vm_pipeline.warehouse.tables import SCHEMA

WHOLE = ""
_YEAR = "financial_year"
_TIMES = (_YEAR, "period", "starts_on", "week_start")  # the first that a table has filled in every row


@dataclass(frozen=True)
class Content:
    """What a part holds: rows, and two sums, of their hashes and of hashes of these. Every column counts.

    What differs may have one of the sums in common, hardly both.
    """

    rows: int
    digest: str


def time_of(table: Table) -> str:
    """The column a table is partitioned by; empty where it is not."""
    if not table.info["large"]:
        return ""
    return next((name for name in _TIMES if name in table.columns and not table.columns[name].nullable), "")


def is_dated(table: Table) -> bool:
    """Whether that column is a day."""
    return bool(time_of(table)) and isinstance(table.columns[time_of(table)].type, Date)


def contents(con: duckdb.DuckDBPyConnection, table: Table, rows: str = "") -> dict[str, Content]:
    """Every part of a table of a draft or snapshot, and what it holds. A table of one part always has it.

    `rows`: a relation of hashed rows, instead of all of the table's.
    """
    found = {
        part: Content(count, f"{one} {other}")
        for part, count, one, other in con.execute(
            f"SELECT part, count(*), sum(row_hash), sum(hash(row_hash)) FROM ({rows or hashed(table)}) "
            "GROUP BY part ORDER BY part"
        ).fetchall()
    }
    return found if time_of(table) else {WHOLE: found.get(WHOLE, Content(0, "0 0"))}


def hashed(table: Table, schema: str = SCHEMA) -> str:
    """SELECT of every row: where it lies in the file, its part, and a hash that differs where rows do."""
    values = ", ".join(f'"{column.name}"' for column in table.columns)
    return f"SELECT rowid AS place, {_part(table)} AS part, hash({values}) AS row_hash FROM {schema}.{table.name}"


def _part(table: Table) -> str:
    """The part of a row, for DuckDB."""
    time = time_of(table)
    if time == _YEAR:
        return f"coalesce(period, {_YEAR})"
    return f"strftime({time}, '%Y-%m')" if is_dated(table) else time or f"'{WHOLE}'"


def is_in(table: Table, part: str) -> str:
    """A condition on rows that are in a part, for both engines."""
    time = time_of(table)
    if part == WHOLE:
        return "true"
    if is_dated(table):
        return f"{time} BETWEEN DATE '{first_day(part)}' AND DATE '{last_day(part)}'"
    if "/" in part:
        return f"{_YEAR} = {literal(part)} AND period IS NULL"
    return f"period = {literal(part)}"


def year_of(part: str) -> str:
    """The financial year, which names the partition a part lies in."""
    return part if "/" in part else financial_year(first_day(part))


def is_in_year(table: Table, year: str) -> str:
    """A condition on rows of a financial year, for both engines."""
    time, (first, end) = time_of(table), _months(year)
    if time == _YEAR:
        return f"{_YEAR} = {literal(year)}"
    day = "-01" if is_dated(table) else ""
    return f"{time} >= '{first}{day}' AND {time} < '{end}{day}'"


def bounds(table: Table, year: str) -> str:
    """The partition of a financial year: what ATTACH PARTITION takes."""
    if time_of(table) == _YEAR:
        return f"FOR VALUES IN ({literal(year)})"
    first, end = _months(year)
    day = "-01" if is_dated(table) else ""
    return f"FOR VALUES FROM ('{first}{day}') TO ('{end}{day}')"


def _months(year: str) -> tuple[str, str]:
    """The first month of a financial year, and that of the next."""
    return f"{year[:4]}-04", f"{int(year[:4]) + 1}-04"
