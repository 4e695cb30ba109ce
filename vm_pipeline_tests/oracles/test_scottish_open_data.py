"""Every published percentage of the Scottish open data, from its parts, by the macros that the marts divide with.

A figure goes numerator, denominator → `vm.ratio` at full precision → half up when it is shown. What is shown is
decided on the whole numbers: `vm.half_up_ratio` in queries, `half_up_ratio` in Python.
"""

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from vm_pipeline.display import half_up_ratio

AE = "monthly_ae_activity_202305.csv"
BEDS = "beds_by_nhs_board_of_treatment_and_specialty.csv"
DELAYS = "delayed-discharge-beddays-health-board.csv"
DAYS = "day(last_day(strptime(MonthOfDelay, '%Y%m')))"

# file, numerator, denominator, factor, decimals, what was published, published figures, rows without a denominator
PUBLISHED = [
    (AE, "NumberWithin4HoursAll", "NumberOfAttendancesAll", 100, 1, "PercentageWithin4HoursAll", 16520, 0),
    *(
        (AE, f"Number{part}Episode", "NumberOfAttendancesEpisode", 100, 1, f"Percentage{part}Episode", 8649, 7871)
        for part in ("Within4Hours", "Over8Hours", "Over12Hours")
    ),
    (DELAYS, "NumberOfDelayedBedDays", DAYS, 1, 0, "AverageDailyNumberOfDelayedBeds", 18675, 0),
]
NAMES = [one[5] for one in PUBLISHED]


def table(folder: Path, name: str) -> str:
    """A file as text, to select from."""
    return f"read_csv('{folder / name}', all_varchar = true)"


@pytest.mark.parametrize("case", PUBLISHED, ids=NAMES)
def test_published_figures(macros: duckdb.DuckDBPyConnection, scotland: Path, case: tuple[object, ...]) -> None:
    name, above, below, factor, decimals, published, figures, without = case
    parts = f"TRY_CAST({above} AS BIGINT), TRY_CAST({below} AS BIGINT)"
    found = macros.execute(
        f"SELECT count({published}), count(*) - count(vm.ratio({parts}, {factor})), "
        f"count_if(vm.half_up_ratio({parts}, {factor}, {decimals}) IS DISTINCT FROM {published}::DOUBLE), "
        f"count_if(vm.half_up(vm.ratio({parts}, {factor}), {decimals}) IS DISTINCT FROM {published}::DOUBLE) "
        f"FROM {table(scotland, str(name))}"
    ).fetchone()
    assert found == (figures, without, 0, 0)


@pytest.mark.parametrize("case", PUBLISHED, ids=NAMES)
def test_python_shows_what_queries_show(
    macros: duckdb.DuckDBPyConnection, scotland: Path, case: tuple[object, ...]
) -> None:
    name, above, below, factor, decimals, published, *_ = case
    rows = macros.execute(
        f"SELECT DISTINCT {above}::BIGINT, {below}::BIGINT, {published}::DECIMAL(18,3) "
        f"FROM {table(scotland, str(name))} WHERE {published} IS NOT NULL"
    ).fetchall()
    assert len(rows) > 500
    assert all(half_up_ratio(top, base, int(str(factor)), int(str(decimals))) == said for top, base, said in rows)


def test_other_roundings_miss_some(macros: duckdb.DuckDBPyConnection, scotland: Path) -> None:
    """Half to even misses 119 averages: the rule is needed."""
    average = f"NumberOfDelayedBedDays::BIGINT / {DAYS}"
    found = macros.execute(
        f"SELECT count_if(round_even({average}, 0) <> AverageDailyNumberOfDelayedBeds::DOUBLE) "
        f"FROM {table(scotland, DELAYS)}"
    ).fetchone()
    assert found == (119,)


def test_occupancy(macros: duckdb.DuckDBPyConnection, scotland: Path) -> None:
    """Published at full precision, and marked `z` (not applicable) where there were no staffed beds."""
    ratio = "vm.ratio(TotalOccupiedBeddays::BIGINT, AllStaffedBeddays::BIGINT, 100)"
    shown = "vm.half_up_ratio(TotalOccupiedBeddays::BIGINT, AllStaffedBeddays::BIGINT, 100, 1)"
    found = macros.execute(
        f"SELECT count({ratio}), count_if({ratio} IS NULL AND PercentageOccupancyQF = 'z'), "
        f"count_if(abs({ratio} - PercentageOccupancy::DOUBLE) > 1e-12 * {ratio}), "
        f"count_if({shown} IS DISTINCT FROM vm.half_up(PercentageOccupancy::DOUBLE, 1)) FROM {table(scotland, BEDS)}"
    ).fetchone()
    assert found == (30261, 23, 0, 0)


def test_weekly_variation(macros: duckdb.DuckDBPyConnection, scotland: Path) -> None:
    """Left out with a reason: this one publication rounds half to even (its ties alone differ), and puts 100 times the
    number where the average to compare with is 0; here that ratio has no value.
    """
    above, below = "NumberAdmissions::DECIMAL(18,1) - Average20182019::DECIMAL(18,1)", "Average20182019::DECIMAL(18,1)"
    tie = f"abs((1000 * ({above})) % nullif({below}, 0) * 2) = {below}"
    found = macros.execute(
        "SELECT count(*), count_if(shown IS NULL), count_if(shown <> published AND NOT tie), "
        "count_if(shown <> published) "
        f"FROM (SELECT vm.half_up_ratio({above}, {below}, 100, 1) AS shown, {tie} AS tie, "
        "PercentVariation::DOUBLE AS published FROM "
        f"{table(scotland, 'hospital_admissions_hb_specialty_20230706.csv')})"
    ).fetchone()
    assert found == (66039, 56, 0, 208)


def test_boards_add_up_to_scotland(macros: duckdb.DuckDBPyConnection, scotland: Path) -> None:
    """Numerators and denominators of a roll-up add up; a mean of the boards' percentages is another figure."""
    assert macros.execute(
        "SELECT count(*), count_if(of_boards IS DISTINCT FROM of_scotland) FROM ("
        "SELECT sum(NumberOfDelayedBedDays::BIGINT) FILTER (HBT <> 'S92000003') AS of_boards, "
        "sum(NumberOfDelayedBedDays::BIGINT) FILTER (HBT = 'S92000003') AS of_scotland "
        f"FROM {table(scotland, DELAYS)} GROUP BY MonthOfDelay, AgeGroup, ReasonForDelay)"
    ).fetchone() == (1245, 0)
    occupied, staffed = "sum(TotalOccupiedBeddays::BIGINT)", "sum(AllStaffedBeddays::BIGINT)"
    boards = "FILTER (HB <> 'S92000003')"
    rows = macros.execute(
        f"SELECT Quarter, vm.ratio({occupied} {boards}, {staffed} {boards}, 100), "
        "any_value(PercentageOccupancy::DOUBLE) FILTER (HB = 'S92000003') "
        f"FROM {table(scotland, BEDS)} WHERE Specialty = 'Z9' AND Location = HB GROUP BY Quarter"
    ).fetchall()
    assert rows and all(of_boards == pytest.approx(said, rel=1e-12) for _, of_boards, said in rows)


def test_the_published_key_is_none(macros: duckdb.DuckDBPyConnection, scotland: Path) -> None:
    """One site stands twice in one month, with different figures: both rows are right, and the key is not."""
    key = "Month, TreatmentLocation, DepartmentType"
    rows = macros.execute(
        f"SELECT {key}, list(vm.half_up_ratio(NumberWithin4HoursAll::BIGINT, NumberOfAttendancesAll::BIGINT, 100, 1) "
        f"= PercentageWithin4HoursAll::DOUBLE) FROM {table(scotland, AE)} GROUP BY {key} HAVING count(*) > 1"
    ).fetchall()
    assert rows == [("201505", "G405H", "Emergency Department", [True, True])]


def test_boards_kept_their_names_when_codes_changed(macros: duckdb.DuckDBPyConnection, scotland: Path) -> None:
    """Four boards changed code; the old code ends the day before the new one begins, so spans tell which holds."""
    boards = table(scotland, "hb14_hb19.csv")
    day = "strptime({}, '%Y%m%d')::DATE"
    rows = macros.execute(
        f"SELECT old.HB, new.HB, {day.format('new.HBDateEnacted')} - {day.format('old.HBDateArchived')} "
        f"FROM {boards} AS old JOIN {boards} AS new USING (HBName) "
        "WHERE old.HBDateArchived IS NOT NULL AND new.HBDateArchived IS NULL ORDER BY 1"
    ).fetchall()
    assert rows == [
        ("S08000018", "S08000029", 1),
        ("S08000021", "S08000031", 1),
        ("S08000023", "S08000032", 1),
        ("S08000027", "S08000030", 1),
    ]


def test_shown_is_a_decimal() -> None:
    assert str(half_up_ratio(10185, 67900, 100, 1)) == "15.0"
    assert half_up_ratio(1, 0) is None
    assert half_up_ratio(1, None) is None
    assert half_up_ratio(-5, 2) == Decimal(-3)
