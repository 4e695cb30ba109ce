"""Cells that a spreadsheet might run: disarmed, readable again, and numbers left alone."""

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vm_pipeline.feedback.spreadsheet import safe, spreadsheet
from vm_pipeline_tests.feedback.told import as_written

FORMULAS = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "-45.00CR",
    "\t=1+1",
    "\rx",
    "\nx",
    " =1+1",
    "\u00a0=1+1",
    "\u200b=1+1",
    "\ufeff=1+1",
    '"=1+1',
    "'=1+1",
    "\u2018=1+1",
    "＝1+1",
    "＋1+1",
    "－1+1",
    "＠SUM(1)",
    "\u202e=1+1",
    "=cmd|' /C calc'!A0",
    "--1",
    "-1.2.3",
    "-１２",
]
NUMBERS = ["-12.50", "+3", "-1,234.56", "12.50", "0", "-0.01", "1,000,000"]
ODD = st.text(st.sampled_from("=+-@|%\t\r\n \"'`＝＋－＠\u00a0\u200b\ufeff\u202e0123456789.,;ab(CR"), max_size=8)


@pytest.mark.parametrize("cell", FORMULAS)
def test_a_formula_is_disarmed(cell: str) -> None:
    assert safe(cell) == "'" + cell


@pytest.mark.parametrize("cell", [*NUMBERS, "", "abc", "£-1.00", "a=b", "(1.00)", "12.50-"])
def test_a_number_or_a_plain_text_is_left_alone(cell: str) -> None:
    assert safe(cell) == cell


@given(cell=st.one_of(ODD, st.text(max_size=20)))
def test_nothing_that_is_left_starts_a_formula(cell: str) -> None:
    """Told by another way: what is left after everything that may be passed over is neither sign nor control."""
    told = safe(cell)
    if re.fullmatch(r"[+-]?[0-9]+(,[0-9]{3})*(\.[0-9]+)?", told, re.ASCII):
        return
    assert not re.match(r"[\t\r\n]", told)
    assert not re.match(r"[\s\"\u200b\ufeff\u202e]*[=+\-@|%＝＋－＠]", told)


@given(cell=st.one_of(ODD, st.text(max_size=20)))
def test_it_can_be_taken_off_again(cell: str) -> None:
    assert as_written(safe(cell)) == cell


@given(rows=st.lists(st.tuples(ODD, ODD), max_size=4))
def test_a_file_says_what_it_was_given(rows: list[tuple[str, str]]) -> None:
    content = spreadsheet(("=a", "b"), rows)
    assert content.startswith(b"\xef\xbb\xbf'=a,b\r\n")
    read = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))[1:]
    assert [tuple(map(as_written, row)) for row in read] == rows
