"""Parquet files: columns of any type become text, a struct becomes columns with dots in their names.

Belongs here: types as text, as a person would write them.
Does not belong here: Parquet that this package wrote itself (writing).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from vm_pipeline.staging.naming import literal, quoted
from vm_pipeline.staging.reading.shape import Format
from vm_pipeline.staging.reading.sheet import NUL, Refused, Sheet, holds_nul, readable
from vm_pipeline.staging.reading.writing import READER

_MOST_ROWS = 500_000_000  # a row may take no bytes at all
_NESTED = ("list", "array", "map", "union")
_NOTHING = "null"  # the kind of a column that has no values, and that nobody gave another
_WHOLE = 10**15  # doubles up to here are exact to the unit


def parquet(path: Path, target: Path) -> Sheet:
    """A Parquet file, written out as text. Raises Refused where it is damaged or a column holds lists."""
    import duckdb

    with duckdb.connect(config={"threads": 1}) as con:
        try:
            rows = con.execute("SELECT sum(num_rows) FROM parquet_file_metadata(?)", [readable(path)[1:-1]]).fetchall()
            if rows[0][0] > _MOST_ROWS:
                raise Refused("too_large", f"found over {_MOST_ROWS:,} rows. Send the extract in parts.")
            relation = con.sql(f"FROM read_parquet([{readable(path)}])")
            columns = [
                found
                for name, kind in zip(relation.columns, relation.types, strict=True)
                for found in _columns(name, quoted(name), kind)
            ]
            chosen = ", ".join(f"nullif({sql}, '') AS c{place}" for place, (_, sql) in enumerate(columns))
            con.execute(
                f"COPY (SELECT {chosen}, row_number() OVER () AS row_number FROM read_parquet([{readable(path)}])) "
                f"TO {readable(target)} (FORMAT parquet)"
            )
        except duckdb.Error as error:
            if NUL in str(error):
                raise holds_nul() from None
            raise Refused(
                "not_a_table",
                f"found a Parquet file that cannot be read ({type(error).__name__}): it is cut off or damaged. "
                "Send it again.",
            ) from error
    return Sheet(tuple(name for name, _ in columns), target, READER, Format.PARQUET, numbered=True, header_row=0)


def _columns(name: str, sql: str, kind: Any) -> Iterator[tuple[str, str]]:
    """Names and SQL of the texts of one column. Raises Refused."""
    if kind.id == "struct":
        for inner, inner_kind in kind.children:
            yield from _columns(f"{name}.{inner}", f"struct_extract({sql}, {literal(inner)})", inner_kind)
        return
    if kind.id in _NESTED:
        raise Refused(
            "not_a_table", f"found lists in the column {name!r}, expected texts and numbers. Send one row for each."
        )
    yield " ".join(name.split()), _as_text(sql, kind.id)


def _as_text(sql: str, kind: str) -> str:
    if kind == _NOTHING:
        return "NULL::VARCHAR"  # a cast of such a column ends in an internal error of DuckDB 2.0.0
    if kind in ("double", "float"):
        whole = f"{sql} = trunc({sql}) AND abs({sql}) < {_WHOLE}"
        return f"CASE WHEN {whole} THEN CAST({sql} AS BIGINT)::VARCHAR ELSE {sql}::VARCHAR END"
    if kind.startswith("timestamp"):
        return f"CASE WHEN {sql} = date_trunc('day', {sql}) THEN CAST({sql} AS DATE)::VARCHAR ELSE {sql}::VARCHAR END"
    if kind in ("varchar", "enum"):
        return f"CASE WHEN contains({sql}::VARCHAR, chr(0)) THEN error('{NUL}') ELSE {sql}::VARCHAR END"
    return f"{sql}::VARCHAR"
