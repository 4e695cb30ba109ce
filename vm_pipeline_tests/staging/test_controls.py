"""Control files: right, wrong, broken, absent; and what a refusal says, in figures."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import mkdtemp

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vm_pipeline.staging.control import any_lines, plain_lines
from vm_pipeline_tests.programme import Cells, Programme, Row

HEAD = "provider_code,financial_year,period,row_count,total_amount\n"
LINES: list[Cells] = [
    {"amount": "1,000.00"},
    {"amount": "(0.50)"},
    {"amount": "unreadable"},
    {"amount": "7.00", "account_code": ""},
    {"period": "5", "amount": "2.00"},
    {"period": "17", "amount": "4.00"},
]
RIGHT = "B1,2022/23,4,4,1006.50\nB1,2022/23,5,1,2.00\nB1,2022/23,17,1,4.00\n"


def night(programme: Programme, control: str | bytes, lines: Sequence[Cells] = LINES) -> tuple[str, str]:
    """Refusal code and message of a ledger with this control."""
    programme.ledger(*lines)
    programme.send("ledger/B1/2022-07.control.csv", control)
    programme.night()
    return programme.summary().refused_code, programme.summary().refused_because


@pytest.mark.parametrize(
    "control",
    [
        pytest.param(HEAD + RIGHT, id="as sent, sound or not"),
        pytest.param(HEAD + RIGHT.replace(",4,4,", ",04,4,"), id="a period with a zero before it"),
        pytest.param(HEAD + RIGHT.replace("1006.50", '"£1,006.50"'), id="another spelling of the total"),
        pytest.param(HEAD + "".join(reversed(RIGHT.splitlines(keepends=True))), id="another order"),
        pytest.param(HEAD + RIGHT.replace("4,4,1006.50", "4,1,1000\nB1,2022/23,4,3,6.50"), id="a period on two lines"),
        pytest.param("\ufeff" + (HEAD + RIGHT).replace("\n", "\r\n").replace(",", ";"), id="another kind of file"),
    ],
)
def test_a_control_that_is_right(programme: Programme, control: str) -> None:
    assert night(programme, control) == ("", "")
    found = programme.summary()
    assert found.warnings[0].code != "no_control"
    assert [
        (p.financial_year, p.period, p.rows, f"{p.received}", f"{p.accepted}", f"{p.control}") for p in found.periods
    ] == [
        ("2022/23", "17", 1, "4.00", "0.00", "4.00"),
        ("2022/23", "4", 4, "1006.50", "999.50", "1006.50"),
        ("2022/23", "5", 1, "2.00", "2.00", "2.00"),
    ]


@pytest.mark.parametrize(
    ("control", "figures"),
    [
        (RIGHT.replace("1006.50", "1006.51"), ["period 4", "£1,006.50", "£1,006.51", "difference 0 rows, £-0.01"]),
        (RIGHT.replace(",4,4,", ",4,5,"), ["period 4", "found 4 rows", "says 5 rows", "difference -1 rows, £0.00"]),
        (RIGHT.replace("B1,2022/23,5,1,2.00\n", ""), ["period 5", "found 1 rows and £2.00", "says 0 rows and £0.00"]),
        (RIGHT + "B1,2022/23,6,2,3.00\n", ["period 6", "found 0 rows", "says 2 rows and £3.00"]),
        (RIGHT.replace("2022/23,5", "2021/22,5"), ["financial year 2021/22, period 5"]),
        ("", ["period 17", "says 0 rows"]),
    ],
)
def test_a_mismatch_refuses_the_batch_with_the_figures(programme: Programme, control: str, figures: list[str]) -> None:
    code, said = night(programme, HEAD + control)
    assert code == "control_mismatch"
    assert [figure for figure in figures if figure not in said] == []


def test_a_refused_batch_still_says_what_was_in_it(programme: Programme) -> None:
    """Rows and money, for the conversation with the sender."""
    night(programme, HEAD)
    found = programme.summary()
    assert (found.rows_received, found.rows_accepted, found.rows_rejected) == (6, 3, 3)
    assert f"{found.received}" == "1012.50"


@pytest.mark.parametrize(
    "control",
    [
        pytest.param(b"", id="empty"),
        pytest.param(HEAD.replace("row_count", "rows") + RIGHT, id="another header"),
        pytest.param(HEAD + RIGHT + "B1,2022/23\n", id="a ragged line"),
        pytest.param(HEAD + RIGHT.replace(",1,2.00", ",one,2.00"), id="a count that is none"),
        pytest.param(HEAD + RIGHT + "B1,2022/23,6,0,nothing\n", id="a total that is none"),
        pytest.param((HEAD + RIGHT).encode() + b"\0", id="a NUL byte"),
    ],
)
def test_a_broken_control_refuses_the_batch(programme: Programme, control: str | bytes) -> None:
    code, said = night(programme, control)
    assert code == "bad_control"
    assert said.startswith("the control file: ")


def test_without_a_control_a_ledger_is_taken_with_a_warning(programme: Programme) -> None:
    programme.ledger(*LINES)
    programme.night()
    assert not programme.summary().refused
    assert "no_control" in {warned.code for warned in programme.summary().warnings}
    assert {period.control for period in programme.summary().periods} == {None}


@pytest.mark.parametrize("feed", ["activity", "survey"])
class TestRowCounts:
    """Activity and survey batches may have a control too, of rows only."""

    def night(self, programme: Programme, feed: str, control: str) -> tuple[str, str]:
        getattr(programme, feed)({}, {"provider_code": ""}, {"provider_code": "B9"})
        programme.send(f"{feed}/B1/2022-07.control.csv", control)
        programme.night()
        return programme.summary().refused_code, programme.summary().refused_because

    @pytest.mark.parametrize("control", ["row_count\n3\n", "row_count\n3\n\n", "provider_code,row_count\nB1,2\nB1,1\n"])
    def test_right(self, programme: Programme, feed: str, control: str) -> None:
        assert self.night(programme, feed, control) == ("", "")

    def test_wrong(self, programme: Programme, feed: str) -> None:
        code, said = self.night(programme, feed, "row_count\n6\n")
        assert code == "control_mismatch"
        assert "found 3 rows; the control file says 6 (difference -3)" in said

    @pytest.mark.parametrize("control", ["rows\n3\n", "row_count\nthree\n", "row_count\n3\nthree\n"])
    def test_broken(self, programme: Programme, feed: str, control: str) -> None:
        assert self.night(programme, feed, control)[0] == "bad_control"

    def test_absent(self, programme: Programme, feed: str) -> None:
        getattr(programme, feed)({})
        programme.night()
        assert programme.summary().warnings == ()


def test_the_figures_never_quote_text(programme: Programme) -> None:
    """A narrative that slipped into the wrong column is in no message and in no published table."""
    secret = "Zebedee Quux"
    lines = [{"financial_year": secret}, {"period": secret}, {"period": "0207 946 0000"}, {"period": "2022-07"}]
    code, said = night(programme, HEAD, lines)
    assert code == "control_mismatch"
    assert "Quux" not in said
    assert "0207" not in said
    programme.send("ledger/B1/2022-07.control.csv", HEAD + "B1,2022/23,2022-07,1,10\nB1,2022/23,x,2,20\nB1,y,4,1,10\n")
    programme.night()
    assert not programme.summary().refused
    published = programme.core().execute(
        "SELECT financial_year, ledger_period, ledger_total_gbp FROM vm.reconciliation"
    )
    rows: list[Row] = sorted(published.fetchall())
    assert [row[:2] for row in rows] == [("2022/23", "2022-07"), ("2022/23", "?"), ("?", "4")]


def test_a_control_that_changes_alone_is_a_new_version(programme: Programme) -> None:
    """A refused batch is mended by sending the right control."""
    assert night(programme, HEAD)[0] == "control_mismatch"
    assert programme.in_force() == {}
    assert night(programme, HEAD + RIGHT) == ("", "")
    assert list(programme.in_force()) == [("ledger/B1", "2022-07")]


_PLAIN = st.tuples(
    st.sampled_from(["B1", ""]),
    st.sampled_from(["2022/23", "0022/23", "2022/99"]),
    st.sampled_from(["4", "04", "0", "99"]),
    st.sampled_from(["0", "12", "007", "999999999"]),
    st.sampled_from(["0.00", "-0.00", "1006.50", "-12.05", "007.00", "999999999999.99"]),
)
_SPELT = st.tuples(
    st.sampled_from(["B 1", '"B1"', "B1"]),
    st.sampled_from(["22/23", "2022/23 ", "x", "2022/23"]),
    st.sampled_from(["123", " 4", "4"]),
    st.sampled_from(["1234567890", "-1", "1.0", "12"]),
    st.sampled_from(["1234567890123.45", "5", ".50", "1,000.00", "0.50"]),
)


@given(
    lines=st.lists((_PLAIN | _PLAIN | _SPELT).map(",".join), max_size=3),
    end=st.sampled_from(["\n", "\r\n", "\r", "\n\n"]),
    last=st.sampled_from(["", "\n", "\r\n", " \n"]),
)
def test_a_plain_control_says_what_any_reader_finds_in_it(lines: list[str], end: str, last: str) -> None:
    path = Path(mkdtemp()) / "control"
    path.write_text(end.join([HEAD.strip(), *lines]) + last, "ascii", newline="")
    plainly = plain_lines(path)
    if plainly:
        assert plainly == any_lines(duckdb.connect(config={"threads": 1}), path, path.parent)


def test_the_usual_control_is_plain(tmp_path: Path) -> None:
    (tmp_path / "control").write_text(HEAD + RIGHT, "utf-8")
    assert [(line.period, line.rows, f"{line.amount}") for line in plain_lines(tmp_path / "control")] == [
        ("4", 4, "1006.50"),
        ("5", 1, "2.00"),
        ("17", 1, "4.00"),
    ]
