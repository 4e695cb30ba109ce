"""A night from the drop folder to the snapshot, as a person runs it."""

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from vm_pipeline.warehouse.kept import Kept
from vm_pipeline_tests.night.conftest import Door
from vm_pipeline_tests.programme import Programme, written


def ask(door: Door, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(door.snapshot), read_only=True) as con:
        return con.execute(sql).fetchall()


@pytest.mark.usefixtures("after_a_night")
def test_publishes_what_was_sent_and_says_so(door: Door, first_night: Path) -> None:
    page = (first_night / "page").read_text("utf-8")
    for said in ("Published", "bad_amount", "= difference £", "vm.team_month", "What to open next"):
        assert said in page
    found = ask(door, "SELECT team_code, total_cost_gbp::VARCHAR, dna_pct, positive_pct FROM vm.team_month ORDER BY 1")
    assert found == [("T1", "12.50", 50.0, 50.0), ("UNALLOCATED", "7.50", None, None)]


@pytest.mark.usefixtures("after_a_night")
def test_json_has_the_figures_of_the_page(door: Door) -> None:
    found = door.figures()
    ledger = next(row for row in found["feeds"] if row["feed"] == "ledger")
    assert (ledger["received"], ledger["accepted"], ledger["rejected"]) == (3, 2, 1)
    assert found["rejections"] == [{"feed": "ledger", "rule": "bad_amount", "rows": 1, "pounds": "0.00"}]
    assert found["reconciliation"]["difference"] == "0.00"
    assert found["failure"] == ""


@pytest.mark.usefixtures("after_a_night")
def test_the_same_again_receives_and_publishes_nothing(door: Door) -> None:
    before = door.snapshot.stat()
    found = door.figures()
    assert (found["status"], found["received_now"]) == ("up to date", 0)
    assert door.snapshot.stat().st_mtime_ns == before.st_mtime_ns


@pytest.mark.usefixtures("after_a_night")
def test_a_night_with_nothing_new_imports_nothing_heavy_and_leaves_no_run(door: Door) -> None:
    """In a process of its own, as cron starts it."""
    runs = sorted((door.programme.home / "dagster").rglob("*"))
    heavy = {"dagster", "pandas", "numpy", "sqlalchemy", "great_expectations", "holidays", "scipy", "paramiko", "s3fs"}
    typed = ("run", "--feeds", str(door.programme.drop), "--home", str(door.programme.home), "--json")
    script = (
        "import sys\nfrom vm_pipeline.cli import main\n"
        f"try:\n    main({list(typed)!r})\nfinally:\n    print(*sorted(sys.modules), file=sys.stderr)"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    found = json.loads(result.stdout)
    assert (found["status"], found["received_now"], found["unchanged"]) == ("up to date", 0, 10)
    assert {row["feed"]: row["received"] for row in found["feeds"]}["ledger"] == 3
    assert not heavy & set(result.stderr.split())
    assert sorted((door.programme.home / "dagster").rglob("*")) == runs


@pytest.mark.usefixtures("after_two_nights")
def test_a_changed_month_supersedes_and_the_night_before_can_be_asked_for(door: Door, first_night: Path) -> None:
    first = Programme(first_night).landing.last_moment
    print_before = door("fingerprint", "--warehouse", str(first_night / "home" / "warehouse.duckdb")).stdout
    assert ask(door, "SELECT sum(total_cost_gbp)::VARCHAR FROM vm.team_month") == [("99.00",)]
    states = ask(door, "SELECT superseded_at IS NULL FROM vm.batch WHERE feed = 'ledger' ORDER BY received_at")
    assert states == [(False,), (True,)]
    assert door.run("--as-of", first).exit_code == 0
    past = next((door.programme.home / "as-of").glob("*.duckdb"))
    assert door("fingerprint", "--warehouse", str(past)).stdout == print_before
    assert door("fingerprint").stdout != print_before


@pytest.mark.usefixtures("after_a_night")
def test_a_night_upon_others_has_the_fingerprint_of_a_full_one(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, lay_down = [], Kept.lay_down
    monkeypatch.setattr(Kept, "lay_down", lambda *given: begun.append(lay_down(*given)) or begun[-1])
    before = door("fingerprint").stdout
    door.programme.ledger({"amount": "20.00"})
    door.run()
    assert ask(door, "SELECT sum(amount_gbp)::VARCHAR FROM vm.bi_fact_cost") == [("20.00",)], "views are carried over"
    door.programme.ledger({"amount": "12.50"}, {"amount": "nonsense"}, {"cost_centre_code": "R9", "amount": "7.50"})
    door.run()
    returned = door("fingerprint").stdout
    assert begun == [True, True]
    assert door.run("--full").exit_code == 0
    assert door("fingerprint").stdout == returned != before
    (door.programme.home / "kept" / "steps.duckdb").write_bytes(b"damaged")
    door.programme.ledger({"amount": "60.00"})
    assert door.run().exit_code == 0
    assert begun == [True, True, False], "all that was asked for began with nothing"
    assert ask(door, "SELECT sum(total_cost_gbp)::VARCHAR FROM vm.team_month") == [("60.00",)]


@pytest.mark.usefixtures("after_a_night")
def test_an_as_of_question_before_anything_came_is_refused(door: Door) -> None:
    result = door.run("--as-of", "2001-01-01")
    assert result.exit_code == 1
    assert "Nothing had been received" in result.stdout


@pytest.mark.usefixtures("after_a_night")
def test_a_refused_batch_is_listed_and_only_strict_minds_until_it_is_mended(door: Door) -> None:
    door.programme.ledger({"amount": "99.00"})
    control = {"provider_code": "B1", "financial_year": "2022/23", "period": "4", "row_count": "2", "total_amount": "1"}
    door.programme.send("ledger/B1/2022-07.control.csv", written([control]))
    result = door.run()
    assert result.exit_code == 0
    assert "found 1 rows and £99.00; the control file says 2 rows and £1.00" in result.stdout.replace("\n", " ")
    assert ask(door, "SELECT sum(total_cost_gbp)::VARCHAR FROM vm.team_month") == [("20.00",)]
    assert door.run("--strict").exit_code == 1
    assert "ledger/B1/2022-07" in door("status").stdout
    right = control | {"row_count": "1", "total_amount": "99"}
    door.programme.send("ledger/B1/2022-07.control.csv", written([right]))
    mended = door.run("--strict")
    assert mended.exit_code == 0, mended.output
    assert ask(door, "SELECT sum(total_cost_gbp)::VARCHAR FROM vm.team_month") == [("99.00",)]
    assert "Refused" not in door("status").stdout


@pytest.mark.usefixtures("after_a_night")
def test_totals_that_do_not_hold_close_the_gate_and_the_last_good_warehouse_stays(door: Door) -> None:
    good = door("fingerprint").stdout
    door.programme.ledger({"amount": "20.00"})
    door.programme.night()
    receipt = door.programme.receipt("ledger/B1/2022-07")
    accepted = door.programme.staging.accepted(receipt)
    with duckdb.connect() as con:
        con.execute(f"CREATE TABLE t AS SELECT * REPLACE (amount + 0.01 AS amount) FROM '{accepted}'")
        con.execute(f"COPY t TO '{accepted}' (FORMAT parquet)")
    result = door.run()
    assert result.exit_code == 1
    assert "Gate closed" in result.stdout
    assert door("fingerprint").stdout == good


@pytest.mark.usefixtures("after_two_nights")
def test_what_is_superseded_is_not_counted_again_every_night(door: Door) -> None:
    """A night opens the files of what counts: those of all that ever counted grow with every night."""
    first, last = (one for one in door.programme.receipts() if one.slot.feed == "ledger")
    door.programme.staging.accepted(first).unlink()
    door.programme.activity({"start_at": "2022-08-12T10:00"}, period="2022-08")
    assert door.run().exit_code == 0
    door.programme.staging.accepted(last).unlink()
    door.programme.activity({"start_at": "2022-08-13T10:00"}, period="2022-08")
    assert "Gate closed" in door.run().stdout


def test_dry_run_changes_nothing(door: Door) -> None:
    result = door.run("--dry-run")
    assert result.exit_code == 0
    assert "Would receive 10 new extracts" in result.stdout
    assert not (door.programme.home / "landing").exists()


@pytest.mark.usefixtures("after_a_night")
def test_rejects_lead_back_to_the_row(door: Door, tmp_path_factory: object) -> None:
    target = door.programme.root / "rejects.csv"
    assert door("rejects", "--feed", "ledger", "--to", str(target)).exit_code == 0
    with target.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["row_number"], row["rule_code"], row["amount"]) for row in rows] == [("2", "bad_amount", "nonsense")]
    assert "narrative" not in rows[0]
    assert "No rejected rows" in door("rejects", "--period", "2001-01").stdout
    assert "bad_amount" in door("rejects").stdout


def test_a_home_with_quotes_and_brackets_in_its_name_is_a_home(door: Door) -> None:
    door.programme.root = door.programme.root / "o'brien [ward]"
    door.programme.reference("account_map", "3001A,Bread,food,true,")
    door.programme.ledger({"amount": "nonsense"})
    assert door.run().exit_code == 0
    assert "bad_amount" in door("rejects").stdout


@pytest.mark.usefixtures("after_a_night")
def test_unmapped_codes_come_as_a_reference_file_to_fill_in(door: Door) -> None:
    path = door.programme.home / "reports" / "unmapped" / "cost_centre_map.csv"
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["cost_centre_code"], row["team_code"], row["amount_gbp"]) for row in rows] == [("R9", "", "7.50")]
    filled = [{**row, "team_code": "T1"} for row in rows]
    door.programme.send(
        "reference/cost_centre_map.csv",
        written([*filled, {"provider_code": "B1", "cost_centre_code": "R1", "team_code": "T1", "share": "1"}], rows[0]),
    )
    door.run()
    assert ask(door, "SELECT sum(unallocated_gbp)::VARCHAR FROM vm.reconciliation") == [("0.00",)]


def test_status_tells_what_is_in_force(door: Door, first_night: Path) -> None:
    (door.programme.home / "landing").mkdir(parents=True)
    assert "never" in door("status").stdout
    shutil.copytree(first_night / "home", door.programme.home, dirs_exist_ok=True)
    said = door("status").stdout
    assert "up to date" in said and "2022-07" in said
