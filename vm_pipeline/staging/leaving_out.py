"""Rows of a file that are none, or somebody else's: left out by rule, counted by rule, and their totals compared.

Belongs here: the rows of a file under its own headers, filled down, with the rule that leaves each out.
Does not belong here: which headers there are (matching), the cells of the rows that stay (making).

Nothing is left out silently: every rule says in the summary how many rows it took.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import duckdb

from vm_pipeline.feeds.values import MONEY
from vm_pipeline.staging.layouts import NOTHING, Layout, Skip
from vm_pipeline.staging.making import ROW_NUMBER, File, made
from vm_pipeline.staging.naming import literal, with_facts
from vm_pipeline.staging.parsing import parsed
from vm_pipeline.staging.reading import Refused
from vm_pipeline.staging.summary import Warned

LEFT_OUT_BY = '"left  out by"'  # the place of the rule in the layout; two blanks: no header is called this
_ELSEWHERE = -1  # `where`: these rows are somebody else's


@dataclass(frozen=True)
class Total:
    """Rows with a total, what they say, the sum found in the rows kept, and cells that are no amount."""

    rows: int
    said: Decimal
    found: Decimal
    unread: int


def numbered(cells: Sequence[str], relation: str, layout: Layout, file: File) -> str:
    """Rows of a file, filled down, and with the rule that leaves each out (NULL = it stays). `cells`: as selected."""
    rows = f"(SELECT {', '.join(cells)} FROM {relation})"
    if layout.skip:
        rules = " ".join(f"WHEN {_applies(rule, file)} THEN {place}" for place, rule in enumerate(layout.skip))
        rows = f"(SELECT *, CASE {rules} END AS {LEFT_OUT_BY} FROM {rows})"
    else:
        rows = f"(SELECT *, NULL::INTEGER AS {LEFT_OUT_BY} FROM {rows})"
    if layout.filled_down:
        rows = _filled_down(rows, layout, file)
    if layout.where:
        belongs = with_facts(layout.where, file.batch)
        here = f"coalesce({LEFT_OUT_BY}, CASE WHEN ({belongs}) THEN NULL ELSE {_ELSEWHERE} END)"
        rows = f"(SELECT * REPLACE ({here} AS {LEFT_OUT_BY}) FROM {rows})"
    return rows


def _applies(rule: Skip, file: File) -> str:
    """SQL condition: the row is one of these."""
    conditions = [f"{file.cell(one)} IS NULL" for one in rule.blank]
    if rule.header:
        conditions.append(f"regexp_matches({file.cell(rule.header)}, {literal(rule.matches)})")
    if rule.sql:
        conditions.append(f"({with_facts(rule.sql, file.batch)})")
    return " AND ".join(conditions)


def _filled_down(rows: str, layout: Layout, file: File) -> str:
    """An empty cell takes the cell above; a row left out gives none, unless it is a heading."""
    silent = [str(place) for place, rule in enumerate(layout.skip) if not rule.heading]
    gives = f"{LEFT_OUT_BY} IN ({', '.join(silent)})" if silent else "false"
    above = f"OVER (ORDER BY {ROW_NUMBER} ROWS UNBOUNDED PRECEDING)"
    filled = ", ".join(
        f"coalesce({cell}, last_value(CASE WHEN {gives} THEN NULL ELSE {cell} END IGNORE NULLS) {above}) AS {cell}"
        for cell in dict.fromkeys(map(file.cell, layout.filled_down))
    )
    return f"(SELECT * REPLACE ({filled}) FROM {rows})"


def counted(con: duckdb.DuckDBPyConnection, table: str, layout: Layout) -> tuple[Warned, ...]:
    """What each rule left out of a table of numbered rows; one that left nothing out is not told."""
    rows = dict(con.execute(f"SELECT {LEFT_OUT_BY}, count(*) FROM {table} GROUP BY ALL").fetchall())
    said = {place: f"the rule {rule.name!r}" for place, rule in enumerate(layout.skip)} | {_ELSEWHERE: "`where`"}
    return tuple(
        Warned("skipped_rows", rows[place], f"{rows[place]:,} rows left out by {name}, as configured")
        for place, name in said.items()
        if place in rows
    )


def check_totals(con: duckdb.DuckDBPyConnection, table: str, layout: Layout, file: File) -> None:
    """Compare the totals a file gives of itself with its rows. Raises Refused with the figures."""
    for place, rule in enumerate(layout.skip):
        if rule.check_total:
            _compare(rule, _total(con, table, place, rule, file))


def _total(con: duckdb.DuckDBPyConnection, table: str, place: int, rule: Skip, file: File) -> Total:
    cell = made({"total": rule.check_total or NOTHING}, {"total": MONEY}, table, file)
    amount, this = parsed(MONEY, "trim(total)"), f"{LEFT_OUT_BY} = {place}"
    kept = f"coalesce({LEFT_OUT_BY}, {_ELSEWHERE}) = {_ELSEWHERE}"  # a file's total is of all its rows, of others too
    figures = con.execute(
        f"SELECT count(*) FILTER ({this}), coalesce(sum({amount}) FILTER ({this}), 0), "
        f"coalesce(sum({amount}) FILTER ({kept}), 0), "
        f"count(*) FILTER (({kept} OR {this}) AND total IS NOT NULL AND {amount} IS NULL) "
        f"FROM (SELECT *, {cell.columns['total']} AS total FROM {cell.relation})"
    ).fetchall()
    return Total(*figures[0])


def _compare(rule: Skip, total: Total) -> None:
    if total.rows and total.said == total.found:
        return
    found = f"a total of £{total.said:,.2f} in {total.rows} rows" if total.rows else "no row with the total"
    unread = f", and {total.unread} cells that are no amount" if total.unread else ""
    raise Refused(
        "total_mismatch",
        f"found {found} by the rule {rule.name!r}; expected £{total.found:,.2f}, the sum of the other rows{unread} "
        f"(difference £{total.said - total.found:,.2f}). Ask the sender for the whole extract, or correct the layout.",
    )
