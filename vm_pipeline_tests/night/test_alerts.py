"""Alerts of whole nights: what the command and the sensor tell, and that no alert changes a night."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from vm_pipeline.alerts.cause import restatements
from vm_pipeline.alerts.keys import Alerts
from vm_pipeline.defs import run, telling
from vm_pipeline.defs.assemble import assemble
from vm_pipeline.defs.night import Night
from vm_pipeline.home import Home
from vm_pipeline.settings import Asked, Settings, load
from vm_pipeline_tests.alerts.servers import Hook, hook
from vm_pipeline_tests.night.conftest import Door
from vm_pipeline_tests.programme import FIRST_NIGHT, Programme, written

CONTROL = {"provider_code": "B1", "financial_year": "2022/23", "period": "4", "row_count": "9", "total_amount": "1"}


@pytest.fixture
def server() -> Iterator[Hook]:
    with hook() as state:
        yield state


@pytest.fixture
def config(door: Door, server: Hook) -> Path:
    path = door.programme.root / "vm.toml"
    path.write_text(
        'home = "home"\n[[source]]\nfolder = "drop"\n'
        '[alerts]\ninstallation = "Board"\nwebhook.url = "${HOOK}"\n'
        "[freshness.ledger]\nworking_day = 8\n",
        "utf-8",
    )
    return path


@pytest.fixture
def night(door: Door, server: Hook, config: Path) -> Any:
    """A night by the command, told for machines."""
    import json

    def work(*options: str) -> dict[str, Any]:
        result = door("run", "--config", str(config), "--json", *options, HOOK=server.url)
        found: dict[str, Any] = json.loads(result.stdout)
        return found | {"exit": result.exit_code}

    return work


def settings(config: Path, server: Hook) -> Settings:
    return load(Asked(config=config), {"HOOK": server.url})


def test_a_refused_batch_and_a_late_month_are_told_once_and_when_they_are_over(
    door: Door, server: Hook, night: Any
) -> None:
    door.programme.send("ledger/B1/2022-08.csv", (door.programme.drop / "ledger/B1/2022-07.csv").read_bytes())
    door.programme.send("ledger/B1/2022-08.control.csv", written([CONTROL]))
    assert night()["alerts"] == ["webhook: 2 told"]
    assert server.told == [("late_extract", "ledger/B1", False), ("refused_batch", "ledger/B1/2022-08", False)]
    assert "nonsense" not in str(server.posted) and "the control file says 9 rows" in server.posted[1]["text"]
    assert night()["alerts"] == []
    door.programme.send("ledger/B1/2022-08.control.csv", written([CONTROL | {"row_count": "3", "total_amount": "20"}]))
    night()
    assert server.told[2:] == [
        ("late_extract", "ledger/B1", False),  # still late, by a month less
        ("refused_batch", "ledger/B1/2022-08", True),
    ]


def test_what_cannot_be_received_is_told_whether_a_night_begins_or_not(
    door: Door, server: Hook, night: Any, config: Path
) -> None:
    door.programme.send("ledger/B1/July.csv", "x")
    assert night()["alerts"] == ["webhook: 2 told"]
    drop = door.programme.drop
    assert ("not_received", str(drop / "ledger/B1/July.csv"), False) in server.told
    drop.rename(drop.with_name("away"))  # a folder that is not mounted
    assert door("run", "--config", str(config), HOOK=server.url).exit_code == 2
    drop.with_name("away").rename(drop)
    (drop / "ledger/B1/July.csv").unlink()
    night()
    assert server.told[-3:] == [
        ("not_received", str(drop), False),
        ("not_received", str(drop / "ledger/B1/July.csv"), True),
        ("not_received", str(drop), True),
    ]


def test_a_gate_that_closes_is_told_with_its_figures_and_when_it_opens(
    door: Door, server: Hook, night: Any, config: Path
) -> None:
    """And a server that fails changes neither the night nor, in the end, what is told."""
    server.status = 500
    config.write_text(
        config.read_text() + '[quality]\nblocking = ["ledger"]\nshare_rejected = 0.02\nleast_rejected = 1\n'
    )
    found = night()
    assert (found["status"], found["exit"]) == ("not published", 1)
    assert found["alerts"][0].startswith("webhook: 0 told, 2 not: found HTTP status 500")
    server.status = 200
    assert night()["alerts"] == ["webhook: 2 told"]
    (gate,) = [one for post in server.posted for one in post["messages"] if one["kind"] == "closed_gate"]
    assert gate["about"] == "quality/ledger share_rejected"
    assert "1 of 3 rows in force were rejected" in gate["reason"] and gate["figures"][0]["provider_code"] == "B1"
    config.write_text(config.read_text().replace('blocking = ["ledger"]', "blocking = []"))
    assert night()["status"] == "published"
    assert ("closed_gate", "quality/ledger share_rejected", True) in server.told


def test_what_a_run_died_of_is_told_by_its_kind_alone(
    door: Door, server: Hook, night: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Words of other people's errors may quote a cell."""
    monkeypatch.setattr("vm_pipeline.defs.core.build_core", _raising(RuntimeError("could not cast 'Ann Other'")))
    night()
    (post,) = [post for post in server.posted if post["messages"][0]["kind"] == "failed_run"]
    assert "RuntimeError" in post["text"] and "Ann Other" not in post["text"] and "build core" in post["text"]
    monkeypatch.undo()
    night()
    assert ("failed_run", "build core", True) in server.told


def test_a_night_that_never_began_is_told(
    door: Door, server: Hook, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "_night", _raising(OSError("no room")))
    with pytest.raises(OSError, match="no room"):
        run.run_night(settings(config, server), lambda *_: None)
    assert server.told == [("failed_run", "night", False)]


def test_whatever_is_wrong_with_alerts_the_night_goes_on(night: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "tell", _raising(RuntimeError("x")))
    found = night()
    assert (found["status"], found["exit"]) == ("published", 0)
    assert found["alerts"] == [
        "Nobody was told: found RuntimeError while alerts were gathered. It is tried again next time."
    ]


def test_the_sensor_tells_what_the_command_would(door: Door, server: Hook, config: Path) -> None:
    chosen = settings(config, server)
    with run.dagster_instance(chosen.home) as instance:
        definitions = assemble(chosen)
        land = definitions.resolve_job_def("land").execute_in_process(instance=instance)
        assert [one.check_name for one in land.get_asset_check_evaluations()] == ["fresh"] * 3
        assert [one.passed for one in land.get_asset_check_evaluations()] == [False, True, True]
        sensor = definitions.get_repository_def().get_sensor_def("alerts")
        for _ in range(2):
            context = dg.build_sensor_context(instance, resources={"night": Night(Home(chosen))})
            sensor.evaluate_tick(context)
        door.programme.drop.rename(door.programme.drop.with_name("away"))  # not mounted: no green landing of nothing
        assert (
            not definitions.resolve_job_def("land").execute_in_process(instance=instance, raise_on_error=False).success
        )
        sensor.evaluate_tick(context)
    assert server.told == [("late_extract", "ledger/B1", False), ("failed_run", "land landing", False)]
    assert not server.posted[0]["messages"][0]["is_over"]
    assert f"{door.programme.drop}: found nothing; expected a drop folder. Create it" in server.posted[1]["text"]


def test_status_says_who_is_late(door: Door, config: Path, server: Hook) -> None:
    door.programme.receive()
    said = door("status", "--config", str(config), HOOK=server.url).stdout
    assert "Late" in said and "2022-07" in said


def test_a_month_that_changes_much_is_a_restatement_for_some_days(programme: Programme) -> None:
    """A little change, an open month that grows, and a refused one are none."""
    programme.ledger({"amount": "100.00"})
    programme.ledger({"amount": "100.00"}, period="2022-08")
    programme.ledger({"amount": "100.00"}, period="2026-01")  # received in January 2026
    programme.night()
    programme.ledger({"amount": "150.00"})
    programme.ledger({"amount": "101.00"}, period="2022-08")
    programme.ledger({"amount": "100.00"}, {}, period="2026-01")
    programme.night()
    known, alerts = programme.known(), Alerts()
    (cause,) = restatements(known, alerts, FIRST_NIGHT.replace(day=8))
    assert cause.about.startswith("ledger/B1/2022-07 (")
    assert "£100.00 before, £150.00 now (difference £50.00); 1 row before, 1 now" in cause.reason
    assert restatements(known, Alerts(restated_share=0.6), FIRST_NIGHT.replace(day=8)) == []
    assert restatements(known, alerts, datetime(2026, 1, 14, tzinfo=UTC)) == []


def _raising(error: Exception) -> Any:
    def raise_it(*_: object, **__: object) -> None:
        raise error

    return raise_it
