"""team_month: the join of cost to performance, against the same reckoned in Python from the rows as sent."""

from decimal import Decimal
from fractions import Fraction

import duckdb
import pytest

from vm_pipeline_tests.programme import Programme
from vm_pipeline_tests.warehouse.reckoning import Key, live, team_month
from vm_pipeline_tests.warehouse.world import MONTHS, World

# As warehouse.md lists them, in that order.
COLUMNS = [
    "direct_cost_gbp",
    "total_cost_gbp",
    "pay_gbp",
    "supplementary_pay_gbp",
    "drugs_gbp",
    "food_gbp",
    "supplies_gbp",
    "other_gbp",
    "admissions",
    "discharges",
    "bed_days",
    "referrals_accepted",
    "referrals_returned",
    "attendances",
    "dnas",
    "treatments_hospital",
    "treatments_community",
    "items_issued",
    "falls",
    "survey_answers",
    "survey_positive",
]
RATIOS = {
    "cost_per_bed_day_gbp": (1, ["direct_cost_gbp"], ["bed_days"]),
    "cost_per_attendance_gbp": (1, ["direct_cost_gbp"], ["attendances"]),
    "returned_pct": (100, ["referrals_returned"], ["referrals_accepted", "referrals_returned"]),
    "dna_pct": (100, ["dnas"], ["attendances", "dnas"]),
    "positive_pct": (100, ["survey_positive"], ["survey_answers"]),
}


def as_built(con: duckdb.DuckDBPyConnection) -> dict[Key, dict[str, Decimal | float | None]]:
    names = [*COLUMNS, *RATIOS]
    rows = con.execute(f"SELECT provider_code, team_code, period, {', '.join(names)} FROM vm.team_month").fetchall()
    return {row[:3]: dict(zip(names, row[3:], strict=True)) for row in rows}


def as_reckoned(world: World) -> dict[Key, dict[str, Fraction]]:
    records = live([world.activity[board, month] for month in MONTHS for board in ("B1", "B2")])
    return team_month(world.maps, world.rows("ledger"), records, world.rows("survey"))


def test_every_sum_of_every_team_month(built: duckdb.DuckDBPyConnection, world: World) -> None:
    """A team-month appears as soon as any feed has a fact for it; sums without a row are 0."""
    found, expected = as_built(built), as_reckoned(world)
    assert found.keys() == expected.keys()
    assert {key: {c: Fraction(sums[c] or 0) for c in COLUMNS} for key, sums in found.items()} == {
        key: {c: sums.get(c, Fraction(0)) for c in COLUMNS} for key, sums in expected.items()
    }
    assert len(found) > 20
    assert all(any(sums[c] for sums in found.values()) for c in COLUMNS), "every column is tried"


def test_every_ratio(built: duckdb.DuckDBPyConnection) -> None:
    """A zero denominator gives NULL; doubles, not rounded."""
    nulls = 0
    for key, found in as_built(built).items():
        sums = {column: Fraction(found[column] or 0) for column in COLUMNS}
        for name, (factor, upper, lower) in RATIOS.items():
            numerator, denominator = (sum((sums[c] for c in columns), Fraction(0)) for columns in (upper, lower))
            nulls += denominator == 0
            ratio = found[name]
            assert ratio == (
                pytest.approx(float(factor * numerator / denominator), rel=1e-12) if denominator else None
            ), (key, name)
    assert nulls


def test_a_discharge_counts_in_its_own_month(programme: Programme) -> None:
    programme.reference("unit_map", "B1,W1,T1,,2022-07-31", "B1,W1,T2,2022-08-01,")
    programme.activity(
        {
            "measure_code": "inpatient_stay",
            "start_at": "2022-07-30T10:00",
            "end_at": "2022-09-02T10:00",
            "quantity": "2",
        },
        {"measure_code": "inpatient_stay", "start_at": "2022-07-30T10:00"},
    )
    programme.night()
    rows = programme.marts().execute("SELECT team_code, period, admissions, discharges FROM vm.team_month ORDER BY ALL")
    assert rows.fetchall() == [("T1", "2022-07", 3, 0), ("T1", "2022-09", 0, 2)]


def test_brought_forward_is_in_no_column_and_makes_no_row(programme: Programme) -> None:
    programme.ledger({"period": "0", "amount": "99.00"})
    programme.night()
    con = programme.marts()
    assert con.execute("SELECT * FROM vm.team_month").fetchall() == []
    assert con.execute("SELECT period, week_start, amount_gbp FROM vm.fact_cost").fetchall() == [(None, None, 99)]
    assert con.execute("SELECT team_total_gbp, difference_gbp FROM vm.reconciliation").fetchall() == [(99, 0)]


@pytest.mark.parametrize(
    ("category", "direct", "columns"),
    [
        ("pay_substantive", True, {"direct_cost_gbp", "total_cost_gbp", "pay_gbp"}),
        ("pay_substantive", False, {"total_cost_gbp", "pay_gbp"}),
        ("pay_agency", True, {"direct_cost_gbp", "total_cost_gbp", "pay_gbp", "supplementary_pay_gbp"}),
        ("income", True, {"total_cost_gbp"}),
        ("recharge", True, {"total_cost_gbp"}),
        ("capital", True, set()),
        ("food", True, {"direct_cost_gbp", "total_cost_gbp", "food_gbp"}),
        (None, False, {"total_cost_gbp", "other_gbp"}),
    ],
)
def test_which_columns_a_category_counts_in(
    programme: Programme, category: str | None, direct: bool, columns: set[str]
) -> None:
    """An account that no row maps is `other` and not direct."""
    programme.reference("account_map", *([f"3001A,x,{category},{direct},"] if category else []))
    programme.ledger({"amount": "7.00"})
    programme.night()
    ((key, sums),) = as_built(programme.marts()).items()
    assert key == ("B1", "UNALLOCATED", "2022-07")
    assert {name for name in COLUMNS if sums[name]} == columns
    assert all(sums[name] == 7 for name in columns)
