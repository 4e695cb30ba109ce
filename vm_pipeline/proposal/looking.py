"""A look at one file: what the reader makes of it, and what stands in its columns.

Belongs here: reading the file into one table of text, and counting.
Does not belong here: what a column is taken for (columns), where the header stands (heading), printing (commands).
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from vm_pipeline.feeds import values
from vm_pipeline.feeds.identifiers import is_masked, names_an_identifier
from vm_pipeline.proposal.columns import ColumnLook
from vm_pipeline.proposal.heading import header_row, is_number
from vm_pipeline.proposal.kinds import (
    DATES,
    FEATURES,
    KINDS,
    MAY_BE_DATE,
    MONTHS,
    ODD,
    SERIAL,
    TITLED,
    TOTAL,
    of_form,
)
from vm_pipeline.staging.naming import literal
from vm_pipeline.staging.parsing import parsed, text
from vm_pipeline.staging.personal import identifiers_in, shaped, sought_in
from vm_pipeline.staging.reading import AS_IT_SAYS, FileShape, Sheet, read_sheet
from vm_pipeline.staging.summary import Warned

_SAMPLE = 5_000  # different texts of a column: enough to see which forms of dates may fit at all
_START = 1 << 16
_SIGN, _SEVERAL = re.compile(r"[^\w\s]"), 2
ONE_COLUMN = "one_column"
_SHOWN_ROWS, _SHOWN_SHAPES = 5, 3
_FEW_TITLES = 0.2
_LONGEST = 16
_MOST_COLUMNS = 500  # DuckDB plans for minutes where a SELECT has twenty times as many


@dataclass(frozen=True)
class FileLook:
    """What a file holds. `odd_rows`: what seems to be no row of the table → how many, and numbers of the first."""

    path: Path
    shape: FileShape
    sheet: Sheet
    rows: int
    line_ends: str
    columns: tuple[ColumnLook, ...]
    odd_rows: dict[str, tuple[int, tuple[int, ...]]]

    @property
    def has_header(self) -> bool:
        """Whether the header seems to be one: no number and no identifier is a name.

        `NumberOver12HoursEpisode`, a header of Public Health Scotland, has the letters of a postcode within a word.
        """
        return not any(is_number(name) or is_masked(name) for name in self.sheet.header)

    @property
    def by_name(self) -> dict[str, ColumnLook]:
        """Columns by their header; of two with one header, the first."""
        return {column.name: column for column in reversed(self.columns)}


@contextmanager
def opened(
    path: Path, workspace: Path, shape: FileShape = AS_IT_SAYS
) -> Iterator[tuple[duckdb.DuckDBPyConnection, "FileLook"]]:
    """A file as the table `seen` (row_number, c0, c1 …) and what was found in it. Raises Refused."""
    if shape == AS_IT_SAYS and (row := header_row(path, workspace, shape)):
        shape = replace(shape, header_row=row)
    with duckdb.connect(config={"temp_directory": str(workspace / "spill")}) as con:
        con.execute("SET enable_progress_bar = false")
        sheet = _alone(_read(con, path, workspace, shape))
        rows = con.execute("SELECT count(*) FROM seen").fetchall()[0][0]
        columns = _columns(con, sheet.header, rows)
        found = FileLook(
            path, shape, sheet, rows, _line_ends(path, sheet), tuple(_personal(con, columns)), _odd_rows(con, columns)
        )
        yield con, found


def _read(con: duckdb.DuckDBPyConnection, path: Path, workspace: Path, shape: FileShape) -> Sheet:
    """Fill `seen`. A file that DuckDB finds broken is read row by row: then the reason says where."""
    sheet = _within(read_sheet(path, workspace, shape))
    try:
        _fill(con, sheet)
    except (duckdb.ProgrammingError, duckdb.DataError):
        if sheet.numbered:
            raise
        sheet = _within(read_sheet(path, workspace, shape, closely=True))
        _fill(con, sheet)
    return sheet


def _alone(sheet: Sheet) -> Sheet:
    """The sheet; it is told where its one column seems to be several, parted by a sign that nobody can be sure of."""
    signs = Counter(_SIGN.findall(sheet.header[0])).most_common(1) if sheet.delimiter and len(sheet.header) == 1 else []
    if not signs or signs[0][1] < _SEVERAL:
        return sheet
    found = f"found one column, with {signs[0][0]!r} {signs[0][1]:,} times in its header"
    remedy = f"If it parts the cells, say `delimiter = {json.dumps(signs[0][0])}` in `[layout.<name>.file]`."
    return replace(sheet, notes=(*sheet.notes, Warned(ONE_COLUMN, 0, f"{found}, expected several. {remedy}")))


def _within(sheet: Sheet) -> Sheet:
    """The sheet with as many of its columns as are looked at; it is told where there are more."""
    more = len(sheet.header) - _MOST_COLUMNS
    if more <= 0:
        return sheet
    note = Warned("other_columns", 0, f"looked at the first {_MOST_COLUMNS:,} columns only, {more:,} come after them")
    return replace(sheet, header=sheet.header[:_MOST_COLUMNS], notes=(*sheet.notes, note))


def _fill(con: duckdb.DuckDBPyConnection, sheet: Sheet) -> None:
    cells = [f"{text(f'c{place}', sheet.odd_blanks)} AS c{place}" for place in range(len(sheet.header))]
    con.execute(f"CREATE OR REPLACE TEMP TABLE seen AS SELECT row_number, {', '.join(cells)} FROM {sheet.relation}")


def write_table(con: duckdb.DuckDBPyConnection, found: FileLook, target: Path) -> None:
    """The table as it was read, with row numbers, as a CSV file. A column without a name is called by its place."""
    names = [name or f"column {place}" for place, name in enumerate(found.sheet.header, 1)]
    again = [name if name not in names[:place] else f"{name} ({place + 1})" for place, name in enumerate(names)]
    quoted = [f'c{place} AS "{name.replace(chr(34), chr(34) * 2)}"' for place, name in enumerate(again)]
    con.execute(
        f'COPY (SELECT row_number AS "row", {", ".join(quoted)} FROM seen ORDER BY row_number) '
        f"TO {literal(target)} (FORMAT csv, HEADER)"
    )


def _columns(con: duckdb.DuckDBPyConnection, names: Sequence[str], rows: int) -> list[ColumnLook]:
    """Every column, counted. All columns in one query each: of a small file, compiling a query is the work."""
    cells = " UNION ALL ".join(f"SELECT {place} AS place, c{place} AS x FROM seen" for place in range(len(names)))
    con.execute(
        f"CREATE TEMP TABLE cell AS SELECT place, x, count(*) AS n FROM ({cells}) WHERE x IS NOT NULL GROUP BY ALL"
    )
    tests = {**KINDS, **FEATURES, **ODD, "serial": SERIAL, "total": TOTAL, "titled": TITLED}
    counts, forms, shapes = _counted(con, tests), _forms(con), _shapes(con)
    sizes = {place: sums for place, *sums in con.execute(_SIZES).fetchall()}
    found = []
    for place, name in enumerate(names):
        filled, distinct, total, negatives = sizes.get(place, (0, 0, None, 0))
        column = ColumnLook(
            name,
            rows,
            filled,
            distinct,
            counts.get(place, {}),
            forms.get(place, {}),
            shapes.get(place, ()),
            total,
            negatives,
        )
        found.append(replace(column, months=_months(con, place, column)))
    return found


_SIZES = (
    "SELECT place, sum(n)::BIGINT, count(*), sum(pounds * n)::DECIMAL(38,2), "
    "coalesce(sum(n) FILTER (pounds < 0), 0)::BIGINT "
    f"FROM (SELECT place, n, {parsed(values.MONEY, 'x')} AS pounds FROM cell) GROUP BY place"
)


def _counted(con: duckdb.DuckDBPyConnection, tests: dict[str, str], where: str = "true") -> dict[int, dict[str, int]]:
    """Place of a column → test → rows whose text passes it; what nothing passes is left out."""
    sums = [f"coalesce(sum(n) FILTER ({test.replace('{x}', 'x')}), 0)::BIGINT" for test in tests.values()]
    found = con.execute(f"SELECT place, {', '.join(sums)} FROM cell WHERE {where} GROUP BY place").fetchall()
    return {place: {name: rows for name, rows in zip(tests, passed, strict=True) if rows} for place, *passed in found}


def _forms(con: duckdb.DuckDBPyConnection) -> dict[int, dict[str, int]]:
    """Forms of dates and the rows that fit each: those of a sample are counted over all, if there are any."""
    may_be, every = MAY_BE_DATE.replace("{x}", "x"), (*DATES, *MONTHS)
    con.execute(
        f"CREATE TEMP TABLE dated AS SELECT * FROM cell WHERE {may_be} "
        f"QUALIFY row_number() OVER (PARTITION BY place) <= {_SAMPLE}"
    )
    tried = ", ".join(f"bool_or({of_form(form).replace('{x}', 'x')})" for form in every)
    rows = con.execute(f"SELECT place, {tried} FROM dated GROUP BY place").fetchall()
    likely = {form for _, *hits in rows for form, hit in zip(every, hits, strict=True) if hit}
    if not likely:
        return {}
    counted = _counted(con, {form: of_form(form) for form in every if form in likely}, may_be)
    return {place: dict(sorted(found.items(), key=lambda pair: -pair[1])) for place, found in counted.items()}


def _months(con: duckdb.DuckDBPyConnection, place: int, column: ColumnLook) -> dict[str, tuple[str, float]]:
    """Form → the month that most days are of, read by it, and their share."""
    return {form: _month(con, place, form) for form in column.fitting if form in DATES}


def _month(con: duckdb.DuckDBPyConnection, place: int, form: str) -> tuple[str, float]:
    month = f"strftime(try_strptime(x, {literal(form)}), '%Y-%m')"
    rows = con.execute(
        f"SELECT {month} AS month, sum(n) FROM cell WHERE place = {place} AND {month} IS NOT NULL "
        "GROUP BY ALL ORDER BY 2 DESC, 1"
    ).fetchall()
    return rows[0][0], float(rows[0][1] / sum(number for _, number in rows))


def _shapes(con: duckdb.DuckDBPyConnection) -> dict[int, tuple[str, ...]]:
    """The commonest shapes, letters as A and a, digits as 9; none longer than a code."""
    digits = "regexp_replace(x, '[0-9]', '9', 'g')"
    upper = f"regexp_replace({digits}, '[A-Z]', 'A', 'g')"
    shape = f"regexp_replace({upper}, '[b-z]|[^[:ascii:]]', 'a', 'g')"
    counted = f"SELECT place, {shape} AS shape, sum(n) AS n FROM cell WHERE length(x) <= {_LONGEST} GROUP BY ALL"
    found = con.execute(
        f"SELECT place, list(shape ORDER BY n DESC, shape)[:{_SHOWN_SHAPES}] FROM ({counted}) GROUP BY place"
    ).fetchall()
    return {place: tuple(shapes) for place, shapes in found}


def _personal(con: duckdb.DuckDBPyConnection, columns: Sequence[ColumnLook]) -> Iterator[ColumnLook]:
    """The columns, with what each seems to hold of people. Nothing of what it holds is told."""
    named = {str(place) for place, column in enumerate(columns) if names_an_identifier(column.name)}
    candidates = f"SELECT 0 AS member, place::VARCHAR AS name, {sought_in('x')} AS text FROM cell WHERE {shaped('x')}"
    finds = identifiers_in(con, f"SELECT DISTINCT * FROM ({candidates})", named)
    for place, column in enumerate(columns):
        if signs := finds.get((0, str(place))):
            yield replace(column, personal=f"{signs.kind.name} by every sign: {signs}")
        elif column.share("titled") >= _FEW_TITLES:
            yield replace(column, personal=f"names of people: {column.counts['titled']:,} begin with a title")
        elif str(place) in named:
            yield replace(column, personal="something of people, as its header says")
        else:
            yield column


def _odd_rows(con: duckdb.DuckDBPyConnection, columns: Sequence[ColumnLook]) -> dict[str, tuple[int, tuple[int, ...]]]:
    """Rows that seem to be none of the table's.

    Cells are counted once, in a list: a sum of 500 terms, which each condition had, takes DuckDB seconds to plan.
    """
    cells = ", ".join(f"c{place}" for place in range(len(columns)))
    totals = [TOTAL.replace("{x}", f"c{place}") for place, column in enumerate(columns) if column.counts.get("total")]
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE filled AS SELECT row_number, list_aggregate([{cells}], 'count') AS cells, "
        f"coalesce({' OR '.join(totals) or 'false'}, false) AS has_total FROM seen"
    )
    usual = con.execute("SELECT median(cells) FROM filled").fetchall()[0][0] or 0
    is_total = f"cells BETWEEN 1 AND {usual} - 1 AND has_total"
    conditions = {
        "blank rows": "cells = 0",
        "rows that seem to be totals": is_total,
        "rows with less than half of the usual cells": f"cells BETWEEN 1 AND {usual} / 2 - 0.5 AND NOT ({is_total})",
    }
    found = {}
    for name, condition in conditions.items():
        rows = con.execute(f"SELECT row_number FROM filled WHERE {condition} ORDER BY row_number").fetchall()
        if rows:
            found[name] = (len(rows), tuple(number for (number,) in rows[:_SHOWN_ROWS]))
    return found


def _line_ends(path: Path, sheet: Sheet) -> str:
    """The kind of line ends a text file begins with."""
    if not sheet.delimiter:
        return ""
    with path.open("rb") as file:
        start = file.read(_START)
    both = start.count(b"\r\n")
    counts = {"CR LF": both, "LF": start.count(b"\n") - both, "CR": start.count(b"\r") - both}
    return " and ".join(name for name, count in counts.items() if count)
