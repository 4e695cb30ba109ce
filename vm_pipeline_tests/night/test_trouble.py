"""What goes wrong at the door: each time what was found, what was expected, where, and what to do."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from vm_pipeline.home import Home
from vm_pipeline_tests.night.conftest import Door
from vm_pipeline_tests.programme import activity


def said(text: str) -> str:
    return " ".join(text.split())


def test_an_empty_folder(door: Door, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = door("run", "--feeds", str(tmp_path / "empty"))
    assert result.exit_code == 2
    assert "found an empty folder; expected <feed>/<provider_code>/<YYYY-MM>.csv" in said(result.stderr)


def test_no_folder(door: Door, tmp_path: Path) -> None:
    result = door("run", "--feeds", str(tmp_path / "nowhere"))
    assert (result.exit_code, "found nothing; expected a drop folder" in said(result.stderr)) == (2, True)


def test_a_home_that_is_a_file(door: Door) -> None:
    door.programme.home.write_text("x", "utf-8")
    result = door.run()
    assert (result.exit_code, "found a file in this path, expected folders." in said(result.stderr)) == (1, True)


def test_no_source_at_all(door: Door) -> None:
    result = door("run")
    assert (result.exit_code, "found no source" in said(result.stderr)) == (2, True)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("home = ", "found no valid TOML"),
        ("hme = 'x'", "found the key 'hme', expected one of home, warehouse, nation"),
        ("nation = 'FRA'", 'found nation = "FRA", expected one of SCT, ENG, WLS, NIR'),
        ("first_month = '2022'", "expected text like 2022-04"),
        ("[[source]]\nfeed = 'ledgr'\nprovider = 'B1'", 'found feed = "ledgr", expected one of ledger'),
        ("home = '${NOT_SET_ANYWHERE}'", "expected NOT_SET_ANYWHERE to be set"),
    ],
)
def test_a_configuration_that_cannot_be_used(door: Door, tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "vm.toml"
    path.write_text(text)
    result = door("run", "--config", str(path))
    assert result.exit_code == 2
    assert reason in said(result.stderr) and str(path) in result.stderr.replace("\n", "")


def test_a_configuration_that_is_not_there(door: Door, tmp_path: Path) -> None:
    result = door("run", "--config", str(tmp_path))
    assert (result.exit_code, "expected a TOML file that can be read" in said(result.stderr)) == (2, True)


@pytest.mark.parametrize("moment", ["yesterday", "2022-13-01"])
def test_a_time_that_is_none(door: Door, moment: str) -> None:
    result = door.run("--as-of", moment)
    assert (result.exit_code, "expected a day or time" in said(result.stderr)) == (2, True)


def test_an_engine_that_is_not_published_to(door: Door) -> None:
    result = door("run", "--feeds", str(door.programme.drop), "--warehouse", "mysql://host/name")
    assert (result.exit_code, "expected a path, duckdb:///path or postgresql" in said(result.stderr)) == (2, True)


def test_the_rest_goes_on_around_files_that_cannot_be_taken(door: Door) -> None:
    programme = door.programme
    programme.send("ledger/B1/2022-08.csv", "provider_code,financial_year,perod\nB1,2022/23,5\n")
    programme.send("ledger/B1/2022-09.csv", programme.drop.joinpath("ledger/B1/2022-07.csv").read_text()[:-30])
    (programme.drop / "activity/B1/2022-08.csv").mkdir()
    programme.send("activity/B1/July.csv", "x\n")
    programme.ledger({"provider_code": "B2"}, period="2022-10")
    header, record, _ = activity({"record_id": "A9"}).split("\n")
    programme.send("activity/B1/2022-10.csv", f"{header},\n{record},beside\n")
    found = door.figures()
    assert found["status"] == "published"
    refused = {one["batch"]: one["because"] for one in found["refused"]}
    assert "'perod' is the closest to 'period'" in refused["ledger/B1/2022-08"]
    assert "cells in row 3, expected 12" in refused["ledger/B1/2022-09"] and "cut off" in refused["ledger/B1/2022-09"]
    assert any("2022-08.csv: found a folder; expected a file" in one for one in found["problems"])
    assert any("'July.csv'; expected a name like 2022-07.csv" in one for one in found["problems"])
    assert found["noted"] == ["activity/B1/2022-10: 1 rows hold text under no header: it is not read"]
    assert {"feed": "ledger", "rule": "wrong_provider", "rows": 1, "pounds": "10.00"} in found["rejections"]
    assert door.run("--strict").exit_code == 1


def test_a_missing_mapping_costs_nothing_and_is_told(door: Door) -> None:
    (door.programme.drop / "reference/cost_centre_map.csv").unlink()
    found = door.figures()
    assert found["status"] == "published"
    assert any("no reference/cost_centre_map.csv" in one and "UNALLOCATED" in one for one in found["warnings"])
    assert found["reconciliation"]["of_it_unallocated"] == "20.00"


def test_landed_bytes_that_were_damaged_stop_the_night_and_landing_again_heals_them(door: Door) -> None:
    door.programme.receive()
    receipt = next(one for one in door.programme.receipts() if one.slot.feed == "ledger")
    path = door.programme.landing.path(receipt.sha256)
    path.chmod(0o600)
    path.write_bytes(b"x" * receipt.size)
    away = door.programme.drop / "ledger"
    away.rename(door.programme.root / "elsewhere")
    result = door.run()
    assert result.exit_code == 1
    assert "expected" in said(result.stdout) and "restore the landing from backup" in said(result.stdout)
    (door.programme.root / "elsewhere").rename(away)
    assert door.run().exit_code == 0


def test_a_draft_that_cannot_be_written_to_its_end_closes_the_gate(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its tables are told while it is closed: what closing meets must fail the step all the same."""
    sound = Home.workspace

    @contextmanager
    def full(home: Home, draft: Path) -> Iterator[duckdb.DuckDBPyConnection]:
        with sound(home, draft) as con:
            yield con
        raise duckdb.IOException("Could not write file: No space left on device")

    monkeypatch.setattr(Home, "workspace", full)
    result = door.run()
    assert (result.exit_code, "no room left on the disk" in said(result.output)) == (1, True), result.output
    assert not door.snapshot.exists()
