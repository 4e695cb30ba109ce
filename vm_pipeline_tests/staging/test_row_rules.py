"""Which rule a row fails: every code of feeds.md, the order they are judged in, and what is no failure."""

from collections.abc import Sequence
from itertools import combinations

import duckdb
import pytest

from vm_pipeline.feeds import ACTIVITY, LEDGER, SURVEY_COUNTS, SURVEY_WIDE
from vm_pipeline.feeds.contract import Contract
from vm_pipeline.feeds.reference import REFERENCES
from vm_pipeline_tests.programme import Cells, Programme

# As feeds.md lists them: the first that fails is the one a row gets.
ORDER = {
    "ledger": ["missing_code", "wrong_provider", "bad_period", "bad_date", "bad_amount", "bad_wte", "duplicate"],
    "activity": ["missing_code", "wrong_provider", "bad_type", "bad_date", "end_before_start", "bad_quantity"],
    "survey": ["missing_code", "wrong_provider", "bad_date", "duplicate"],
}

LEDGER_ROWS: list[tuple[Cells, str]] = [
    ({}, ""),
    ({"provider_code": ""}, "missing_code"),
    ({"cost_centre_code": ""}, "missing_code"),
    ({"account_code": "  "}, "missing_code"),
    ({"journal_id": "\t"}, "missing_code"),
    ({"line_no": ""}, "missing_code"),
    ({"supplier_code": "", "narrative": "", "wte": ""}, ""),
    ({"provider_code": "B9"}, "wrong_provider"),
    ({"provider_code": " b1 "}, ""),
    ({"financial_year": "2022"}, "bad_period"),
    ({"financial_year": "2022/24"}, "bad_period"),
    ({"financial_year": ""}, "bad_period"),
    ({"period": "15"}, "bad_period"),
    ({"period": "-1"}, "bad_period"),
    ({"period": ""}, "bad_period"),
    ({"period": "04"}, ""),
    ({"period": "0"}, ""),
    ({"period": "13"}, ""),
    ({"period": "14"}, ""),
    ({"posting_date": ""}, "bad_date"),
    ({"posting_date": "31/02/2022"}, "bad_date"),
    ({"posting_date": "44652"}, "bad_date"),
    ({"posting_date": "31-Jul-2022"}, ""),
    ({"posting_date": "31/07/2022"}, ""),
    ({"amount": ""}, "bad_amount"),
    ({"amount": "NaN"}, "bad_amount"),
    ({"amount": "12.345"}, "bad_amount"),
    ({"amount": "(12.34)"}, ""),
    ({"wte": "x"}, "bad_wte"),
    ({"wte": "0.123"}, "bad_wte"),
    ({"wte": "-0.50"}, ""),
]
ACTIVITY_ROWS: list[tuple[Cells, str]] = [
    ({}, ""),
    ({"provider_code": ""}, "missing_code"),
    ({"record_id": ""}, "missing_code"),
    ({"unit_code": ""}, "missing_code"),
    ({"measure_code": ""}, "missing_code"),
    ({"provider_code": "B9"}, "wrong_provider"),
    ({"transaction_type": "X"}, "bad_type"),
    ({"transaction_type": ""}, "bad_type"),
    ({"transaction_type": "r"}, ""),
    ({"start_at": ""}, "bad_date"),
    ({"start_at": "2022-07-32"}, "bad_date"),
    ({"start_at": "2022-07-12"}, ""),
    ({"end_at": "soon"}, "bad_date"),
    ({"end_at": "2022-07-12T09:59"}, "end_before_start"),
    ({"end_at": "2022-07-12T10:00"}, ""),
    ({"end_at": "2022-07-12T09:30Z"}, ""),
    ({"quantity": "-3"}, "bad_quantity"),
    ({"quantity": "two"}, "bad_quantity"),
    ({"quantity": "1.2345"}, "bad_quantity"),
    ({"quantity": "0"}, ""),
    ({"quantity": "7.125"}, ""),
    ({"transaction_type": "D", "unit_code": "", "measure_code": "", "start_at": "", "quantity": ""}, ""),
    ({"transaction_type": "d", "start_at": "soon", "end_at": "never", "quantity": "-3"}, ""),
    ({"transaction_type": "D", "start_at": "2022-07-12", "end_at": "2022-07-11"}, ""),
    ({"transaction_type": "D", "record_id": ""}, "missing_code"),
    ({"transaction_type": "D", "provider_code": "B9"}, "wrong_provider"),
]
SURVEY_ROWS: list[tuple[Cells, str]] = [
    ({}, ""),
    ({"provider_code": ""}, "missing_code"),
    ({"survey_code": ""}, "missing_code"),
    ({"team_name": ""}, ""),
    ({"provider_code": "B9"}, "wrong_provider"),
    ({"wave_date": ""}, "bad_date"),
    ({"wave_date": "July"}, "bad_date"),
    ({"Q1": "whatever"}, ""),
]
COUNT_ROWS: list[tuple[Cells, str]] = [
    ({}, ""),
    ({"question_code": ""}, "missing_code"),
    ({"survey_code": "", "question_code": "Q2"}, "missing_code"),
    ({"provider_code": "B9", "question_code": "Q3"}, "wrong_provider"),
    ({"wave_date": "2022-13-01", "question_code": "Q4"}, "bad_date"),
    ({"answered": "several", "question_code": "Q5"}, ""),
]


def judged(programme: Programme, feed: str, rows: Sequence[tuple[Cells, str]]) -> list[tuple[Cells, str]]:
    """The rows again, in one extract, with the code each got."""
    getattr(programme, feed)(*(change for change, _ in rows))
    programme.night()
    found = dict(programme.rejected())
    summary = programme.summary()
    assert summary.rows_received == len(rows) == summary.rows_accepted + summary.rows_rejected
    assert summary.rows_rejected == len(found) == sum(rule.rows for rule in summary.rejections)
    return [(change, found.get(number, "")) for number, (change, _) in enumerate(rows, 1)]


@pytest.mark.parametrize(
    ("feed", "rows"),
    [("ledger", LEDGER_ROWS), ("activity", ACTIVITY_ROWS), ("survey", SURVEY_ROWS), ("counts", COUNT_ROWS)],
)
def test_a_row_gets_the_code_of_its_rule(programme: Programme, feed: str, rows: list[tuple[Cells, str]]) -> None:
    assert judged(programme, feed, rows) == rows


@pytest.mark.parametrize(
    ("feed", "rows"), [("ledger", LEDGER_ROWS), ("activity", ACTIVITY_ROWS[:-5]), ("survey", SURVEY_ROWS)]
)
def test_of_two_failures_the_earlier_rule_counts(
    programme: Programme, feed: str, rows: list[tuple[Cells, str]]
) -> None:
    """Every two defects of different columns in one row."""
    defects = [(change, code) for change, code in rows if code]
    pairs = [
        ({**one, **other}, min(a, b, key=ORDER[feed].index))
        for (one, a), (other, b) in combinations(defects, 2)
        if not one.keys() & other.keys()
    ]
    assert len(pairs) >= 8
    assert judged(programme, feed, pairs) == pairs


def test_a_row_that_fails_everything(programme: Programme) -> None:
    """Mended rule by rule it fails the next one."""
    defects: list[tuple[str, Cells]] = [
        ("missing_code", {"account_code": ""}),
        ("wrong_provider", {"provider_code": "B9"}),
        ("bad_period", {"period": "99"}),
        ("bad_date", {"posting_date": "?"}),
        ("bad_amount", {"amount": "?"}),
        ("bad_wte", {"wte": "?"}),
    ]
    rows = [
        ({name: cell for _, change in defects[done:] for name, cell in change.items()}, defects[done][0])
        for done in range(len(defects))
    ]
    assert judged(programme, "ledger", [*rows, ({}, "")]) == [*rows, ({}, "")]


@pytest.mark.parametrize(
    ("contract", "feed"),
    [(LEDGER, "ledger"), (ACTIVITY, "activity"), (SURVEY_WIDE, "survey"), (SURVEY_COUNTS, "survey")],
)
def test_contracts_declare_the_rules_of_the_feeds_in_order(contract: Contract, feed: str) -> None:
    assert list(contract.rule_codes) == ORDER[feed]


class TestDuplicates:
    """Only sound rows can be duplicates."""

    def test_of_a_ledger_key_the_first_sound_row_stays(self, programme: Programme) -> None:
        key = {"journal_id": "J7", "line_no": "3"}
        programme.ledger(
            key | {"amount": "bad"},
            key | {"amount": "1"},
            key | {"amount": "2", "line_no": "03", "journal_id": " J7 "},
            key | {"wte": "bad"},
            key | {"line_no": "4"},
            key | {"journal_id": "j7"},
            key | {"amount": "3"},
        )
        programme.night()
        assert programme.rejected() == [(1, "bad_amount"), (3, "duplicate"), (4, "bad_wte"), (7, "duplicate")]
        path = str(programme.staging.rejected(programme.receipt()))
        years = duckdb.read_parquet(path).select("financial_year").distinct().fetchall()
        assert years == [("2022/23",)]  # a duplicate's is written again, as it may be sent again

    def test_of_a_respondent_the_last_sound_answer_stays(self, programme: Programme) -> None:
        programme.survey(
            {"respondent_ref": "R1"},
            {"respondent_ref": " R1\u00a0"},
            {"respondent_ref": "R1", "wave_date": "2022-07-16"},
            {"respondent_ref": "R1", "survey_code": "OTHER"},
            {"respondent_ref": "R2"},
            {"respondent_ref": "R1", "survey_code": " pulse"},
            {"respondent_ref": "R1", "wave_date": "?"},
        )
        programme.night()
        assert programme.rejected() == [(1, "duplicate"), (2, "duplicate"), (7, "bad_date")]

    def test_nobody_is_no_respondent(self, programme: Programme) -> None:
        programme.survey({"respondent_ref": ""}, {"respondent_ref": " "}, {})
        programme.night()
        assert programme.rejected() == []

    def test_activity_has_none(self, programme: Programme) -> None:
        """The last transaction of a record wins, which core decides over all batches."""
        programme.activity({"record_id": "A"}, {"record_id": "A"})
        programme.night()
        assert programme.rejected() == []

    def test_the_same_key_in_another_batch_is_none(self, programme: Programme) -> None:
        programme.ledger({"journal_id": "J7"}, period="2022-07")
        programme.ledger({"journal_id": "J7"}, period="2022-08")
        programme.night()
        assert programme.rejected("ledger/B1/2022-07") == programme.rejected("ledger/B1/2022-08") == []


class TestMoney:
    """Pounds received = accepted + rejected, of the rows whose amount can be read."""

    def test_every_pound_is_accounted_for(self, programme: Programme) -> None:
        programme.ledger(
            {"amount": "1,000.01"},
            {"amount": "(0.02)"},
            {"amount": "nonsense"},
            {"amount": "5.00", "posting_date": "?"},
            {"amount": "7CR", "account_code": ""},
            {"amount": "9", "journal_id": "J1", "line_no": "1"},
        )
        programme.night()
        found = programme.summary()
        assert {rule.rule_code: (rule.rows, f"{rule.amount}") for rule in found.rejections} == {
            "missing_code": (1, "-7.00"),
            "bad_date": (1, "5.00"),
            "bad_amount": (1, "0.00"),
            "duplicate": (1, "9.00"),
        }
        assert (f"{found.received}", f"{found.accepted}") == ("1006.99", "999.99")
        assert found.received == sum(rule.amount for rule in found.rejections) + (found.accepted or 0)

    def test_an_amount_of_any_size_and_no_sum_that_no_table_holds(self, programme: Programme) -> None:
        """A column of references in the place of amounts: the sum of each sign counts, and of rejected rows too.

        Batches are added up, too: what is taken of several is no more than a table holds.
        """
        largest = {"amount": "9,999,999,999,999.99"}
        programme.ledger(largest, {"amount": "9" * 30})
        programme.ledger(largest, {"amount": "-0.01", "posting_date": "?"}, period="2022-08")
        for period in ("2022-09", "2022-10"):  # either fits a table; both are July's
            programme.ledger({"amount": "6,000,000,000,000,000.00"}, period=period)
        programme.activity(*[{"quantity": "500000000000"}] * 2)
        programme.counts(*[{"team_name": name, "answered": "500000000"} for name in "ab"])
        programme.night()
        assert f"{programme.summary('ledger/B1/2022-07').accepted}" == "9999999999999.99"
        refused = [
            programme.summary(f"{slot}") for slot in ("ledger/B1/2022-08", "activity/B1/2022-07", "survey/B1/2022-07")
        ]
        assert {one.refused_code for one in refused} == {"sum_too_large"}
        assert "adds up to 10,000,000,000,000 without signs" in refused[0].refused_because
        assert programme.marts().execute("SELECT sum(amount_gbp) FROM vm.fact_cost").fetchall()


def test_no_code_that_is_too_long_for_a_key(programme: Programme) -> None:
    """Of 2,700 bytes and more, one code keeps every table it is a key of from PostgreSQL."""
    programme.ledger(
        {"account_code": "é" * 500}, {"narrative": "n" * 5000}, {"account_code": "A" * 5000, "amount": "?"}
    )
    programme.activity({"measure_code": "m" * 1001})
    programme.reference("unit_map", f"B1,{'W' * 1001},T1,,")
    programme.reference("teams", f"B1,T1,{'n' * 5000},Medicine,ward,,", f"B1,T2,Two,{'s' * 1001},ward,,")
    programme.night()
    assert not programme.summary("ledger/B1/2022-07").refused
    for slot in ("activity/B1/2022-07", "reference/unit_map", "reference/teams"):
        found = programme.summary(slot)
        assert found.refused_code == "code_too_long" and "found a code of 1,001 bytes" in found.refused_because
    cases = REFERENCES["saving_cases"].contract
    assert "case_code" in cases.codes and "activity_team_codes" not in cases.codes, "a list of wards may be long"


def test_a_late_journal_is_kept_and_counted(programme: Programme) -> None:
    programme.ledger({"period": "3"}, {"period": "4"}, {"period": "5", "amount": "bad"}, {"financial_year": "2021/22"})
    programme.night()
    assert programme.summary().rows_accepted == 3
    assert {warned.code: warned.rows for warned in programme.summary().warnings} == {
        "no_control": 0,
        "outside_period": 2,
        "dated_far": 1,
    }


def test_days_and_months_that_changed_places_are_counted(programme: Programme) -> None:
    """American dates of a month's first days are days to us as well, of any month; a posting a month late is usual."""
    american = [{"posting_date": f"07/{day:02}/2022"} for day in range(1, 13)]
    programme.ledger(*american, {"posting_date": "31/08/2022"}, {"posting_date": "01/06/2022"})
    programme.ledger({"period": "0"}, {"period": "13", "posting_date": "2023-06-30"}, period="2022-08")
    programme.night()
    counted = {warned.code: warned.rows for warned in programme.summary("ledger/B1/2022-07").warnings}
    assert counted["dated_far"] == 9  # all but 7/6, 7/7 and 7/8
    assert "dated_far" not in {warned.code for warned in programme.summary("ledger/B1/2022-08").warnings}


def test_activity_that_no_figure_counts_is_kept_and_counted(programme: Programme) -> None:
    """A measure in the plural, an outcome in another word: nothing of it would be in any figure, without a word."""
    programme.activity(
        *(
            {"measure_code": code, "outcome_code": said}
            for code, said in (("attendances", "attended"), ("admission", ""))
        ),
        *({"measure_code": "attendance", "outcome_code": said} for said in ("seen", "", "Attended", "dna")),
        *({"measure_code": "fall", "outcome_code": said} for said in ("", "harm")),
        {"measure_code": "inpatient_stay", "outcome_code": "home"},
        {"measure_code": "gone", "transaction_type": "D"},
        {"measure_code": "attendances", "start_at": "no day"},
    )
    programme.night()
    summary = programme.summary("activity/B1/2022-07")
    assert (summary.rows_accepted, summary.rows_rejected) == (10, 1)
    assert {warned.code: warned.rows for warned in summary.notes} == {"uncounted": 4}
