"""Files that others keep because their readers once failed on them: read as they are, or refused with a reason.

The oracle is another reader: the JSON beside a file, Python's csv, openpyxl.
"""

import csv
import io
import json
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import duckdb
import openpyxl
import pytest

from vm_pipeline.staging.reading import Refused
from vm_pipeline_tests.staging.conftest import MESSY
from vm_pipeline_tests.staging.tables import Table, read, shape

FILES = sorted(
    path.relative_to(MESSY).as_posix() for path in MESSY.rglob("*") if path.is_file() and path.suffix != ".json"
)
TEXTS = [name for name in FILES if name.endswith((".csv", ".tsv")) and "compression" not in name]
WORKBOOKS = [name for name in FILES if name.endswith(".xlsx")]
SPECTRUM = [name for name in FILES if name.startswith("csv-spectrum/")]

# Rows that have more or fewer cells than the header, by another reader too.
RAGGED = {
    "frictionless/capital-invalid.csv",
    "frictionless/defective-rows.csv",
    "frictionless/dialect.csv",
    "frictionless/invalid.csv",
    "frictionless/issue-1004-data1.csv",
    "frictionless/issue-1004-data2.csv",
    "frictionless/schema-errors.csv",
    "frictionless/skip-blank-at-the-end.csv",
    "frictionless/structure-errors.csv",
    "frictionless/without-headers-extra.csv",
}
EMPTY = {"frictionless/empty.csv"}
NUMBER = "Contact Phone Number"
# Python's csv keeps the spaces before these quotes, or the backslashes within, and parts cells at them.
OTHER_QUOTES = {"frictionless/escaping.csv", "frictionless/issue-1109.csv", "clevercsv/imdb.csv"}


@pytest.fixture
def opened(con: duckdb.DuckDBPyConnection, messy: Path, tmp_path: Path) -> Iterator["Opener"]:
    yield Opener(con, messy, tmp_path)


class Opener:
    """Opens a copy of a messy file, or one as a layout describes it."""

    def __init__(self, con: duckdb.DuckDBPyConnection, messy: Path, folder: Path) -> None:
        self._con, self._messy, self._folder = con, messy, folder

    def __call__(self, name: str, **how: object) -> Table:
        return read(self._con, Path(shutil.copy(self._messy / name, self._folder / "sheet")), shape(**how))


@pytest.mark.parametrize("name", FILES)
def test_every_file_is_read_or_refused(opened: Opener, name: str) -> None:
    try:
        found = opened(name)
    except Refused as why:
        assert why.code == ("empty_file" if name in EMPTY else "broken_rows")
        assert name in RAGGED | EMPTY
    else:
        assert name not in RAGGED | EMPTY
        assert found.header
        assert all(len(row) == len(found.header) for row in found.rows)


@pytest.mark.parametrize("name", SPECTRUM)
def test_as_the_truth_beside_it_says(opened: Opener, messy: Path, name: str) -> None:
    truth = json.loads((messy / name.replace("csvs", "json").replace(".csv", ".json")).read_text("utf-8"))
    found = opened(name)
    rows = [dict(zip(found.header, (cell or "" for cell in row), strict=True)) for row in found.rows]
    if isinstance(truth, dict):  # of one row, with another number in it than the file has
        truth, rows = [truth], [row | {NUMBER: truth[NUMBER]} for row in rows]
    assert rows == truth


@pytest.mark.parametrize("name", [one for one in TEXTS if one not in RAGGED | EMPTY | OTHER_QUOTES])
def test_the_cells_that_python_finds(opened: Opener, messy: Path, name: str) -> None:
    """Row by row, cell by cell; rows left out are those that repeat the header."""
    found = opened(name)
    text = (messy / name).read_bytes().decode(found.sheet.encoding)
    header, *rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=found.sheet.delimiter) if row]
    width = len(found.header)
    assert [" ".join(cell.split()) for cell in header[:width]] == list(found.header)
    expected = [tuple(cell or None for cell in row[:width]) for row in rows if row != header]
    assert found.rows == expected
    assert len(rows) - len(expected) == sum(found.left_out.values())


@pytest.mark.parametrize("name", WORKBOOKS)
def test_the_cells_that_openpyxl_finds(opened: Opener, messy: Path, name: str) -> None:
    book = openpyxl.load_workbook(messy / name, data_only=True)
    found = opened(name)
    rows = [[_typed(cell) for cell in row] for row in book[found.sheet.sheets[0]].iter_rows(values_only=True)]
    below = [row for row in rows[found.sheet.header_row :] if any(row)]
    first = next(place for place, cell in enumerate(rows[found.sheet.header_row - 1]) if cell)
    taken = [tuple(row[first : first + len(found.header)]) for row in below]
    assert found.rows == [row + (None,) * (len(found.header) - len(row)) for row in taken]
    assert [found.sheet.header_row + number for number in found.numbers] == [
        place for place, row in enumerate(rows, 1) if any(row) and place > found.sheet.header_row
    ]


def _typed(cell: object) -> str | None:
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, datetime):
        return cell.isoformat(" ").removesuffix(" 00:00:00")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return (f"{cell:.15g}" if isinstance(cell, float) else str(cell)) if cell not in (None, "") else None


def test_quotes_after_spaces(opened: Opener) -> None:
    found = opened("frictionless/issue-1109.csv")
    assert (found.header, found.rows[0]) == (("int", "number", "string"), ("1", "2.3", "string"))


def test_quotes_after_backslashes(opened: Opener) -> None:
    found = opened("frictionless/escaping.csv")
    assert found.rows[0] == ("1", "Test line 1")
    assert found.rows[2] == ("3", 'Test " line 3')


def test_commas_after_backslashes(opened: Opener) -> None:
    """Told from the file, because with doubled quotes its rows are ragged."""
    found = opened("clevercsv/imdb.csv")
    assert (len(found.header), len(found.rows)) == (44, 100)


@pytest.mark.parametrize(
    ("name", "how", "rows"),
    [
        ("frictionless/matrix-with-comment.csv", {"comment": "#"}, 4),
        ("frictionless/skip-rows.csv", {"comment": "#"}, 2),
        ("frictionless/skip-rows.csv", {"skip_lines": {"remark": "^#"}}, 2),
        ("frictionless/country-2.csv", {"header_has": ["Neighbor_ID"]}, 5),
        (
            "frictionless/countries.csv",
            {"header_row": 2, "skip_lines": {"remark": "find the population", "cut": "^5$"}},
            3,
        ),
        ("frictionless/dialect.csv", {"delimiter": "|", "quote": "#"}, 2),
        ("frictionless/without-headers.csv", {"no_header": ["id", "name"]}, 3),
        ("frictionless/table-infer-iso-8859-7.csv", {"encoding": "iso-8859-7"}, 4),
        ("frictionless/schema-errors.csv", {"skip_lines": {"of another table": "^2 3 4 5 6"}}, 3),
    ],
)
def test_what_a_layout_says_of_a_file(opened: Opener, name: str, how: dict[str, object], rows: int) -> None:
    found = opened(name, **how)
    assert len(found.rows) == rows
    assert len(found.header) > 1


def test_a_header_over_five_rows(opened: Opener) -> None:
    found = opened("frictionless/multiline-headers.xlsx", header_rows=5)
    assert found.header == (
        "Region",
        "Caloric contribution (%)",
        "Cumulative impact of changes on cost of food basket from previous quarter",
        "Cumulative impact of changes on cost of food basket from baseline (%)",
    )
    assert found.rows == [("A", "B", "C", "D")]
