"""The file readers had the night before, beside the draft: which rows of a part are other rows now.

Belongs here: taking that file up, trusting it only where it has what is noted of the server, rows that differ.
Does not belong here: which parts changed (changes), deleting and copying (writing).

One ledger line moves the limits of a series, and so a point of every month it has: of a million points, a thousand.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from vm_pipeline.staging.naming import literal
from vm_pipeline.warehouse.parts import BATCH
from vm_pipeline.warehouse.postgres.changes import Change
from vm_pipeline.warehouse.postgres.parts import Content, contents, hashed
from vm_pipeline.warehouse.postgres.schema import kept
from vm_pipeline.warehouse.tables import SCHEMA

Row = tuple[Any, ...]
_NAME = "night_before"
_MOST = 200_000  # keys at a time, in memory; and of more than half the rows of a part, deleting it whole takes less


def take_up(con: duckdb.DuckDBPyConnection, path: Path | None) -> bool:
    """Attach the file, if there is one that opens."""
    if path is None or not path.is_file():
        return False
    try:
        con.execute(f"ATTACH {literal(path)} AS {_NAME} (READ_ONLY)")
    except duckdb.Error:
        return False
    return True


@dataclass(frozen=True)
class Gone:
    """Rows of the server that are not as they were: batches of which none stays, and the keys of all others.

    A file that is sent again is a batch of its own: what was there goes by its name, not by 60,000 keys.
    """

    batches: list[str]
    keys: list[Row]


def gone(con: duckdb.DuckDBPyConnection, change: Change) -> Gone | None:
    """The server's rows that are not as they were; `new` gives those that take their place.

    None where the file does not have what is noted, or too many rows are others: then parts are written whole.
    """
    table = change.table
    try:
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE row_before AS {hashed(table, f'{_NAME}.{SCHEMA}')} WHERE {change.rows}"
        )
    except duckdb.Error:  # made by a version with other columns
        return None
    if not change.noted or _filled(contents(con, table, "FROM row_before")) != _filled(change.noted):
        return None
    con.execute(
        "CREATE OR REPLACE TEMP TABLE other_row AS SELECT row_before.place AS gone, row_now.place AS new "
        f"FROM row_before FULL JOIN ({hashed(table)} WHERE {change.rows}) AS row_now USING (row_hash) "
        "WHERE gone IS NULL OR new IS NULL"
    )
    batches = _whole_batches(con, change)
    most = min(_MOST, sum(one.rows for one in change.noted.values()) // 2)
    keys = ", ".join(f'"{column.name}"' for column in kept()[table.name].primary_key.columns)
    others = f"coalesce({BATCH} NOT IN (SELECT unnest(?)), true)" if batches else "true"
    found = con.execute(
        f"SELECT {keys} FROM {_NAME}.{SCHEMA}.{table.name} WHERE rowid IN (SELECT gone FROM other_row) AND {others} "
        f"LIMIT {most + 1}",
        [batches] if batches else [],
    ).fetchall()
    return Gone(batches, found) if len(found) <= most else None


def _whole_batches(con: duckdb.DuckDBPyConnection, change: Change) -> list[str]:
    """Batches of which every row in these parts is gone."""
    if BATCH not in change.table.columns:
        return []
    found = con.execute(
        f"SELECT {BATCH} FROM {_NAME}.{SCHEMA}.{change.table.name} AS row_before "
        f"LEFT JOIN other_row ON other_row.gone = row_before.rowid WHERE {change.rows} "
        f"GROUP BY {BATCH} HAVING count(*) = count(other_row.gone) AND {BATCH} IS NOT NULL"
    ).fetchall()
    return [batch for (batch,) in found]


def new(change: Change) -> str:
    """SELECT of the rows that are in the draft and were not in the file, once `gone` has compared them."""
    return f"SELECT * FROM {SCHEMA}.{change.table.name} WHERE rowid IN (SELECT new FROM other_row)"


def _filled(parts: Mapping[str, Content]) -> dict[str, Content]:
    return {part: one for part, one in parts.items() if one.rows}
