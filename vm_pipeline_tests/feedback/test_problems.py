"""Every problem of a batch reaches its sender: each broken rule of each row, and what is wrong with the file itself."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings

from vm_pipeline.demo import defects
from vm_pipeline.feedback.problems import sent_as
from vm_pipeline.feeds import contract_for
from vm_pipeline.staging.layouts import Layout
from vm_pipeline_tests.feedback.told import Lines, lines, problems, tell, where
from vm_pipeline_tests.programme import ACTIVITY_RECORD, COUNTED, LEDGER_LINE, Cells, Programme, written
from vm_pipeline_tests.staging.test_any_row import rows

several = settings(max_examples=15, suppress_health_check=[*HealthCheck])


@pytest.fixture
def anywhere(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Programme]:
    """A new programme for every example."""
    return lambda: Programme(tmp_path_factory.mktemp("any"))


SENT = {
    "ledger": (LEDGER_LINE, "line_no", defects.LEDGER),
    "activity": (ACTIVITY_RECORD, "record_id", defects.ACTIVITY),
    "survey": (COUNTED, "team_name", defects.SURVEY_ADDED_UP),
}


@pytest.mark.parametrize("feed", SENT)
def test_the_defects_of_the_demo_are_told_where_they_are(programme: Programme, feed: str) -> None:
    sound, number, wrong = SENT[feed]
    spoilt = [one for one in wrong if one.rule != "duplicate"]
    sent = [sound] + [{**sound, number: f"{place}", one.column: one.text} for place, one in enumerate(spoilt, 2)]
    programme.send(f"{feed}/B1/2022-07.csv", written(sent, sound))
    programme.night()
    told = [line for line in problems(programme) if line["row"]]
    assert where(told) == [(f"{place}", one.column, one.rule) for place, one in enumerate(spoilt, 2)]
    for line, one in zip(told, spoilt, strict=True):
        assert line["expected"]
        assert line["what to do"]
        if not one.text.strip():
            assert line["found"] == "nothing: the cell is empty"


def test_a_row_with_several_problems_has_a_line_for_each(programme: Programme) -> None:
    programme.ledger({}, {"amount": "12,34.50", "posting_date": "31/02/2021", "provider_code": "B2", "wte": "n/k"})
    programme.night()
    assert [(line["rule"], line["found"]) for line in problems(programme) if line["row"]] == [
        ("wrong_provider", "B2"),
        ("bad_date", "31/02/2021"),
        ("bad_amount", "12,34.50"),
        ("bad_wte", "n/k"),
    ]
    assert programme.rejected() == [(2, "wrong_provider")]


def test_two_empty_codes_are_two_lines_of_one_rule(programme: Programme) -> None:
    programme.ledger({"account_code": " ", "cost_centre_code": "", "journal_id": ""})
    programme.night()
    columns = ["cost_centre_code", "account_code", "journal_id"]
    assert where(problems(programme))[1:] == [("1", column, "missing_code") for column in columns]


def test_a_duplicate_says_which_row_counts(programme: Programme) -> None:
    key = {"journal_id": "J9", "line_no": "1"}
    programme.ledger(key, {}, key, key)
    programme.ledger({}, {}, key, key, period="2022-08")
    programme.night()
    for slot, expected in (("2022-07", [("3", "1"), ("4", "1")]), ("2022-08", [("4", "3")])):
        told = [line for line in problems(programme, f"ledger/B1/{slot}") if line["rule"] == "duplicate"]
        assert [(line["row"], line["found"]) for line in told] == [
            (row, f"the same as in row {counts}, which counts") for row, counts in expected
        ]
        assert {line["column"] for line in told} == {"journal_id + line_no"}


def test_headers_are_told_as_the_sender_spells_them(programme: Programme) -> None:
    header = {name: name.upper() for name in LEDGER_LINE}
    programme.send(
        "ledger/B1/2022-07.csv",
        written([{header[k]: v for k, v in {**LEDGER_LINE, "amount": "x", "period": "15"}.items()}]),
    )
    programme.night()
    assert where(problems(programme))[1:] == [("1", "PERIOD", "bad_period"), ("1", "AMOUNT", "bad_amount")]


HEAD = "provider_code,financial_year,period,row_count,total_amount\n"


def test_a_control_that_differs_is_told_period_by_period(programme: Programme) -> None:
    programme.ledger({"amount": "10.00"}, {"amount": "5.00", "period": "5"}, {"amount": "1.00", "period": "6"})
    control = "B1,2022/23,4,2,11.00\nB1,2022/23,5,1,5.00\nB1,2022/23,7,1,2.00\n"
    programme.send("ledger/B1/2022-07.control.csv", HEAD + control)
    programme.night()
    told = problems(programme)[:3]
    assert [(line["row"], line["rule"], line["what follows"]) for line in told] == [
        ("", "control_mismatch", "the file does not count")
    ] * 3
    assert [line["found"] for line in told] == [
        "year 2022/23, period 4: 1 rows, total £10.00",
        "year 2022/23, period 6: 1 rows, total £1.00",
        "year 2022/23, period 7: 0 rows, total £0.00",
    ]
    assert told[0]["expected"] == "2 rows, total £11.00, as the control file says (difference -1 rows, £-1.00)"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"provider_code,financial_year\nB1,2022/23\n", "missing_header"),
        (b"provider_code\x00\x01\x02\x81", "not_text"),
    ],
)
def test_a_refused_file_is_one_line_without_a_row(programme: Programme, content: bytes, code: str) -> None:
    programme.send("ledger/B1/2022-07.csv", content)
    programme.night()
    (line,) = problems(programme)
    assert (line["row"], line["rule"]) == ("", code)
    assert line["found"] == programme.summary().refused_because
    assert line["what to do"]


def test_the_summary_adds_up(programme: Programme) -> None:
    programme.ledger({"amount": "10.00"}, {"amount": "5.00", "wte": "x"}, {"amount": "x", "wte": "x"})
    programme.night()
    (told,) = tell(programme)
    found = {line["what"]: (line["rows"], line["amount £"]) for line in lines(told.totals)}
    assert found == {
        "received": ("3", "15.00"),
        "accepted": ("1", "10.00"),
        "rejected": ("2", "5.00"),
        "rejected: bad_amount": ("1", "0.00"),
        "rejected: bad_wte": ("1", "5.00"),
        "year 2022/23, period 4: received": ("3", "15.00"),
    }


def test_a_rejected_reference_row_is_told_too(programme: Programme) -> None:
    programme.reference("cost_centre_map", "B1,R1,T1,1,,", "B1,R2,T1,2.5,2022-05-01,2022-04-01")
    programme.night()
    assert where(problems(programme, "reference/cost_centre_map")) == [
        ("2", "share", "bad_number"),
        ("2", "valid_to", "end_before_start"),
    ]


def told_of(programme: Programme, feed: str, sent: list[dict[str, str]], sound: Cells) -> Lines:
    programme.send(f"{feed}/B1/2022-07.csv", written(sent, sound))
    programme.night()
    return [line for line in problems(programme) if line["row"]]


@given(sent=rows(LEDGER_LINE, {"journal_id": ["J1", "J2"], "line_no": ["1", "01", "2"]}))
@several
def test_every_rejected_row_is_told_and_no_other(anywhere: Callable[[], Programme], sent: list[dict[str, str]]) -> None:
    programme = anywhere()
    told = told_of(programme, "ledger", sent, LEDGER_LINE)
    first = {int(line["row"]): line["rule"] for line in reversed(told)}
    assert first == dict(programme.rejected())
    order = contract_for("ledger").rule_codes
    for row in first:
        codes = [line["rule"] for line in told if line["row"] == str(row)]
        assert codes == sorted(codes, key=order.index)
    assert all(line["what follows"] == "the row does not count" and line["what to do"] for line in told)


def test_a_header_that_a_layout_renamed_is_told_as_it_was_sent() -> None:
    columns = {"amount": ["Net", "Value"], "posting_date": {"sql": '"Day" || "Month"'}, "period": {"batch": "period"}}
    layout, header = Layout.of({"columns": columns}), ("VALUE", "Day", "Month")
    told = {name: sent_as(name, header, layout) for name in columns}
    assert told == {"amount": "VALUE", "posting_date": "Day + Month", "period": ""}
