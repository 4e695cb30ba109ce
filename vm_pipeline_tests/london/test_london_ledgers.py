"""Every file of the ledgers, to the penny: what the batch table says against an independent count of the same files."""

from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from vm_pipeline_tests.london.night import EXAMPLE, LONDON, Cells, Night, reference

FILES = reference("reference_spend_by_file.csv") if LONDON.is_dir() else []
OURS = ("RJ6", "RYJ", "RJ2")


def month(row: Cells) -> str:
    """The month that the number in the file's name stands for: `CROY 06 - Spetember.csv` is 2020-09."""
    number = int(row["file"].split()[1])
    return f"{2020 + (number > 9)}-{(number + 2) % 12 + 1:02}"


@pytest.mark.parametrize("row", [row for row in FILES if row["ods_code"] in OURS], ids=lambda row: row["file"])
def test_a_file_is_a_batch_to_the_penny(con: duckdb.DuckDBPyConnection, row: Cells) -> None:
    batches = con.execute(
        "SELECT rows_received, rows_accepted, rows_rejected, amount_received_gbp, refused_because, superseded_at "
        "FROM vm.batch WHERE feed = 'ledger' AND provider_code = ? AND period = ?",
        [row["ods_code"], month(row)],
    ).fetchall()
    assert batches == [(int(row["rows"]), int(row["rows"]), 0, Decimal(row["total_gbp"]), None, None)]


@pytest.mark.parametrize("row", [row for row in FILES if row["ods_code"] in OURS], ids=lambda row: row["file"])
def test_its_lines_stand_in_fact_cost(con: duckdb.DuckDBPyConnection, row: Cells) -> None:
    lines = con.execute(
        "SELECT count(*), sum(amount_gbp), count_if(amount_gbp < 0) FROM vm.fact_cost "
        "WHERE provider_code = ? AND period = ?",
        [row["ods_code"], month(row)],
    ).fetchone()
    assert lines == (int(row["rows"]), Decimal(row["total_gbp"]), int(row["negative_rows"]))


def test_there_are_no_other_ledger_batches(con: duckdb.DuckDBPyConnection) -> None:
    found = con.execute("SELECT provider_code, period FROM vm.batch WHERE feed = 'ledger'").fetchall()
    assert sorted(found) == sorted((row["ods_code"], month(row)) for row in FILES if row["ods_code"] in OURS)


@pytest.mark.parametrize("row", [row for row in FILES if row["ods_code"] not in OURS], ids=lambda row: row["file"])
def test_the_other_four_trusts_need_configuration_only(others: Night, row: Cells) -> None:
    found = {(slot.provider_code, slot.period): one for slot, one in others.summaries()}
    batch = found[row["ods_code"], month(row)]
    assert (batch.refused_because, batch.rows_accepted, batch.accepted) == (
        "",
        int(row["rows"]),
        Decimal(row["total_gbp"]),
    )


def test_american_dates_stay_in_their_month(others: Night) -> None:
    dates = [
        duckdb.read_parquet(str(others.staging.accepted(receipt))).select("posting_date, month_number").fetchall()
        for receipt in others.landing.receipts()
        if receipt.slot.provider_code == "RVR"
    ]
    assert all(day.year * 12 + day.month - 1 == number for batch in dates for day, number in batch)


def test_codes_come_off_their_names(others: Night) -> None:
    april = next(r for r in others.landing.receipts() if str(r.slot) == "ledger/RJ1/2020-04")
    codes = duckdb.read_parquet(str(others.staging.accepted(april)))
    assert codes.filter("cost_centre_code !~ '[0-9]+' OR account_code !~ '[0-9]+'").fetchall() == []


def test_directorates_of_croydon_are_teams_that_add_up(con: duckdb.DuckDBPyConnection) -> None:
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for path in sorted((LONDON / "spend_raw" / "CROY").glob("*.csv")):
        for row in reference(str(path.relative_to(LONDON))):
            totals[row["Department family"].strip().upper()] += Decimal(row["amount"].strip().replace(",", ""))
    rows = con.execute(
        "SELECT cost_centre_code, team_code, sum(amount_gbp) FROM vm.fact_cost WHERE provider_code = 'RJ6' GROUP BY ALL"
    ).fetchall()
    assert {centre: amount for centre, _, amount in rows} == totals
    assert len({team for _, team, _ in rows}) == len(rows) == 19
    assert sum(totals.values()) == Decimal("91782079.82")
    by_month = con.execute(
        "SELECT period, sum(total_cost_gbp) FROM vm.team_month WHERE provider_code = 'RJ6' GROUP BY period"
    ).fetchall()
    capital = con.execute(
        "SELECT sum(amount_gbp) FROM vm.fact_cost WHERE provider_code = 'RJ6' AND cost_category = 'capital'"
    ).fetchone()
    assert capital
    assert sum(amount for _, amount in by_month) + capital[0] == Decimal("91782079.82")


def test_money_is_reconciled_and_all_of_it_has_a_team(con: duckdb.DuckDBPyConnection) -> None:
    sums = con.execute(
        "SELECT count(*), max(abs(difference_gbp)), max(abs(unallocated_gbp)), sum(rejected_gbp), sum(team_total_gbp) "
        "FROM vm.reconciliation"
    ).fetchone()
    assert sums == (35, 0, 0, 0, Decimal("908583812.07"))


def test_teams_of_the_maps_have_names(con: duckdb.DuckDBPyConnection) -> None:
    found = con.execute("SELECT provider_code, team_code FROM vm.dim_team WHERE team_name = team_code").fetchall()
    assert sorted(found) == [(provider, "UNALLOCATED") for provider in sorted(OURS)]


def test_categories_of_accounts(con: duckdb.DuckDBPyConnection) -> None:
    """The account map is an example, yet drugs and agency staff must be found wherever the ledgers name them."""
    missed = con.execute(
        "SELECT DISTINCT account_code FROM vm.dim_account WHERE NOT is_mapped "
        "AND (account_code LIKE 'DRUGS%' OR account_code LIKE 'AGENCY %' OR account_code LIKE 'BANK %')"
    ).fetchall()
    assert missed == []


def test_a_second_night_receives_nothing(night: Night) -> None:
    received = night.receive()
    assert (len(received.new), received.unchanged) == (0, 83)


def test_the_example_names_no_machine() -> None:
    texts = [path.read_text("utf-8") for path in EXAMPLE.rglob("*") if path.is_file()]
    assert texts
    assert all(str(Path.home()) not in text and str(LONDON) not in text for text in texts)
