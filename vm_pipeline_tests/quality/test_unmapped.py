"""Lists of codes nobody has mapped: whole, in order, and ready to be sent back."""

import csv
from datetime import date
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vm_pipeline.feeds.reference import REFERENCES
from vm_pipeline.quality.unmapped import COST_CENTRES, write_unmapped
from vm_pipeline.warehouse.statements import statements
from vm_pipeline_tests.programme import Programme

CostCentre = tuple[str, str, str, str, str]
(CENTRE_DAYS,) = (one for one in statements("core") if one.name == "cost_centre_day")


def listed(programme: Programme, name: str) -> list[dict[str, str]]:
    """A list as a person would open it."""
    programme.night()
    folder = programme.root / "lists"
    paths = {path.stem: path for path in write_unmapped(programme.core(), folder)}
    with paths[name].open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def cost_centres(programme: Programme) -> list[CostCentre]:
    rows = listed(programme, "cost_centre_map")
    return [
        (row["cost_centre_code"], row["valid_from"], row["valid_to"], row["rows"], row["amount_gbp"]) for row in rows
    ]


@pytest.fixture
def odd(programme: Programme) -> Programme:
    """A cost centre mapped, one partly, one never."""
    programme.reference("cost_centre_map", "B1,R1,T1,1,,", "B1,R2,T1,0.4,,")
    programme.ledger(
        {},
        {"cost_centre_code": "R2", "amount": "0.01"},
        {"cost_centre_code": "R2"},
        {"cost_centre_code": "003", "amount": "-500.00", "posting_date": "2022-07-03"},
        {"cost_centre_code": "003", "amount": "480.00"},
        {"cost_centre_code": "R4", "amount": "600.00"},
    )
    return programme


def test_what_no_row_maps_is_listed_largest_first(odd: Programme) -> None:
    """By pounds whatever their sign; the amount itself is the one that stands on UNALLOCATED."""
    assert cost_centres(odd) == [
        ("003", "2022-07-03", "", "2", "-20.00"),
        ("R4", "2022-07-12", "", "1", "600.00"),
    ]


def test_a_cost_centre_partly_mapped_is_not(odd: Programme) -> None:
    assert "R2" not in {row[0] for row in cost_centres(odd)}


def test_a_list_has_the_columns_of_its_reference_file(odd: Programme) -> None:
    odd.night()
    for path in write_unmapped(odd.core(), odd.root / "lists"):
        header, *_ = path.read_text("utf-8").splitlines()
        assert header.split(",") == [column.name for column in REFERENCES[path.stem].contract.columns]


def test_a_gap_in_the_map_is_listed_from_its_first_posting_to_its_last(programme: Programme) -> None:
    programme.reference("cost_centre_map", "B1,R1,T1,1,,2022-07-05", "B1,R1,T2,1,2022-07-20,2022-07-25")
    days = ["2022-07-05", "2022-07-07", "2022-07-19", "2022-07-20", "2022-07-26", "2022-07-31"]
    programme.ledger(*({"posting_date": day} for day in days))
    assert cost_centres(programme) == [
        ("R1", "2022-07-07", "2022-07-19", "2", "20.00"),
        ("R1", "2022-07-26", "", "2", "20.00"),
    ]


def test_a_span_ends_before_the_map_begins(programme: Programme) -> None:
    """Though nothing was posted yet on the day it begins."""
    programme.reference("cost_centre_map", "B1,R1,T1,1,2022-09-01,")
    programme.ledger({})
    assert cost_centres(programme) == [("R1", "2022-07-12", "2022-08-31", "1", "10.00")]


def test_a_list_filled_in_is_taken_and_leaves_nothing_unmapped(programme: Programme) -> None:
    sent = ["B1,R1,T1,1,,2022-07-05", "B1,R1,T2,1,2022-07-20,"]
    programme.reference("cost_centre_map", *sent)
    programme.ledger({"posting_date": "2022-07-01"}, {"posting_date": "2022-07-07"}, {"cost_centre_code": "007"})
    rows = listed(programme, "cost_centre_map")
    header = ",".join(rows[0])
    filled = [",".join((row | {"team_code": "T9"}).values()) for row in rows]
    programme.send("reference/cost_centre_map.csv", "\n".join([header, *(f"{row},," for row in sent), *filled]) + "\n")
    assert cost_centres(programme) == []
    assert programme.findings == [finding for finding in programme.findings if finding.code != "contradiction"]
    con = programme.core()
    found = con.execute("SELECT cost_centre_code, team_code FROM vm.fact_cost ORDER BY row_number").fetchall()
    assert found == [("R1", "T1"), ("R1", "T9"), ("007", "T9")]


Span = tuple[int, int]
DAYS = st.integers(1, 28)
TABLES = """
CREATE SCHEMA vm; CREATE SCHEMA core; CREATE SCHEMA staging;
CREATE TABLE staging.cost_centre_map (provider_code VARCHAR, cost_centre_code VARCHAR, valid_from DATE);
CREATE TABLE vm.fact_cost (provider_code VARCHAR, cost_centre_code VARCHAR, account_code VARCHAR, team_code VARCHAR,
                           posting_date DATE, amount_gbp DECIMAL(18,2), batch_id VARCHAR, row_number BIGINT);
"""


@settings(max_examples=40)
@given(st.lists(st.tuples(DAYS, DAYS), max_size=4), st.lists(DAYS, min_size=1, max_size=6))
def test_rows_filled_in_never_overlap_the_map_and_cover_every_posting(ends: list[Span], posted: list[int]) -> None:
    mapped: list[Span] = []
    for first, last in (sorted(pair) for pair in ends):
        if all(last < start or end < first for start, end in mapped):
            mapped.append((first, last))
    on_team = {day for first, last in mapped for day in range(first, last + 1)}
    with duckdb.connect() as con:
        con.execute(TABLES)
        for first, _ in mapped:
            con.execute("INSERT INTO staging.cost_centre_map VALUES ('B1', 'R1', ?)", [date(2022, 7, first)])
        for place, day in enumerate(posted):
            team = "T1" if day in on_team else "UNALLOCATED"
            con.execute(
                "INSERT INTO vm.fact_cost VALUES ('B1', 'R1', 'A', ?, ?, 1, 'b', ?)", [team, date(2022, 7, day), place]
            )
        con.execute(f"CREATE TABLE core.cost_centre_day AS {CENTRE_DAYS.sql}")
        rows = con.execute(f"SELECT valid_from, valid_to, rows FROM ({COST_CENTRES})").fetchall()
    spans = [(date.fromisoformat(first), date.fromisoformat(last) if last else date.max) for first, last, _ in rows]
    everything = sorted([*spans, *((date(2022, 7, first), date(2022, 7, last)) for first, last in mapped)])
    assert all(one[1] < other[0] for one, other in pairwise(everything))
    assert all(any(first <= date(2022, 7, day) <= last for first, last in everything) for day in posted)
    assert sum(lines for *_, lines in rows) == sum(day not in on_team for day in posted)


def test_units_are_listed_by_rows(programme: Programme) -> None:
    programme.reference("unit_map", "B1,W1,T1,,2022-07-10", "B1,W1,T2,2022-08-01,", "B1,W4,T1,2023-01-01,")
    programme.activity(
        {"start_at": "2022-07-10T23:59"},
        {"start_at": "2022-07-11"},
        {"unit_code": "W2"},
        {"unit_code": "W2", "start_at": "2022-07-02T08:00"},
        {"unit_code": "W3", "transaction_type": "D"},
        {"unit_code": "W4"},
    )
    rows = [tuple(row.values()) for row in listed(programme, "unit_map")]
    assert rows == [
        ("B1", "W2", "", "2022-07-02", "", "2", ""),
        ("B1", "W1", "", "2022-07-11", "2022-07-31", "1", ""),
        ("B1", "W4", "", "2022-07-12", "2022-12-31", "1", ""),
    ]


def test_accounts_are_listed_once_with_their_lines(programme: Programme) -> None:
    programme.reference("account_map", "3001A,Food,food,true,")
    programme.reference("cost_centre_map", "B1,R1,T1,0.5,,", "B1,R1,T2,0.5,,")
    programme.ledger({}, {"account_code": "0042"}, {"account_code": "0042", "amount": "-30.00"})
    programme.ledger({"account_code": "0042"}, provider="B2")
    (row,) = listed(programme, "account_map")
    assert row == {
        "account_code": "0042",
        "account_name": "",
        "cost_category": "",
        "is_direct": "",
        "cost_timing": "",
        "rows": "3",
        "amount_gbp": "-10.00",
    }


def test_survey_teams_are_listed_by_questionnaires(programme: Programme) -> None:
    programme.reference("survey_questions", "PULSE,Q1,How?,agree6,Agree", "PULSE,Q2,Why?,agree6,Agree")
    programme.reference("survey_team_map", "B1,PULSE,Team One,T1")
    programme.survey({}, {"team_name": "Night Bank", "Q2": "Agree"}, {"team_name": "night bank"}, {"team_name": ""})
    (row,) = listed(programme, "survey_team_map")
    assert row == {
        "provider_code": "B1",
        "survey_code": "PULSE",
        "team_name": "night bank",
        "team_code": "",
        "rows": "2",
        "amount_gbp": "",
    }


def test_lists_are_rewritten_even_when_nothing_is_left(odd: Programme, tmp_path: Path) -> None:
    odd.night()
    folder = tmp_path / "lists"
    before = {path.name: path.read_text("utf-8") for path in write_unmapped(odd.core(), folder)}
    odd.reference("cost_centre_map", *(f"B1,{code},T1,1,," for code in ("R1", "R2", "003", "R4")))
    odd.night()
    after = {path.name: path.read_text("utf-8") for path in write_unmapped(odd.core(), folder)}
    assert len(before["cost_centre_map.csv"].splitlines()) == 3
    assert len(after["cost_centre_map.csv"].splitlines()) == 1
    assert sorted(path.name for path in folder.iterdir()) == sorted(after)
