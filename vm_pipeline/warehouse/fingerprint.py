"""One hash of the published content, the same on any machine and engine.

Belongs here: how a row becomes text, how rows become a digest.
Does not belong here: what is published (tables).

A row is the text of its columns in declared order; a table's digest is the number of its rows and the sums of both
halves of their MD5 (so that neither row order nor memory matters); the fingerprint is the SHA-256 of the tables'
digests in name order. Columns that differ between nights of one content (`varies`) are left out.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from sqlalchemy import Boolean, Column, Date, DateTime, Double, Table

from vm_pipeline.warehouse.made_from import name_of
from vm_pipeline.warehouse.tables import SCHEMA, TABLES
from vm_pipeline.warehouse.tables.columns import OF_NIGHTS

CONTENT = tuple(table for table in TABLES if table.info["varies"] != OF_NIGHTS)
"""Tables that tell what is known; the others tell of nights, which differ from home to home."""


@dataclass(frozen=True)
class Spelling:
    """What engines spell each in its own way: values as text (`{0}` is the column), and both halves of a text's MD5."""

    double: str
    moment: str
    day: str
    lower: str
    upper: str


def _half(start: int) -> str:
    """Sixteen digits of an MD5 as DuckDB reads them: the last byte counts most, and there is no sign."""
    number = f"('x' || reverse(substr(md5(text), {start}, 16)))::bit(64)::bigint"
    nibbles = 0x0F0F0F0F0F0F0F0F
    swapped = f"((({number} & {nibbles}) << 4) | (({number} >> 4) & {nibbles}))"
    return f"({swapped} & 4294967295)::numeric + (({swapped} >> 32) & 4294967295)::numeric * 4294967296"


DUCKDB = Spelling(
    double="CASE WHEN isnan({0}) THEN 'nan' ELSE printf('%.16e', {0} + 0) END",  # whatever its sign; and -0 is 0
    moment="strftime({0}, '%Y-%m-%dT%H:%M:%S.%f')",
    day="strftime({0}, '%Y-%m-%d')",
    lower="md5_number_lower(text)",
    upper="md5_number_upper(text)",
)
POSTGRES = Spelling(
    double="CASE {0} WHEN 'NaN' THEN 'nan' WHEN 'Infinity' THEN 'inf' WHEN '-Infinity' THEN '-inf' "
    "ELSE ltrim(to_char({0} + 0, '9.9999999999999999EEEE')) END",
    moment="to_char({0}, 'YYYY-MM-DD\"T\"HH24:MI:SS.US')",
    day="to_char({0}, 'YYYY-MM-DD')",
    lower=_half(17),
    upper=_half(1),
)


def fingerprint(con: duckdb.DuckDBPyConnection) -> str:
    """64 hex digits."""
    return of_digests({table.name: digest(con, table) for table in CONTENT})


def fingerprint_of(path: Path) -> str:
    """The fingerprint of a snapshot file."""
    with duckdb.connect(str(path), read_only=True) as con:
        return fingerprint(con)


def of_digests(digests: dict[str, str]) -> str:
    """The fingerprint of tables whose digests are known, by name."""
    return name_of(f"{name} {digests[name]}" for name in sorted(digests))


def digest(con: duckdb.DuckDBPyConnection, table: Table) -> str:
    """Rows, and the two sums, of one table."""
    (row,) = con.execute(digest_query(table, DUCKDB)).fetchall()
    return " ".join(map(str, row))


def digest_query(table: Table, spelling: Spelling) -> str:
    """SELECT of a table's digest: rows, and the two sums as text."""
    columns = [column for column in table.columns if column.name not in table.info["varies"]]
    text = " || '|' || ".join(f"coalesce({_text(column, spelling)}, '~')" for column in columns)
    halves = ", ".join(f"coalesce(sum({half}), 0)::VARCHAR" for half in (spelling.lower, spelling.upper))
    return f"SELECT count(*), {halves} FROM (SELECT {text} AS text FROM {SCHEMA}.{table.name}) AS rows"


def _text(column: Column[Any], spelling: Spelling) -> str:
    """A value as text that every engine writes alike. A bar ends it, a lone tilde is NULL: both are escaped within."""
    name = f'"{column.name}"'
    match column.type:
        case Double():
            return spelling.double.format(name)
        case Boolean():
            return f"CASE WHEN {name} THEN 't' WHEN NOT {name} THEN 'f' END"
        case DateTime():
            return spelling.moment.format(name)
        case Date():
            return spelling.day.format(name)
    return f"replace(replace(replace({name}::VARCHAR, '\\', '\\\\'), '|', '\\|'), '~', '\\~')"
