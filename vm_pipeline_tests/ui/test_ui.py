"""A data engineer at Dagster's pages, in a real browser: looks around, meets a broken month, mends it.

Everything is read off what the browser rendered. Pictures go to VM_UI_SHOTS, if it is set.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from vm_pipeline.demo import drop
from vm_pipeline.demo.programme import HIGHLAND, TAYSIDE
from vm_pipeline.home import Home
from vm_pipeline.settings import Asked, load
from vm_pipeline_tests.ui import pages
from vm_pipeline_tests.ui.browser import Browser, browser, missing
from vm_pipeline_tests.ui.dagster_ui import dagster_dev, run_night

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.skipif(bool(missing()), reason=missing())]

GROUPS = ("landing", "staging", "quality", "core", "marts", "signals", "publish")
BOARDS = (HIGHLAND, TAYSIDE)  # one month came without its control file, one survey is refused
MONTHS = ("2021-05", "2021-06", "2021-07", "2021-08")
DAMAGED, MONTH = "ledger/S08000030/2021-06", "2021-06"


@pytest.fixture
def feeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Four months of two boards of the demonstration, and its reference tables."""
    monkeypatch.setattr(drop, "BOARDS", BOARDS)
    monkeypatch.setattr(drop, "MONTHS", MONTHS)
    folder = tmp_path / "feeds"
    drop.write_programme(folder)
    for path in folder.glob("activity/*/*.csv"):
        if not path.name.startswith(MONTHS):
            path.unlink()
    return folder


@pytest.fixture
def home(tmp_path: Path, feeds: Path) -> Path:
    """A home after its first night."""
    folder = tmp_path / "home"
    run_night(folder, feeds)
    return folder


@pytest.fixture
def window(tmp_path: Path, home: Path, feeds: Path) -> Iterator[Browser]:
    """A browser at Dagster's pages of that home."""
    shots = Path(os.environ.get("VM_UI_SHOTS", tmp_path / "shots"))
    shots.mkdir(parents=True, exist_ok=True)
    with dagster_dev(home, feeds) as address, browser(address, tmp_path / "profile", shots) as one:
        yield one


def test_a_data_engineer_looks_around_and_mends_a_month(window: Browser, home: Path) -> None:
    sees_the_graph(window)
    reads_of_the_ledger(window)
    reads_the_figures_of_the_night(window)
    reads_the_checks(window)
    sees_what_starts_by_itself(window)
    sees_the_runs(window)
    damage(home)
    meets_the_broken_month(window)
    mends_it(window)
    assert not window.listen()


def sees_the_graph(window: Browser) -> None:
    pages.open_graph(window)
    window.see("Global asset lineage", *GROUPS)
    window.settle()
    window.shot("asset-graph-groups")
    pages.open_graph(window, "signals", "publish")  # with all open the names are too small to be drawn
    window.see("indicator_signal", "indicator_series")
    window.settle()
    window.shot("asset-graph")


def reads_of_the_ledger(window: Browser) -> None:
    pages.open_asset(window, "staging/ledger")
    window.see("one line of a finance ledger", "bad_amount: The amount cannot be read.")
    window.see("cost_centre_code", "DECIMAL(18,2)", "Pounds; a debit is positive.")
    window.see("Owners", "data-engineering", "Kinds", "DuckDB", "Parquet", "Jobs", "stage")
    window.shot("staging-ledger")
    pages.open_asset(window, "staging/ledger", "partitions", partition=MONTH)
    window.see("Failed (0)", f"Materialized ({len(MONTHS)})")
    window.see("dagster/partition_row_count", "rows received", "rows rejected", "seconds")
    window.see("rejections", "wrong_provider", "batches", DAMAGED, "in force")
    window.shot("staging-ledger-month")


def reads_the_figures_of_the_night(window: Browser) -> None:
    pages.open_asset(window, "core/reconciliation")
    window.see(
        "Row count", "received £", "shared out £", "largest difference £", "by provider, £", *(b.code for b in BOARDS)
    )
    window.show("largest difference £")
    window.shot("reconciliation")
    pages.open_asset(window, "core/unmapped")
    said = window.see("cost_centre_map file", "reports/unmapped/cost_centre_map.csv", "H99901", "9990", "PULSE")
    assert "night bank" not in said  # what people called their team goes to the file, and no further
    window.show("H99901")
    window.shot("unmapped")
    pages.open_asset(window, "quality/ledger")
    window.see("reports/rejects/ledger.csv", "contract_kept", "keep all", "Great Expectations")
    window.shot("quality-ledger")
    pages.open_asset(window, "publish/warehouse")
    window.see("warehouse.duckdb", "bytes")


def reads_the_checks(window: Browser) -> None:
    pages.open_asset(window, "staging/ledger", "checks")
    window.see("totals_hold", "This is a blocking asset check.", "received = accepted + rejected", "Passed")
    window.shot("checks-staging-ledger")
    pages.open_asset(window, "quality/ledger", "checks", checkDetail="no_control")
    window.see("found 1 of 8 batches in force without a control file", "Ask the providers for it", "figures")
    window.see("contract_kept", "volume", "month_present", "no_control")
    assert pages.mark_of_check(window, "no_control") == "warning_outline"
    assert pages.mark_of_check(window, "contract_kept") == "check_circle"
    window.shot("checks")


def sees_what_starts_by_itself(window: Browser) -> None:
    window.open("/automation")
    window.see("nightly", "At 02:00 AM", "drop_folder", "stage_after_landing", "build_after_staging")
    window.shot("automation")
    window.open("/locations/vm_pipeline.definitions/schedules/nightly")
    window.see("At 02:00 AM", "Europe/London")
    window.open("/locations")
    window.see("vm_pipeline.definitions", "Loaded")


def sees_the_runs(window: Browser) -> None:
    window.open("/runs")
    window.see("land", "stage", "build", "Success")
    window.shot("runs")
    pages.open_latest_run(window)
    window.see("Success", "core", "marts", "publish__warehouse", "ASSET_MATERIALIZATION")
    window.shot("run")


def damage(home: Path) -> None:
    """Change a byte of what was received for a month, and forget what was staged of it."""
    known = Home(load(Asked(home=home), {}))
    receipt = next(receipt for receipt in known.receipts() if str(receipt.slot) == DAMAGED)
    path = known.landing.path(receipt.sha256)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes().swapcase())
    shutil.rmtree(known.staging.folder(receipt))


def meets_the_broken_month(window: Browser) -> None:
    run = pages.materialize(window, "stage", MONTH)
    assert pages.end_of_run(window, run) == "Failure"
    window.see("staging__ledger", "found bytes with sha256", "Put the file back in the source")
    window.shot("run-failed")
    pages.open_asset(window, "staging/ledger", "partitions", partition=MONTH)
    window.see("Failed (1)", f"Run {run} failed, and did not materialize this asset.")
    window.shot("month-failed")


def mends_it(window: Browser) -> None:
    assert pages.end_of_run(window, pages.materialize(window, "land")) == "Success"
    assert pages.end_of_run(window, pages.materialize(window, "stage", MONTH)) == "Success"
    pages.open_asset(window, "staging/ledger", "partitions", partition=MONTH)
    window.see("Failed (0)", f"Materialized ({len(MONTHS)})")
    window.shot("month-mended")
