"""vm.saving from files: which costs fall in a window, at its edges; pathways; the harm that must not rise."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from vm_pipeline.feeds.saving_cases import COLUMNS
from vm_pipeline_tests.programme import Programme, codes

NAMES = [column.name for column in COLUMNS]
QUARTERS = {
    "baseline_from": "2022-01-01",
    "baseline_to": "2022-03-31",
    "after_from": "2022-04-01",
    "after_to": "2022-06-30",
}
DAYS = QUARTERS | {"baseline_to": "2022-03-30"}
BREAD = {
    "provider_code": "B1",
    "case_code": "BREAD",
    "method": "window",
    "team_code": "T1",
    "account_code": "3001A",
    "is_cash_releasing": "true",
    **QUARTERS,
}
PATHWAY = BREAD | {
    "case_code": "MOVED",
    "method": "pathway",
    "account_code": "",
    "volume_measure": "treatment:community",
    "item_code": "HOSPITAL",
    "moved_item_code": "HOME",
    "one_off_gbp": "100.00",
}


@pytest.fixture
def bread(programme: Programme) -> Programme:
    """One team with one cost centre and one unit."""
    programme.reference("cost_centre_map", "B1,R1,T1,1,,", "B1,R2,T1,1,,", "B1,R3,T2,1,,")
    programme.reference("unit_map", "B1,W1,T1,,", "B1,W2,T2,,")
    programme.reference(
        "account_map", "3001A,Bread,food,false,", "3002A,Flour,food,true,", "8001A,Meals,recharge,true,"
    )
    return programme


def line(day: str, amount: str, period: str = "", **cells: str) -> dict[str, str]:
    """A ledger line of the month it was posted in, or of another period."""
    year, month = int(day[:4]), int(day[5:7])
    start = year - (month < 4)
    return {
        "posting_date": day,
        "amount": amount,
        "period": period or str((month - 4) % 12 + 1),
        "financial_year": f"{start}/{(start + 1) % 100:02}",
        "journal_id": f"J{day}{amount}{period}",
        **cells,
    }


def by_month(programme: Programme, *lines: Mapping[str, str]) -> None:
    """Lines in the extracts of the months they were posted in; January to June each have one."""
    for month in range(1, 7):
        period = f"2022-{month:02}"
        programme.ledger(
            line(f"{period}-10", "0.00"),
            *(one for one in lines if one["posting_date"].startswith(period)),
            period=period,
        )


def saved(programme: Programme, *cases: Mapping[str, str]) -> list[dict[str, Any]]:
    """The rows of vm.saving that come of some cases, after a night."""
    programme.reference("saving_cases", *(",".join(case.get(name, "") for name in NAMES) for case in cases))
    programme.night()
    found = programme.marts().execute("SELECT * FROM vm.saving ORDER BY ALL")
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def costs(rows: list[dict[str, Any]]) -> list[tuple[Decimal, Decimal]]:
    return [(row["baseline_cost_gbp"], row["actual_gbp"]) for row in rows]


EDGES = [
    line("2022-03-31", "100.00", journal_id="ACC"),  # an accrual, and its reversal on the other side
    line("2022-04-01", "-100.00", journal_id="ACC-R"),
    line("2022-02-10", "-7.50"),  # a credit note
    line("2022-03-31", "-20.00", period="13"),  # the year end's adjustment
    line("2022-04-01", "55.00", period="0"),  # brought forward
    line("2022-01-01", "400.00"),
    line("2022-04-03", "30.00", period="12", financial_year="2021/22"),  # March's, posted in April
    line("2022-06-30", "350.00"),
]


def test_windows_of_months_take_cost_by_ledger_month(bread: Programme) -> None:
    by_month(bread, *EDGES)
    (row,) = saved(bread, BREAD)
    assert row["window_grain"] == "month"
    assert costs([row]) == [(Decimal("502.50"), Decimal("250.00"))]
    assert (row["status"], row["months_missing"]) == ("final", 0)


def test_windows_of_days_take_cost_by_posting_date_without_year_end(bread: Programme) -> None:
    """To 30 March: the accrual of the 31st is in neither window, its reversal and March's late line in the other."""
    by_month(bread, *EDGES)
    (row,) = saved(bread, BREAD | DAYS)
    assert row["window_grain"] == "day"
    assert costs([row]) == [(Decimal("392.50"), Decimal("280.00"))]
    assert (row["days_before"], row["days_after"]) == (89, 91)
    assert row["baseline_gbp"] == Decimal("401.32"), "392.50 * 91 / 89 = 401.3202…"


def test_a_file_sent_twice_counts_once(bread: Programme) -> None:
    by_month(bread, *EDGES)
    before = saved(bread, BREAD)
    same = bread.night()
    assert not same.new
    path = bread.drop / "ledger/B1/2022-03.csv"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert len(bread.night().new) == 1, "another spelling of the same lines is a new version, and replaces the old one"
    assert saved(bread, BREAD) == before


def test_a_line_twice_in_a_file_is_rejected_as_a_duplicate(bread: Programme) -> None:
    twice = line("2022-01-05", "9.00", journal_id="J", line_no="7")
    by_month(bread, twice, twice)
    assert costs(saved(bread, BREAD)) == [(Decimal("9.00"), 0)]


def test_whose_cost_and_which(bread: Programme) -> None:
    """An account that is named counts direct or not; without one, direct cost alone, and never recharges."""
    by_month(
        bread,
        line("2022-01-05", "1.00"),
        line("2022-01-06", "2.00", account_code="3002A"),
        line("2022-01-07", "4.00", account_code="8001A"),
        line("2022-01-08", "8.00", cost_centre_code="R2"),
        line("2022-01-09", "16.00", cost_centre_code="R3"),
        line("2022-01-10", "32.00", cost_centre_code="R2", account_code="3002A"),
    )
    rows = saved(
        bread,
        BREAD | {"case_code": "1"},
        BREAD | {"case_code": "2", "account_code": ""},
        BREAD | {"case_code": "3", "cost_centre_code": "R2"},
        BREAD | {"case_code": "4", "account_code": "", "cost_centre_code": "R2"},
        BREAD | {"case_code": "5", "team_code": "T2"},
        BREAD | {"case_code": "6", "account_code": "8001A"},
        BREAD | {"case_code": "7", "provider_code": "B2"},
    )
    assert [row["baseline_cost_gbp"] for row in rows] == [9, 34, 8, 32, 16, 4, 0]
    assert [row["months_missing"] for row in rows] == [0, 0, 0, 0, 0, 0, 6]


def test_a_month_that_was_not_over_when_its_ledger_came_makes_a_saving_provisional(bread: Programme) -> None:
    for month in range(1, 7):
        bread.ledger(line(f"2022-{month:02}-05", "10.00"), period=f"2022-{month:02}")
    bread.clock = datetime(2022, 6, 12, 3, tzinfo=UTC)
    (row,) = saved(bread, BREAD)
    assert (row["status"], row["months_missing"]) == ("provisional", 1)


def test_a_month_without_a_ledger_makes_a_saving_provisional(bread: Programme) -> None:
    """And a month without activity where any is counted: nobody told of it is not nobody came."""
    for month in ("2022-01", "2022-02", "2022-03", "2022-04", "2022-06"):
        bread.ledger(line(f"{month}-05", "10.00"), period=month)
    for month in ("2022-01", "2022-03", "2022-04", "2022-05", "2022-06"):
        bread.activity({"start_at": f"{month}-05", "record_id": month}, period=month)
    row, counted = saved(bread, BREAD, BREAD | {"case_code": "COUNTED", "activity_measure": "attendance"})
    assert (row["status"], row["months_missing"], row["saving_gbp"]) == ("provisional", 1, Decimal("10.33"))
    assert (counted["status"], counted["months_missing"]) == ("provisional", 2)


def test_one_case_with_several_pairs_of_windows(bread: Programme) -> None:
    by_month(bread, *EDGES)
    shorter = BREAD | {"after_to": "2022-04-30"}
    rows = saved(bread, BREAD, shorter)
    assert [row["actual_gbp"] for row in rows] == [Decimal("-100.00"), Decimal("250.00")]


def test_cases_that_contradict_each_other_are_refused(bread: Programme) -> None:
    by_month(bread)
    assert saved(bread, BREAD, BREAD | {"case_name": "Again"}) == []
    assert ("contradiction", "saving_cases", "B1") in codes(bread.findings)


def treatment(day: str, outcome: str, quantity: str = "") -> dict[str, str]:
    return {"measure_code": "treatment", "start_at": day, "outcome_code": outcome, "quantity": quantity}


@pytest.fixture
def moved(bread: Programme) -> Programme:
    """Prices of a treatment in hospital and at home; at home it becomes dearer in June."""
    bread.reference(
        "prices", "B1,HOSPITAL,50.00,,", "B1,HOME,20.00,2022-01-01,2022-05-31", "B1,HOME,25.00,2022-06-01,2022-06-15"
    )
    by_month(bread)
    return bread


def test_what_moved_to_the_community_gross_and_net(moved: Programme) -> None:
    moved.activity(
        treatment("2022-02-01", "hospital", "9"),
        treatment("2022-05-31T23:30", "community", "6"),
        treatment("2022-06-01", "community", "4"),
        treatment("2022-06-02", "hospital", "3"),
    )
    (row,) = saved(moved, PATHWAY)
    assert (row["gross_saving_gbp"], row["moved_cost_gbp"], row["one_off_gbp"]) == (500, 220, 100)
    assert (row["baseline_gbp"], row["actual_gbp"], row["saving_gbp"], row["net_saving_gbp"]) == (500, 320, 180, 180)
    assert (row["volume_before"], row["volume_after"], row["reason"]) == (0, 10, "pathway")


def test_only_what_moved_beyond_the_window_before_is_saved(moved: Programme) -> None:
    """90 days before, 91 after: nine at home before would have been 9.1 after."""
    moved.activity(treatment("2022-02-01", "community", "9"), treatment("2022-05-01", "community", "19.1"))
    (row,) = saved(moved, PATHWAY)
    assert (row["gross_saving_gbp"], row["moved_cost_gbp"]) == (500, 200)


def test_a_pathway_on_a_day_without_a_price_is_not_worked_out(moved: Programme) -> None:
    moved.activity(treatment("2022-06-16", "community"))
    (row,) = saved(moved, PATHWAY)
    assert (row["saving_gbp"], row["net_saving_gbp"], row["reason"]) == (None, None, "pathway, no_price")


@pytest.mark.parametrize(("after", "held"), [("2", True), ("3", True), ("4", False)])
def test_harm_must_not_rise(bread: Programme, after: str, held: bool) -> None:
    """Two falls in 100 bed days before, so three in 150 after are the same rate."""
    by_month(bread)
    fall = {"measure_code": "fall", "outcome_code": "harm"}
    bread.activity(
        {**fall, "start_at": "2022-03-31T23:59", "quantity": "2"},
        {**fall, "start_at": "2022-04-01T00:00", "quantity": after},
        {**fall, "start_at": "2022-04-02", "quantity": "50", "outcome_code": "no_harm"},
        {"measure_code": "bed_day", "start_at": "2022-01-01", "quantity": "60"},
        {"measure_code": "bed_day", "start_at": "2022-01-02", "quantity": "40", "unit_code": "W2"},
        {"measure_code": "bed_day", "start_at": "2022-06-30", "quantity": "150"},
    )
    harm = {
        "balancing_measure": "fall:harm",
        "balancing_base_measure": "bed_day",
        "activity_team_codes": "T1 | T2",
    }
    (row,) = saved(bread, BREAD | harm)
    assert (row["balancing_before"], row["balancing_after"]) == (2, Decimal(after))
    assert (row["balancing_before_per_1000"], row["balancing_after_per_1000"]) == (20, 1000 * int(after) / 150)
    assert row["balancing_held"] is held


def test_harm_without_a_base_is_not_judged(bread: Programme) -> None:
    by_month(bread)
    (row,) = saved(bread, BREAD | {"balancing_measure": "fall", "balancing_base_measure": "bed_day"})
    assert (row["balancing_before"], row["balancing_before_per_1000"], row["balancing_held"]) == (0, None, None)


def test_the_declaration_in_the_docs_is_sound(programme: Programme) -> None:
    page = Path(__file__).parents[2] / "docs" / "explanation" / "savings.md"
    declared = page.read_text("utf-8").partition("```csv\n")[2].partition("```")[0]
    programme.send("reference/saving_cases.csv", declared)
    programme.night()
    assert (programme.summary().refused_because, programme.rejected()) == ("", [])
    assert programme.accepted("case_code, activity_team_codes, balancing_measure") == [
        ("MILK", "T-RES|T-GEN", "shortage")
    ]
