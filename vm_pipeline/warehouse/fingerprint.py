"""One hash of the published content, the same on any machine and engine.

Belongs here: how a row becomes text, how rows become a digest.
Does not belong here: what is published (tables).

A row is the text of its columns in declared order; a table's digest is the number of its rows and the sums of both
halves of their MD5 (so that neither row order nor memory matters); the fingerprint is the SHA-256 of the tables'
digests in name order. Columns that differ between nights of one content (`varies`) are left out.
"""

import hashlib
from pathlib import Path
from typing import Any

import duckdb
from sqlalchemy import Boolean, Column, Date, DateTime, Double, Table

from vm_pipeline.warehouse.tables import SCHEMA, TABLES
from vm_pipeline.warehouse.tables.columns import OF_NIGHTS


def fingerprint(con: duckdb.DuckDBPyConnection) -> str:
    """64 hex digits."""
    content = [table for table in TABLES if table.info["varies"] != OF_NIGHTS]
    lines = [f"{table.name} {digest(con, table)}" for table in sorted(content, key=lambda table: table.name)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def fingerprint_of(path: Path) -> str:
    """The fingerprint of a snapshot file."""
    with duckdb.connect(str(path), read_only=True) as con:
        return fingerprint(con)


def digest(con: duckdb.DuckDBPyConnection, table: Table) -> str:
    """Rows, and the two sums, of one table."""
    columns = [column for column in table.columns if column.name not in table.info["varies"]]
    text = " || '|' || ".join(f"coalesce({_text(column)}, '~')" for column in columns)
    row = con.execute(
        f"SELECT count(*), coalesce(sum(md5_number_lower(text)), 0)::VARCHAR, "
        f"coalesce(sum(md5_number_upper(text)), 0)::VARCHAR FROM (SELECT {text} AS text FROM {SCHEMA}.{table.name})"
    ).fetchone()
    return " ".join(map(str, row or ()))


def _text(column: Column[Any]) -> str:
    """A value as text that every engine writes alike. A bar ends it, a lone tilde is NULL: both are escaped within."""
    name = f'"{column.name}"'
    match column.type:
        case Double():
            return f"printf('%.16e', {name})"
        case Boolean():
            return f"CASE WHEN {name} THEN 't' WHEN NOT {name} THEN 'f' END"
        case DateTime():
            return f"strftime({name}, '%Y-%m-%dT%H:%M:%S.%f')"
        case Date():
            return f"strftime({name}, '%Y-%m-%d')"
    return f"replace(replace(replace({name}::VARCHAR, '\\', '\\\\'), '|', '\\|'), '~', '\\~')"
