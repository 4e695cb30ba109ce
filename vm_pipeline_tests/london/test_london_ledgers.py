"""Every file of the ledgers, to the penny: what the batch table says against an independent count of the same files."""

import csv
import re
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from vm_pipeline_tests.london.night import EXAMPLE, LONDON, Cells, Night, reference

FILES = reference("reference_spend_by_file.csv") if LONDON.is_dir() else []
TRUSTS = ("RJ1", "RJ2", "RJ6", "RKE", "RQM", "RVR", "RYJ")


def month(row: Cells) -> str:
    """The month that the number in the file's name stands for: `CROY 06 - Spetember.csv` is 2020-09."""
    number = int(row["file"].split()[1])
    return f"{2020 + (number > 9)}-{(number + 2) % 12 + 1:02}"


@pytest.mark.parametrize("row", FILES, ids=lambda row: row["file"])
def test_a_file_is_a_batch_to_the_penny(con: duckdb.DuckDBPyConnection, row: Cells) -> None:
    batches = con.execute(
        "SELECT rows_received, rows_accepted, rows_rejected, amount_received_gbp, refused_because, superseded_at "
        "FROM vm.batch WHERE feed = 'ledger' AND provider_code = ? AND period = ?",
        [row["ods_code"], month(row)],
    ).fetchall()
    assert batches == [(int(row["rows"]), int(row["rows"]), 0, Decimal(row["total_gbp"]), None, None)]


@pytest.mark.parametrize("row", FILES, ids=lambda row: row["file"])
def test_its_lines_stand_in_fact_cost(con: duckdb.DuckDBPyConnection, row: Cells) -> None:
    lines = con.execute(
        "SELECT count(*), sum(amount_gbp), count_if(amount_gbp < 0) FROM vm.fact_cost "
        "WHERE provider_code = ? AND period = ?",
        [row["ods_code"], month(row)],
    ).fetchone()
    assert lines == (int(row["rows"]), Decimal(row["total_gbp"]), int(row["negative_rows"]))


def test_there_are_no_other_ledger_batches(con: duckdb.DuckDBPyConnection) -> None:
    found = con.execute("SELECT provider_code, period FROM vm.batch WHERE feed = 'ledger'").fetchall()
    assert sorted(found) == sorted((row["ods_code"], month(row)) for row in FILES)


def test_american_dates_stay_in_their_month(night: Night) -> None:
    dates = [
        duckdb.read_parquet(str(night.staging.accepted(receipt))).select("posting_date, month_number").fetchall()
        for receipt in night.landing.receipts()
        if (receipt.slot.feed, receipt.slot.provider_code) == ("ledger", "RVR")
    ]
    assert all(day.year * 12 + day.month - 1 == number for batch in dates for day, number in batch)


def test_codes_come_off_their_names(night: Night) -> None:
    april = next(r for r in night.landing.receipts() if str(r.slot) == "ledger/RJ1/2020-04")
    codes = duckdb.read_parquet(str(night.staging.accepted(april)))
    assert codes.filter("cost_centre_code !~ '^[0-9]+$' OR account_code !~ '^[0-9]+$'").fetchall() == []


def directorates(folder: str, header: str, pattern: str = "(.*)") -> dict[str, Decimal]:
    """Pounds of each directorate, added up from the files themselves."""
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for path in sorted((LONDON / "spend_raw" / folder).glob("*.csv")):
        for row in reference(str(path.relative_to(LONDON))):
            amount = row.get("amount") or row["Amount in Sterling"]
            match = re.fullmatch(pattern, row[header].strip())
            assert match
            totals[match[1].strip().upper()] += Decimal(amount.strip().replace(",", ""))
    return totals


def test_directorates_of_croydon_are_teams_that_add_up(con: duckdb.DuckDBPyConnection) -> None:
    totals = directorates("CROY", "Department family")
    rows = con.execute(
        "SELECT cost_centre_code, team_code, sum(amount_gbp) FROM vm.fact_cost WHERE provider_code = 'RJ6' GROUP BY ALL"
    ).fetchall()
    assert {centre: amount for centre, _, amount in rows} == totals
    assert len({team for _, team, _ in rows}) == len(rows) == 19
    assert sum(totals.values()) == Decimal("91782079.82")


def test_directorates_of_guys_are_teams_that_add_up(con: duckdb.DuckDBPyConnection) -> None:
    """Seven cost centres moved to another directorate in May: each month counts where it was then."""
    totals = directorates("GUYS", "Expense area", r"\(id:\d+\)(.*)")
    rows = con.execute(
        "SELECT upper(team_name), sum(amount_gbp) FROM vm.fact_cost JOIN vm.dim_team USING (provider_code, team_code) "
        "WHERE provider_code = 'RJ1' GROUP BY ALL"
    ).fetchall()
    assert dict(rows) == totals
    assert len(rows) == 67
    assert sum(totals.values()) == Decimal("129933808.94")


@pytest.mark.parametrize(("provider", "total"), [("RJ6", "91782079.82"), ("RJ1", "129933808.94")])
def test_the_box_score_of_directorates_adds_up_to_the_ledger(
    con: duckdb.DuckDBPyConnection, provider: str, total: str
) -> None:
    (cost,) = con.execute(
        "SELECT sum(total_cost_gbp) FROM vm.team_month WHERE provider_code = ?", [provider]
    ).fetchall()[0]
    (capital,) = con.execute(
        "SELECT coalesce(sum(amount_gbp), 0) FROM vm.fact_cost WHERE provider_code = ? AND cost_category = 'capital'",
        [provider],
    ).fetchall()[0]
    assert cost + capital == Decimal(total)


@pytest.mark.parametrize(
    ("view", "file", "columns"),
    [
        ("team", "teams.csv", ("provider_code", "team_code", "team_name", "service")),
        ("cost_centre_map", "cost_centre_map.csv", ("provider_code", "cost_centre_code", "team_code", "valid_to")),
        ("account_map", "account_map.csv", ("account_code",)),  # some categories were given by hand
    ],
)
def test_maps_follow_from_the_data(
    con: duckdb.DuckDBPyConnection, view: str, file: str, columns: tuple[str, ...]
) -> None:
    """Maps of the four trusts that nobody wrote by hand are what `maps.sql` says."""
    (database,) = con.execute("SELECT current_database()").fetchall()[0]
    with con.cursor() as cursor:
        cursor.execute(f"USE {database}")
        cursor.execute("SET VARIABLE london = ?", [str(LONDON)])
        cursor.execute((EXAMPLE / "maps.sql").read_text("utf-8"))
        shown = ", ".join(f"coalesce(upper({column}::VARCHAR), '')" for column in columns)
        said = set(cursor.execute(f"SELECT {shown} FROM {view}").fetchall())
    with (EXAMPLE / "reference" / file).open(encoding="utf-8", newline="") as lines:
        kept = {tuple(row[column].upper() for column in columns) for row in csv.DictReader(lines)}
    assert said
    assert said <= kept


def test_money_is_reconciled_and_all_of_it_has_a_team(con: duckdb.DuckDBPyConnection) -> None:
    sums = con.execute(
        "SELECT count(*), max(abs(difference_gbp)), max(abs(unallocated_gbp)), sum(rejected_gbp), sum(team_total_gbp) "
        "FROM vm.reconciliation"
    ).fetchone()
    assert sums == (69, 0, 0, 0, sum(Decimal(row["total_gbp"]) for row in FILES))


def test_teams_of_the_maps_have_names(con: duckdb.DuckDBPyConnection) -> None:
    found = con.execute("SELECT provider_code, team_code FROM vm.dim_team WHERE team_name = team_code").fetchall()
    short = {("RJ1", "PACCS"), ("RJ1", "TAP")}  # directorates that are called so
    assert set(found) - short == {(provider, "UNALLOCATED") for provider in TRUSTS}


def test_categories_of_accounts(con: duckdb.DuckDBPyConnection) -> None:
    """The account map is an example, yet drugs and agency staff must be found wherever the ledgers name them."""
    missed = con.execute(
        "SELECT DISTINCT account_code FROM vm.dim_account WHERE NOT is_mapped "
        "AND (account_code LIKE 'DRUGS%' OR account_code LIKE 'AGENCY %' OR account_code LIKE 'BANK %')"
    ).fetchall()
    assert missed == []


def test_a_second_night_receives_nothing(night: Night) -> None:
    received = night.receive()
    assert (len(received.new), received.unchanged) == (0, 159)


def test_the_example_names_no_machine() -> None:
    texts = [path.read_text("utf-8") for path in EXAMPLE.rglob("*") if path.is_file()]
    assert texts
    assert all(str(Path.home()) not in text and str(LONDON) not in text for text in texts)
