"""The gates of a built warehouse: the ledger reconciles, facts have keys, little is unallocated."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from vm_pipeline.calendar import months
from vm_pipeline.quality.core import check_answers, check_facts, check_reconciliation
from vm_pipeline.quality.history import Thresholds
from vm_pipeline.quality.verdict import Verdict
from vm_pipeline_tests.programme import Programme
from vm_pipeline_tests.quality.damage import failing

KEYS = {
    "fact_cost": ("provider_code", "team_code", "batch_id", "row_number"),
    "fact_activity": ("measure_code", "batch_id", "row_number"),
    "fact_survey": ("question_code", "batch_id", "row_number"),
}
SECRET = "Zebedee Quux"


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A month of every feed, all of it mapped; one ledger line is shared by two teams."""
    programme = Programme(tmp_path_factory.mktemp("core"))
    programme.reference("cost_centre_map", "B1,R1,T1,0.5,,", "B1,R1,T2,0.5,,")
    programme.reference("unit_map", "B1,W1,T1,,")
    programme.reference("survey_team_map", "B1,PULSE,Team One,T1")
    programme.reference("survey_questions", "PULSE,Q1,How is it?,agree6,Agree")
    programme.ledger({"amount": "10.01"}, {"amount": "-3.00"}, {"amount": "n/k"}, {"amount": "5.00", "wte": "x"})
    programme.activity({}, {})
    programme.survey({}, {})
    programme.night()
    return published(programme)


def published(programme: Programme) -> Path:
    """The file of a built warehouse, closed."""
    con = programme.warehouse()
    path = con.execute("SELECT path FROM duckdb_databases() WHERE database_name = 'warehouse'").fetchall()[0][0]
    con.execute("CHECKPOINT warehouse")
    programme.close()
    return Path(path)


@pytest.fixture
def built(snapshot: Path, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of it, to be damaged."""
    with duckdb.connect(str(shutil.copy(snapshot, tmp_path / "copy.duckdb"))) as con:
        yield con


def test_a_sound_ledger_reconciles_and_its_sums_are_told(built: duckdb.DuckDBPyConnection) -> None:
    verdict = check_reconciliation(built)
    assert (verdict.code, verdict.subject, verdict.passed, verdict.blocks) == (
        "ledger_reconciles",
        "reconciliation",
        True,
        True,
    )
    assert verdict.message == (
        "reconciliation: £12.01 received, £5.00 rejected, £0.00 superseded, £7.01 shared out to teams: "
        "no difference in any of 1 ledger period of a batch."
    )


def test_a_penny_apart_closes_the_gate(built: duckdb.DuckDBPyConnection) -> None:
    built.execute("UPDATE vm.reconciliation SET difference_gbp = -0.01")
    verdict = check_reconciliation(built)
    assert not verdict.passed
    assert verdict.blocks
    (figure,) = verdict.figures
    assert (figure["provider_code"], figure["financial_year"], figure["ledger_period"]) == ("B1", "2022/23", "4")
    assert figure["difference_gbp"] == -0.01
    assert "(£0.01 without signs)" in verdict.message


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE vm.reconciliation SET team_total_gbp = team_total_gbp + 0.01",
        "UPDATE vm.fact_cost SET amount_gbp = amount_gbp + 0.01 WHERE row_number = 1 AND team_code = 'T1'",
        "DELETE FROM vm.reconciliation",
        "DELETE FROM vm.fact_cost",
        "UPDATE vm.fact_cost SET batch_id = 'another'",
    ],
)
def test_a_reconciliation_that_leaves_something_out_closes_the_gate(
    built: duckdb.DuckDBPyConnection, damage: str
) -> None:
    built.execute(damage)
    assert not check_reconciliation(built).passed


def test_a_year_or_period_as_sent_is_not_repeated(built: duckdb.DuckDBPyConnection) -> None:
    built.execute(
        f"UPDATE vm.reconciliation SET difference_gbp = 1, financial_year = '{SECRET}', ledger_period = '{SECRET}'"
    )
    verdict = check_reconciliation(built)
    assert not verdict.passed
    assert "Quux" not in repr(verdict)


def test_a_batch_of_which_every_line_is_rejected_reconciles(programme: Programme) -> None:
    programme.ledger({"amount": "10.00"}, {"amount": "-10.00"})
    programme.ledger({"amount": "n/k"}, {"amount": "3.00", "wte": "x"}, period="2022-08")
    programme.night()
    verdict = check_reconciliation(programme.core())
    assert verdict.passed, verdict.message


def test_a_batch_that_nets_to_nothing_must_be_reconciled_too(programme: Programme) -> None:
    programme.ledger({"amount": "10.00"}, {"amount": "-10.00"})
    programme.night()
    con = programme.core()
    con.execute("DELETE FROM vm.reconciliation")
    assert not check_reconciliation(con).passed


def test_an_empty_warehouse_reconciles(programme: Programme) -> None:
    programme.reference("cost_centre_map")
    programme.night()
    con = programme.core()
    assert check_reconciliation(con).passed
    assert failing(check_facts(con, KEYS)) == set()


def facts(con: duckdb.DuckDBPyConnection, thresholds: Thresholds | None = None) -> dict[tuple[str, str], Verdict]:
    return {(verdict.code, verdict.subject): verdict for verdict in check_facts(con, KEYS, thresholds)}


def test_sound_facts_pass(built: duckdb.DuckDBPyConnection) -> None:
    found = facts(built)
    assert found.keys() == {(code, table) for code in ("keys_unique", "share_unallocated") for table in KEYS}
    assert failing(found.values()) == set()
    assert {key[0] for key, verdict in found.items() if verdict.blocks} == {"keys_unique"}


@pytest.mark.parametrize("table", KEYS)
def test_a_fact_that_stands_twice_closes_the_gate(built: duckdb.DuckDBPyConnection, table: str) -> None:
    built.execute(f"INSERT INTO vm.{table} SELECT * FROM vm.{table} LIMIT 1")
    found = facts(built)
    assert [key for key, verdict in found.items() if not verdict.passed] == [("keys_unique", table)]
    assert found["keys_unique", table].figures[0]["repeated"] == 1


def test_an_empty_key_part_closes_the_gate(built: duckdb.DuckDBPyConnection) -> None:
    built.execute("ALTER TABLE vm.fact_cost ALTER COLUMN team_code DROP NOT NULL")
    built.execute("UPDATE vm.fact_cost SET team_code = NULL WHERE row_number = 1 AND team_code = 'T1'")
    verdict = facts(built)["keys_unique", "fact_cost"]
    assert not verdict.passed
    assert verdict.figures == ({"rows": 4, "repeated": 0, "empty_key": 1},)


@pytest.mark.parametrize(
    ("mapped", "total", "odd"), [("95.00", "5.00", False), ("94.00", "6.00", True), ("-94.00", "6.00", True)]
)
def test_pounds_on_no_team_are_a_share_whatever_their_sign(
    programme: Programme, mapped: str, total: str, odd: bool
) -> None:
    programme.reference("cost_centre_map", "B1,R1,T1,1,,")
    programme.ledger({"amount": mapped}, {"amount": total, "cost_centre_code": "R9"})
    programme.night()
    verdict = facts(programme.core())["share_unallocated", "fact_cost"]
    assert verdict.passed is not odd
    assert not verdict.blocks
    assert [figure["share"] for figure in verdict.figures] == ([0.06] if odd else [])


def test_activity_and_answers_on_no_team_are_counted(programme: Programme) -> None:
    programme.reference("survey_questions", "PULSE,Q1,How is it?,agree6,Agree")
    programme.activity({}, {})
    programme.survey({}, {})
    programme.night()
    found = facts(programme.core())
    assert not found["share_unallocated", "fact_activity"].passed
    assert not found["share_unallocated", "fact_survey"].passed
    assert found["share_unallocated", "fact_activity"].message == (
        "fact_activity: 100 % of rows of the last 12 months are on UNALLOCATED; found 1 month of a provider "
        "with more than 5 %. Fill in the list of unmapped codes, unit_map.csv."
    )


def test_only_recent_months_are_judged_and_a_mistyped_year_does_not_move_them(programme: Programme) -> None:
    programme.reference("unit_map", "B1,W1,T1,2022-01-01,")
    programme.activity({"start_at": "2020-07-01"}, period="2020-07")
    programme.activity({}, {"start_at": "2190-07-01", "unit_code": "W9"})
    programme.night()
    verdict = facts(programme.core())["share_unallocated", "fact_activity"]
    assert verdict.passed, verdict


def test_the_number_of_recent_months_is_chosen(programme: Programme) -> None:
    for period in months("2022-04", "2022-07"):
        programme.activity({"record_id": period, "start_at": f"{period}-02"}, period=period)
    programme.night()
    con = programme.core()
    assert len(facts(con)["share_unallocated", "fact_activity"].figures) == 4
    assert len(facts(con, Thresholds(recent_months=2))["share_unallocated", "fact_activity"].figures) == 2
    assert facts(con, Thresholds(share_unallocated=1))["share_unallocated", "fact_activity"].passed


def test_answers_that_no_question_takes_are_told(built: duckdb.DuckDBPyConnection) -> None:
    """A survey whose questions nobody has declared is accepted row by row, and is in no figure."""
    assert check_answers(built).passed
    ((counted,),) = built.execute("SELECT count(*) FROM vm.fact_survey").fetchall()
    built.execute("UPDATE vm.batch SET answers_left_out = ? WHERE feed = 'survey'", [counted])
    assert check_answers(built).passed, "a site and a remark beside each answer are no undeclared survey"
    built.execute("DELETE FROM vm.fact_survey; UPDATE vm.batch SET answers_left_out = 2 WHERE feed = 'survey'")
    verdict = check_answers(built)
    assert (verdict.passed, verdict.blocks, verdict.subject) == (False, False, "batch")
    assert verdict.message.startswith("survey: found 2 answers left out of 1 batch in force")
    assert verdict.told.endswith(" Where: B1/2022-07.")
