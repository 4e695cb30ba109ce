"""Cost, activity, beds and staff survey of six trusts, joined from published tables, against the reference join."""

from decimal import ROUND_HALF_UP, Decimal

import duckdb
import pytest

from vm_pipeline_tests.london.night import EXAMPLE, LONDON, Cells, Night, reference

JOIN = {row["ods"]: row for row in reference("reference_join_2020_21.csv")} if LONDON.is_dir() else {}
TRUSTS = ("RJ6", "RYJ", "RJ2", "RQM", "RVR", "RKE")
OURS = {
    "rows": "lines",
    "spend": "spend_gbp",
    "neg": "credits",
    "ae_att": "ae_attendances",
    "em_adm": "emergency_admissions",
    "ga_avail": "beds_available",
    "ga_occ": "beds_occupied",
    "occ_pct": "occupied_pct",
    "spend_per_att": "spend_per_attendance_gbp",
    "Respondents": "respondents",
    "Burned_out_rate": "burned_out_pct",
    "Enough_staff_rate": "enough_staff_pct",
    "Stress_rate": "stress_pct",
}


@pytest.fixture(scope="module")
def joined(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, object]]:
    answer = con.execute((EXAMPLE / "join.sql").read_text("utf-8"))
    names = [column[0] for column in answer.description]
    return {str(row[0]): dict(zip(names, row, strict=True)) for row in answer.fetchall()}


def rounded(value: object, like: str) -> Decimal:
    """To as many decimals as the reference gives."""
    return Decimal(str(value)).quantize(Decimal(1).scaleb(Decimal(like).as_tuple().exponent), ROUND_HALF_UP)  # type: ignore[arg-type]


@pytest.mark.parametrize("trust", TRUSTS)
@pytest.mark.parametrize("column", OURS)
def test_the_join_agrees(joined: dict[str, dict[str, object]], trust: str, column: str) -> None:
    expected = JOIN[trust][column]
    assert rounded(joined[trust][OURS[column]], expected) == Decimal(expected)


@pytest.mark.parametrize("trust", ["RJ6", "RJ2", "RVR", "RKE"])
def test_over_four_hours_agrees(joined: dict[str, dict[str, object]], trust: str) -> None:
    expected = JOIN[trust]
    assert rounded(joined[trust]["ae_over_four_hours"], expected["ae_over4"]) == Decimal(expected["ae_over4"])
    assert rounded(joined[trust]["ae_over_four_hours_pct"], expected["pct_over4"]) == Decimal(expected["pct_over4"])


@pytest.mark.parametrize("trust", ["RYJ", "RQM"])
def test_not_reported_is_missing_and_not_zero(joined: dict[str, dict[str, object]], trust: str) -> None:
    assert JOIN[trust]["ae_over4"] == "0.0"  # the reference writes 0 for it
    assert (joined[trust]["ae_over_four_hours"], joined[trust]["ae_over_four_hours_pct"]) == (None, None)


def test_booked_appointments_are_attendances(con: duckdb.DuckDBPyConnection) -> None:
    """The database's own total leaves them out: 148,219 of Croydon's 149,266."""
    found = con.execute(
        "SELECT sum(attendances) FROM vm.team_month WHERE provider_code = 'RJ6' AND team_code = 'EMERGENCY'"
    ).fetchone()
    assert found == (149_266,)


def test_bed_days_are_whole(con: duckdb.DuckDBPyConnection) -> None:
    found = con.execute("SELECT quantity FROM vm.fact_activity WHERE measure_code LIKE 'bed_day%'").fetchall()
    assert len(found) == 6 * 4 * 2
    assert all(quantity == quantity.to_integral_value() for (quantity,) in found)


def test_a_quarter_of_beds_stands_in_its_first_month(con: duckdb.DuckDBPyConnection) -> None:
    found = con.execute(
        "SELECT DISTINCT period, end_at::DATE::VARCHAR FROM vm.fact_activity WHERE measure_code = 'bed_day' ORDER BY 1"
    ).fetchall()
    assert found == [
        ("2020-04", "2020-06-30"),
        ("2020-07", "2020-09-30"),
        ("2020-10", "2020-12-31"),
        ("2021-01", "2021-03-31"),
    ]


@pytest.mark.parametrize("measure", ["bed_day", "bed_day_available"])
def test_row_numbers_lead_back_into_the_national_file(con: duckdb.DuckDBPyConnection, measure: str) -> None:
    rows: list[Cells] = reference("beds/master-quarterly-trust.csv")
    column = {"bed_day": "kh03_occ_ga_avg_beds", "bed_day_available": "kh03_avail_ga_avg_beds"}[measure]
    found = con.execute(
        "SELECT provider_code, row_number, quantity, end_at::DATE - start_at::DATE + 1, start_at "
        "FROM vm.fact_activity WHERE measure_code = ?",
        [measure],
    ).fetchall()
    for provider, number, quantity, days, start in found:
        row = rows[number - 1]
        assert row["org_code"] == provider
        assert row["period"] == f"2020-21 Q{(start.month - 4) % 12 // 3 + 1}"
        assert float(quantity) / days == pytest.approx(float(row[column]), rel=1e-12)


def test_the_excel_file_gives_what_the_csv_gives(con: duckdb.DuckDBPyConnection) -> None:
    """Croydon's survey came from Excel; the CSV of the same table is the oracle."""
    row = next(
        r for r in reference("staff_survey/nss_2021_2024_org.csv") if (r["ODS code"], r["Year"]) == ("RJ6", "2021")
    )
    found = dict(
        con.execute("SELECT question_code, answers FROM vm.fact_survey WHERE provider_code = 'RJ6'").fetchall()
    )
    assert found == {
        "BURNED_OUT": int(row["Burned_out_base"]),
        "ENOUGH_STAFF": int(row["Enough_staff_base"]),
        "STRESS": int(row["Stress_base"]),
        "RESPONDENTS": int(row["Respondents"]),
    }
    assert reference("reference_join_2020_21.csv")[1]["Respondents"] == row["Respondents"]


def test_all_of_it_has_a_team(con: duckdb.DuckDBPyConnection) -> None:
    for table in ("fact_activity", "fact_survey"):
        unmapped = con.execute(f"SELECT count(*) FROM vm.{table} WHERE team_code = 'UNALLOCATED'").fetchone()
        assert unmapped == (0,)


def test_cost_stands_beside_performance_in_a_team(con: duckdb.DuckDBPyConnection) -> None:
    """Emergency services at Croydon: a directorate that has both its own payments and its own attendances."""
    found = con.execute(
        "SELECT count(*) FROM vm.team_month WHERE provider_code = 'RJ6' AND team_code = 'EMERGENCY' "
        "AND period BETWEEN '2020-04' AND '2021-03' AND direct_cost_gbp > 0 AND attendances > 0 "
        "AND cost_per_attendance_gbp > 0"
    ).fetchone()
    assert found == (12,)


def test_what_the_batches_warn_of(night: Night) -> None:
    """Ledgers without control files, references that Excel spoilt, rows of others in national files, and measures that
    only join.sql counts.
    """
    warned = {(slot.feed, slot.provider_code, one.code) for slot, found in night.summaries() for one in found.warnings}
    of_all = {("survey", trust, "skipped_rows") for trust in TRUSTS} | {("activity", t, "skipped_rows") for t in TRUSTS}
    ledgers = {("ledger", trust, "no_control") for trust in (*TRUSTS, "RJ1")}
    own = {("activity", trust, "uncounted") for trust in TRUSTS}
    assert warned == ledgers | of_all | own | {("ledger", "RVR", "damaged_reference")}


def test_rows_of_others_are_counted(night: Night) -> None:
    rows = len(reference("beds/master-quarterly-trust.csv"))
    found = [one for slot, one in night.summaries() if slot.part == "beds"]
    assert [sum(w.rows for w in one.warnings if w.code == "skipped_rows") for one in found] == [rows - 4] * len(TRUSTS)
