"""Workbooks: sheets, and cells as a person would have typed them."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import openpyxl
import pytest
import xlwt

from vm_pipeline.staging.reading import Refused
from vm_pipeline_tests.programme import LEDGER_LINE, Programme
from vm_pipeline_tests.staging.tables import Table, read_bytes, shape


def workbook(*rows: Sequence[object], before: Sequence[str] = ()) -> bytes:
    """A workbook whose first sheet holds these rows."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(list(row))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def line(**changes: object) -> list[object]:
    return list((LEDGER_LINE | changes).values())


def night(programme: Programme, content: bytes) -> None:
    """A workbook under the canonical name: what a file is, its bytes say."""
    programme.send("ledger/B1/2022-07.csv", content)
    programme.night()


def test_cells_typed_in_excel(programme: Programme) -> None:
    night(
        programme,
        workbook(
            list(LEDGER_LINE),
            line(line_no=1, period=4, amount=1234.56, posting_date=date(2022, 7, 31), cost_centre_code=112233),
            line(line_no=2.0, period="04", amount=-5, posting_date=datetime(2022, 7, 1), wte=0.8),
            line(line_no="3", amount="(1,234.56)", posting_date="31/07/2022", wte=None),
            line(line_no=4, amount=0.1 + 0.2, wte=1),
        ),
    )
    assert programme.rejected() == []
    assert programme.accepted("line_no, cost_centre_code, posting_date, amount, wte") == [
        (1, "112233", date(2022, 7, 31), Decimal("1234.56"), None),
        (2, "R1", date(2022, 7, 1), Decimal("-5.00"), Decimal("0.80")),
        (3, "R1", date(2022, 7, 31), Decimal("-1234.56"), None),
        (4, "R1", date(2022, 7, 12), Decimal("0.30"), Decimal("1.00")),
    ]


def test_moments_typed_in_excel(programme: Programme) -> None:
    head = [
        "provider_code",
        "record_id",
        "transaction_type",
        "unit_code",
        "measure_code",
        "start_at",
        "end_at",
        "quantity",
    ]
    start, end = datetime(2022, 7, 12, 10, 30), datetime(2022, 7, 13)
    programme.send(
        "activity/B1/2022-07.csv", workbook(head, ["B1", 4711, "I", "W1", "inpatient_stay", start, end, None])
    )
    programme.night()
    assert programme.accepted("record_id, start_at, end_at, quantity") == [("4711", start, end, Decimal(1))]


def test_na_is_text_and_not_empty(programme: Programme) -> None:
    """Cost centre `NA` is one; pandas would make it nothing."""
    night(programme, workbook(list(LEDGER_LINE), line(cost_centre_code="NA"), line(account_code=None, line_no="2")))
    assert programme.accepted("cost_centre_code") == [("NA",)]
    assert programme.rejected() == [(2, "missing_code")]


@pytest.mark.parametrize("rows", [[], [[None]]])
def test_an_empty_sheet(programme: Programme, rows: list[list[object]]) -> None:
    night(programme, workbook(*rows))
    assert programme.summary().refused_code in ("empty_file", "missing_header")


def test_a_header_alone(programme: Programme) -> None:
    night(programme, workbook(list(LEDGER_LINE)))
    assert (programme.summary().refused_because, programme.summary().rows_received) == ("", 0)


def test_a_changed_header(programme: Programme) -> None:
    night(programme, workbook([*list(LEDGER_LINE)[:-2], "amt", "wte"], line()))
    assert programme.summary().refused_code == "missing_header"


def read_book(con: duckdb.DuckDBPyConnection, folder: Path, content: bytes, **how: object) -> Table:
    return read_bytes(con, folder, content, shape(**how))


def sheets(**rows: Sequence[Sequence[object]]) -> bytes:
    """A workbook with a sheet a name; one whose name begins with `hidden` is."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, cells in rows.items():
        sheet = book.create_sheet(name)
        sheet.sheet_state = "hidden" if name.startswith("hidden") else "visible"
        for row in cells:
            sheet.append(list(row))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


HEAD, ONE, TWO = ["a", "b"], [1, "x"], [2, "y"]


class TestSheets:
    def test_the_first_that_is_shown_and_filled(self, con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
        found = read_book(con, tmp_path, sheets(hidden=[HEAD, ONE], Empty=[], May=[HEAD, TWO], June=[HEAD]))
        assert (found.sheet.sheets, found.rows) == (("May",), [("2", "y")])
        notes = {note.code: note.message for note in found.sheet.notes}
        assert "'June'" in notes["other_sheets"]
        assert "'hidden'" in notes["hidden_sheets"]

    @pytest.mark.parametrize("wanted", [["May", "June"], ["may", "june"], ["[MJ]*y", "Ju*"], "[MJ]*"])
    def test_several_under_one_header(
        self, con: duckdb.DuckDBPyConnection, tmp_path: Path, wanted: list[str] | str
    ) -> None:
        content = sheets(May=[HEAD, ONE], Notes=[["x"]], June=[HEAD, TWO])
        found = read_book(con, tmp_path, content, sheets=wanted, sheet_column="month")
        assert found.header == ("month", "a", "b")
        assert found.rows == [("May", "1", "x"), ("June", "2", "y")]
        assert found.numbers == [1, 2]

    def test_under_different_headers(self, con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
        with pytest.raises(Refused, match="'Notes'") as why:
            read_book(con, tmp_path, sheets(May=[HEAD, ONE], Notes=[["x"]]), sheets=["*"])
        assert why.value.code == "sheets_differ"

    def test_one_that_is_not_there(self, con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
        with pytest.raises(Refused, match="found the sheets 'May', expected 'June'") as why:
            read_book(con, tmp_path, sheets(May=[HEAD, ONE]), sheets=["June"])
        assert why.value.code == "no_such_sheet"

    def test_blank_rows_keep_their_numbers(self, con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
        found = read_book(con, tmp_path, sheets(May=[["Report"], [], HEAD, ONE, [], TWO]), header_has=["b"])
        assert found.sheet.header_row == 3
        assert found.numbers == [1, 3]


class TestCells:
    def test_errors_are_said_and_stay_in_their_cells(self, con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
        """An empty cell in place of #REF! would be a nought where a figure was."""
        book = openpyxl.Workbook()
        book.active.append(["a", "b", "c"])
        book.active.append([1, 2.5, date(2022, 7, 1)])
        book.active["B3"], book.active["B4"] = "#REF!", "#N/A"
        content = io.BytesIO()
        book.save(content)
        found = read_book(con, tmp_path, content.getvalue())
        assert found.rows == [("1", "2.5", "2022-07-01"), (None, "#REF!", None), (None, "#N/A", None)]
        assert [(n.code, n.rows) for n in found.sheet.notes] == [("error_cells", 1), ("error_cells", 1)]

    def test_a_formula_that_nobody_reckoned_is_told(self, con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
        """A program that writes formulas writes no values: to a reader such a cell is empty."""
        found = read_book(con, tmp_path, workbook(["a", "b"], ["x", "=1+1"], ["y", 2]))
        assert found.rows == [("x", None), ("y", "2")]
        assert [(n.code, n.rows) for n in found.sheet.notes] == [("error_cells", 1)]

    def test_numbers_dates_and_spans(self, con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
        """A serial number is a date only in a cell that shows one."""
        cells: list[object] = [44743, date(2022, 7, 1), 0.00001, 1e20, True, timedelta(hours=30), time(8, 30), "007"]
        found = read_book(con, tmp_path, sheets(x=[list("abcdefgh"), cells]))
        expected = ("44743", "2022-07-01", "0.00001", "1" + "0" * 20, "TRUE", "30:00:00", "08:30:00", "007")
        assert found.rows == [expected]

    def test_xls(self, con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
        book = xlwt.Workbook()
        sheet = book.add_sheet("May")
        for row, cells in enumerate([HEAD, [1.5, "é"], [date(2022, 7, 1), 3]]):
            for column, cell in enumerate(cells):
                shown = xlwt.easyxf(num_format_str="DD/MM/YYYY") if isinstance(cell, date) else xlwt.Style.default_style
                sheet.write(row, column, cell, shown)
        content = io.BytesIO()
        book.save(content)
        found = read_book(con, tmp_path, content.getvalue())
        assert (found.header, found.rows) == (("a", "b"), [("1.5", "é"), ("2022-07-01", "3")])

    def test_ods(self, con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
        found = read_book(con, tmp_path, ods([["a", "b", ""], ["x", 1.5, ""], ["", "", ""], ["y", 2.0, ""]]))
        assert (found.header[:2], [row[:2] for row in found.rows]) == (("a", "b"), [("x", "1.5"), ("y", "2")])
        assert found.numbers == [1, 3]


def ods(rows: Sequence[Sequence[object]]) -> bytes:
    """A small ods: what LibreOffice writes, without its styles; and a million blank rows after the last."""

    def cell(value: object) -> str:
        if not value:
            return '<table:table-cell table:number-columns-repeated="1000"/>'
        kind = f'"float" office:value="{value}"' if isinstance(value, float) else '"string"'
        return f"<table:table-cell office:value-type={kind}><text:p>{value}</text:p></table:table-cell>"

    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    lines = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    lines += '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>'
    body = f'<office:spreadsheet><table:table table:name="May">{lines}</table:table></office:spreadsheet>'
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "content.xml",
            f"<office:document-content {spaces}><office:body>{body}</office:body></office:document-content>",
        )
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
    return content.getvalue()
