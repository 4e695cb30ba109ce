"""Excel workbooks: cells as a person would have typed them."""

import io
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest

from vm_pipeline_tests.programme import LEDGER_LINE, Programme


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
