"""Each thing broken in a home that was sound, and found, with what to do; a sound one is left as it was."""

import errno
import json
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import duckdb
import pytest
from click.testing import CliRunner

from vm_pipeline.cli import main
from vm_pipeline.doctor import machine
from vm_pipeline.home import Home, utc_now
from vm_pipeline.keeping.withdraw import withdraw
from vm_pipeline.settings import Asked, load
from vm_pipeline.sources.landing import Landing
from vm_pipeline.warehouse.drafts import Drafts
from vm_pipeline_tests.programme import Programme

NOTHING = {"VM_CONFIG": "", "VM_FEEDS": "", "VM_HOME": "", "VM_WAREHOUSE": "", "VM_PSEUDONYM_KEY": ""}


@dataclass
class Patient:
    """A home with a published night, its drop folder and its configuration."""

    root: Path

    @property
    def home(self) -> Path:
        return self.root / "home"

    @property
    def config(self) -> Path:
        return self.root / "vm.toml"

    def ask(self, *options: str, **environment: str) -> tuple[int, list[dict[str, Any]]]:
        words = ["doctor", "--config", str(self.config), "--json", *options]
        result = CliRunner().invoke(main, words, env=NOTHING | environment)
        return result.exit_code, json.loads(result.stdout)

    def wrong(self, *options: str) -> dict[str, dict[str, Any]]:
        """What is wrong, by check; each says what was expected and what to do."""
        status, found = self.ask(*options)
        amiss = {one["check"]: one for one in found if one["state"] == "wrong"}
        assert status == (1 if amiss else 0)
        assert all(one["expected"] and one["remedy"] for one in amiss.values())
        return amiss

    def files(self) -> dict[str, tuple[int, bytes]]:
        inside = [path for path in self.home.rglob("*") if path.is_file() and "dagster" not in path.parts]
        return {str(path): (path.stat().st_mode, path.read_bytes()) for path in inside}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("patient")
    programme = Programme(root)
    programme.reference("providers", "B1,Board one")
    programme.reference("teams", "B1,T1,Team one,Medicine,ward,,")
    programme.reference("cost_centre_map", "B1,R1,T1,1,,")
    programme.reference("account_map", "3001A,Bread,food,true,")
    programme.ledger({"amount": "12.50"})
    (root / "vm.toml").write_text('home = "home"\n[[source]]\nfolder = "drop"\n', "utf-8")
    result = CliRunner().invoke(main, ["run", "--config", str(root / "vm.toml")], env=NOTHING)
    assert result.exit_code == 0, result.output
    return root


@pytest.fixture
def patient(published: Path, tmp_path: Path) -> Patient:
    return Patient(Path(shutil.copytree(published, tmp_path / "patient")))


def test_a_sound_home_is_sound_and_left_alone(patient: Patient) -> None:
    before = patient.files()
    status, found = patient.ask("--deep")
    assert (status, [one for one in found if one["state"] != "ok"]) == (0, [])
    checks = {one["check"] for one in found}
    assert {
        "python",
        "packages",
        "configuration",
        "home",
        "disk",
        "sources",
        "clock",
        "private",
        "pseudonym_key",
    } < checks
    assert {"locks", "landing", "snapshot", "fingerprint", "telemetry", "dagster"} < checks
    assert patient.files() == before


def test_a_page_for_people(patient: Patient) -> None:
    (patient.home / "warehouse.duckdb").unlink()
    result = CliRunner().invoke(main, ["doctor", "--config", str(patient.config)], env=NOTHING)
    assert result.exit_code == 1
    assert (
        "wrong snapshot: no " in result.stdout and "expected a published warehouse. `vm-pipeline run`." in result.stdout
    )


Break = Callable[[Patient], object]


def damage(path: Path, content: bytes) -> None:
    path.chmod(0o600)
    path.write_bytes(content)


def an_object(patient: Patient) -> Path:
    return max((patient.home / "landing" / "objects").rglob("?" * 64), key=lambda path: path.stat().st_size)


def other_bytes(patient: Patient) -> None:
    path = an_object(patient)
    damage(path, b"x" * path.stat().st_size)


def in_the_snapshot(patient: Patient, sql: str) -> None:
    with duckdb.connect(str(patient.home / "warehouse.duckdb")) as con:
        con.execute(sql)


def dagster_says(patient: Patient, text: str) -> None:
    path = patient.home / "dagster" / "dagster.yaml"
    path.write_text(path.read_text().replace("telemetry:\n  enabled: false", text))


def older_schema(patient: Patient) -> None:
    import sqlite3

    path = next(path for path in (patient.home / "dagster").rglob("runs.db"))
    with sqlite3.connect(path) as con:
        con.execute("UPDATE alembic_version SET version_num = '567bc23fd1ac'")


@pytest.mark.parametrize(
    ("check", "do", "deep", "says"),
    [
        ("configuration", lambda p: p.config.write_text("hme = 1"), False, "found the key 'hme'"),
        ("home", lambda p: shutil.rmtree(p.home), False, "no folder"),
        ("home", lambda p: p.home.chmod(0o777), False, "mode 0777"),
        ("private", lambda p: (p.home / "landing").chmod(0o755), False, "landing with mode 0755"),
        ("private", lambda p: (p.home / "pseudonym.key").chmod(0o644), False, "pseudonym.key with mode 0644"),
        ("pseudonym_key", lambda p: (p.home / "pseudonym.key").unlink(), False, "no "),
        ("pseudonym_key", lambda p: (p.home / "pseudonym.key").write_text(""), False, "an empty "),
        ("sources", lambda p: shutil.rmtree(p.root / "drop"), False, "drop: nothing"),
        ("sources", lambda p: p.config.write_text('home = "home"'), False, "no source"),
        ("receipts", lambda p: next(p.home.glob("landing/receipts/*")).write_text("{"), False, "LandingDamaged"),
        ("landing", lambda p: an_object(p).unlink(), False, "1 of "),
        ("landing", lambda p: damage(an_object(p), b"short"), False, "1 of "),
        ("landing", other_bytes, True, "1 of "),
        ("snapshot", lambda p: (p.home / "warehouse.duckdb").write_bytes(b"not a database"), False, "does not open"),
        ("snapshot", lambda p: in_the_snapshot(p, "DROP TABLE vm.fact_cost"), False, "no fact_cost"),
        ("fingerprint", lambda p: in_the_snapshot(p, "UPDATE vm.fact_cost SET amount_gbp = 1"), True, "other bytes"),
        ("telemetry", lambda p: dagster_says(p, "telemetry:\n  enabled: true"), False, "on"),
        ("dagster", lambda p: dagster_says(p, "nonsense: true"), False, "DagsterInvalidConfigError"),
        ("dagster", older_schema, False, "run storage of another version"),
    ],
)
def test_what_is_broken_is_found(patient: Patient, check: str, do: Break, deep: bool, says: str) -> None:
    do(patient)
    found = patient.wrong(*(["--deep"] if deep else []))
    assert check in found, found
    assert says in found[check]["found"]


def test_bytes_that_changed_in_place_are_found_only_by_looking_deep(patient: Patient) -> None:
    other_bytes(patient)
    assert patient.wrong() == {}


def test_a_database_is_asked_only_by_looking_deep(patient: Patient) -> None:
    said = 'feed = "ledger"\nprovider = "B9"\nquery = "SELECT 1"\nfirst = "2026-01"\nlast = "2026-01"\n'
    away = f"{said}database = 'sqlite:///nowhere/no.db'\n"
    patient.config.write_text(f"{patient.config.read_text()}[[source]]\n{away}")
    assert patient.wrong() == {}
    assert "ledger of B9 from sqlite" in patient.wrong("--deep")["sources"]["found"]


def test_a_lock_that_is_held_and_by_whom_and_what_dead_runs_left(patient: Patient) -> None:
    (patient.home / "work" / "died.lock").touch()
    drafts = Drafts(patient.home / "work")
    drafts.hold("alive")
    status, found = patient.ask()
    notes = {one["check"]: one["found"] for one in found if one["state"] == "note"}
    assert status == 0
    assert f"alive.lock, held by process {os.getpid()} (" in notes["locks"]
    assert notes["leftovers"].startswith("1 of runs that died") and "died.lock" in notes["leftovers"]
    assert (patient.home / "work" / "died.lock").exists()
    drafts.tidy()


def test_too_little_room(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    full = type(shutil.disk_usage("/"))(100, 99, 1)
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda _: full)
    assert "0.0 GB free" in patient.wrong()["disk"]["found"]


def test_a_clock_behind_what_has_happened(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    command = sys.modules["vm_pipeline.commands.doctor"]
    monkeypatch.setattr(command, "utc_now", lambda: datetime(2020, 1, 1, tzinfo=UTC))
    assert "2020-01-01" in patient.wrong()["clock"]["found"]


def days_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["vm_pipeline.commands.doctor"], "utc_now", lambda: utc_now() + timedelta(days=2))


def test_a_night_that_never_ran_is_wrong_where_somebody_waits_for_it(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No night can tell of that itself. A home to try things in need not have one every day."""
    days_later(monkeypatch)
    assert patient.wrong() == {}
    patient.config.write_text(f"{patient.config.read_text()}[freshness.ledger]\nworking_day = 8\n")
    assert patient.wrong()["night"]["found"].startswith("the sources were asked last at ")


def test_what_readers_wait_for_longer_than_a_night(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(load(Asked(config=patient.config), {}))
    (batch,) = [one.content_id for one in home.receipts() if one.slot.feed == "ledger"]
    withdraw(home, batch, "wrong", utc_now())
    assert patient.wrong() == {}  # the next night is still to come
    days_later(monkeypatch)
    assert "is not published" in patient.wrong()["night"]["found"]


def test_what_may_not_be_read_is_a_finding(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    refused = PermissionError(errno.EACCES, "Permission denied", str(patient.home / "landing"))
    monkeypatch.setattr(Landing, "receipts", Mock(side_effect=refused))
    assert "landing, which cannot be read (Permission denied)" in patient.wrong()["home"]["found"]


def test_another_python_and_other_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text("click==0.0.1 \\\n    --hash=sha256:00\nnever-installed==1.0\n")
    found = machine.packages(lock)
    assert (found.state, "(locked 0.0.1)" in found.found, "never" in found.found) == ("wrong", True, False)
    assert machine.packages(None).state == "note"
    monkeypatch.setattr(machine.sys, "version_info", (3, 9, 1))
    assert (machine.python().state, machine.python().found) == ("wrong", "Python 3.9.1")


def test_a_package_that_is_needed_and_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "_needed", lambda: ["never-installed==1.0"])
    (tmp_path / "requirements.lock").write_text("never-installed==1.0\n")
    assert "missing: never-installed (locked 1.0)" in machine.packages(tmp_path / "requirements.lock").found


def test_a_clock_is_given_some_slack(tmp_path: Path) -> None:
    warehouse = tmp_path / "warehouse.duckdb"
    warehouse.touch()
    made = datetime.fromtimestamp(warehouse.stat().st_mtime, UTC)
    assert machine.clock(made - timedelta(minutes=4), [], warehouse).state == "ok"
    assert machine.clock(made - timedelta(minutes=6), [], warehouse).state == "wrong"


def test_what_was_purged_is_not_missed_and_found_where_it_came_back(patient: Patient) -> None:
    """As a backup from before would bring it back, once it has the tombstone."""
    landing = Landing(patient.home / "landing")
    (receipt,) = [one for one in landing.receipts() if one.slot.feed == "ledger"]
    landed = landing.path(receipt.sha256)
    kept = landed.read_bytes()
    words = ["purge", receipt.content_id, "--reason", "names", "--home", str(patient.home)]
    result = CliRunner().invoke(main, words, env=NOTHING)
    assert result.exit_code == 0, result.output
    assert patient.wrong("--deep") == {}
    landed.parent.mkdir(exist_ok=True)
    landed.write_bytes(kept)
    assert f"1 objects that were purged, and are there: {landed.name[:12]}" in patient.wrong()["purged"]["found"]
