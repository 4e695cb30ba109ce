"""What changed between two nights: exactly the figures that moved, with the batches that may be the cause."""

import json
from datetime import timedelta

import duckdb
import pytest

from vm_pipeline.commands.changes import between
from vm_pipeline.home import Home
from vm_pipeline.keeping.withdraw import withdraw
from vm_pipeline.quality.history import Thresholds
from vm_pipeline.quality.restated import check_restated
from vm_pipeline.settings import Settings
from vm_pipeline_tests.night.conftest import Door
from vm_pipeline_tests.programme import Programme

Cell = tuple[str, str, str]


def home_of(programme: Programme) -> Home:
    return Home(Settings(home=programme.home, warehouse=programme.home / "warehouse.duckdb", threads=1))


def changed(programme: Programme, first: str | None = None, last: str | None = None) -> dict[Cell, tuple[object, ...]]:
    """(provider, month, measure) and (before, after, batches) of what changed."""
    rows = between(home_of(programme), first, last)
    return {(str(row[0]), str(row[1]), str(row[2])): (row[3], row[4], row[7]) for row in rows}


def test_a_month_sent_again_a_map_and_a_withdrawal_each_tell_what_they_moved(programme: Programme) -> None:
    programme.reference("account_map", "3001A,Bread,food,true,")
    programme.reference("budget", "B1,R1,3001A,2022/23,4,50.00,")
    programme.ledger({"amount": "100.00"})
    programme.ledger({"amount": "5.00"}, provider="B2")
    programme.night()
    assert changed(programme) == {}
    programme.ledger({"amount": "90.00"})
    programme.ledger({"period": "5", "posting_date": "2022-08-02"}, period="2022-08")
    programme.night()
    batch, august = (programme.receipt(f"ledger/B1/2022-0{month}").content_id for month in (7, 8))
    old = next(one for one in programme.receipts() if str(one.slot) == "ledger/B1/2022-07").content_id
    found = changed(programme)
    moved = " ".join(sorted([batch, august, old]))
    assert found["B1", "2022-07", "ledger_gbp"] == (100.0, 90.0, moved)
    assert found["B1", "2022-07", "F01"] == (100.0, 90.0, moved)
    assert found["B1", "2022-07", "F09"] == (100.0, 80.0, moved)  # a budget has part in it, and the ledger too
    assert {cell[:2] for cell in found} == {("B1", "2022-07")}

    second = programme.landing.last_moment
    programme.reference("account_map", "3001A,Bread,income,true,")
    programme.night()
    of_map = changed(programme)
    assert of_map["B1", "2022-07", "F01"][:2] == (90.0, None)
    assert {cell for cell in of_map if cell[2] == "ledger_gbp"} == set()
    assert programme.receipt("reference/account_map").content_id in str(of_map["B2", "2022-07", "F01"][2])
    assert changed(programme, None, second) == found

    withdraw(home_of(programme), batch, "wrong", programme.clock + timedelta(days=1))
    assert changed(programme)["B1", "2022-07", "ledger_gbp"] == (90.0, 100.0, " ".join(sorted([batch, old])))


@pytest.mark.usefixtures("after_a_night")
def test_it_is_published_and_a_large_movement_warns(door: Door) -> None:
    door.programme.ledger({"amount": "12.60"}, {"cost_centre_code": "R9", "amount": "7.50"})
    assert "restatement: found" not in " ".join(door.run().stdout.split())
    door.programme.ledger({"amount": "50.00"})
    warnings = door.figures()["warnings"]
    assert any(said.startswith("restatement: ") and "`vm-pipeline changes`" in said for said in warnings)
    found = json.loads(door("changes", "--json").stdout)
    with duckdb.connect(str(door.snapshot), read_only=True) as con:
        columns = "provider_code, period, measure, before, after, difference, change_pct, batch_ids"
        assert [tuple(one.values()) for one in found] == con.execute(
            f"SELECT {columns} FROM vm.restatement ORDER BY ALL"
        ).fetchall()
        limits = Thresholds(restated=1e6)
        assert check_restated(con, limits).passed
