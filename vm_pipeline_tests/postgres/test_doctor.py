"""Each thing broken on a server, and found by `doctor`, with what to do; a sound one is left as it was."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from vm_pipeline import settings
from vm_pipeline.cli import main
from vm_pipeline.doctor import server
from vm_pipeline.doctor.finding import Finding
from vm_pipeline.home import Home
from vm_pipeline.settings import Asked
from vm_pipeline.warehouse.postgres import alone as locking
from vm_pipeline.warehouse.postgres.address import opened
from vm_pipeline.warehouse.postgres.publish import publish
from vm_pipeline.warehouse.postgres.rights import roles
from vm_pipeline.warehouse.postgres.upgrade import upgrade
from vm_pipeline_tests.postgres.conftest import Warehouse

Nights = tuple[Path, Path]
Later = Callable[[Path, str, str], Path]


@dataclass
class Patient:
    """A home whose settings name a server."""

    there: Warehouse
    folder: Path

    def ask(self, user: str = "postgres") -> list[Finding]:
        address = self.there.server.address(self.there.name, user)
        chosen = settings.load(Asked(home=self.folder, warehouse=address), {})
        found = list(server.warehouse(Home(chosen)))
        assert "hush-hush" not in str(found)
        assert all(one.expected and one.remedy for one in found if one.state != "ok")
        return found

    def amiss(self, user: str = "postgres") -> dict[str, str]:
        """What was found wrong, by check."""
        return {one.check: one.found for one in self.ask(user) if one.state == "wrong"}


@pytest.fixture
def patient(published: Warehouse, nights: Nights, tmp_path: Path) -> Patient:
    """The first night on the server and in the file, as a run leaves them."""
    shutil.copyfile(nights[0], tmp_path / "warehouse.duckdb")
    return Patient(published, tmp_path)


def test_a_sound_server_is_sound_and_left_alone(patient: Patient) -> None:
    before = patient.there.ask("SELECT xmin::text, relname FROM pg_class ORDER BY 2")
    found = patient.ask()
    assert {one.state for one in found} == {"ok"}, found
    checks = ["server", "server_rights", "server_schema", "server_night", "server_lock"]
    assert [one.check for one in found] == checks
    assert patient.there.ask("SELECT xmin::text, relname FROM pg_class ORDER BY 2") == before


def test_an_empty_database_waits_for_its_first_night(warehouse: Warehouse, tmp_path: Path) -> None:
    found = {one.check: one for one in Patient(warehouse, tmp_path).ask()}
    assert (found["server_schema"].state, found["server_schema"].found) == ("note", "no warehouse there yet")
    assert "wrong" not in {one.state for one in found.values()}


def test_a_home_without_a_server_is_asked_nothing(tmp_path: Path) -> None:
    assert list(server.warehouse(Home(settings.load(Asked(home=tmp_path), {})))) == []


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    given = {"VM_WAREHOUSE": "postgresql://u:hush-hush@nowhere.invalid/w", "VM_HOME": str(tmp_path), "VM_FEEDS": "."}
    result = CliRunner().invoke(main, ["doctor", "--json"], env=given)
    said = next(one for one in json.loads(result.stdout) if one["check"] == "server")
    assert (result.exit_code, said["state"]) == (1, "wrong")
    assert "found no server that lets us in" in said["found"] and said["remedy"] == "Check the address and the server."
    assert "hush-hush" not in result.output


def test_a_database_that_is_gone(patient: Patient) -> None:
    patient.there = Warehouse(patient.there.server, "gone")
    assert 'database "gone" does not exist' in patient.amiss()["server"]


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("DROP INDEX vm.fact_cost_period; DELETE FROM vm_ops.declared;", "other indexes, views"),
        ("ALTER TABLE vm.team_month DROP COLUMN falls CASCADE; DELETE FROM vm_ops.declared;", "falls: column added"),
        ("ALTER TABLE vm.dim_team RENAME team_name TO called;", "dim_team.called: column removed"),
    ],
)
def test_a_schema_of_another_version(patient: Patient, sql: str, says: str) -> None:
    patient.there.ask(sql)
    assert says in patient.amiss()["server_schema"]
    if "RENAME" not in sql:
        assert upgrade(patient.there.address)
        assert "server_schema" not in patient.amiss() or "falls: always filled" in patient.amiss()["server_schema"]


def test_a_server_behind_the_file_and_one_before_it(patient: Patient, nights: Nights, later: Later) -> None:
    shutil.copyfile(nights[1], patient.folder / "warehouse.duckdb")
    assert "the night as of " in patient.amiss()["server_night"]
    patient.there.ask("DELETE FROM vm_ops.publication")
    assert patient.amiss()["server_night"] == "no night"
    assert publish(later(nights[1], "2999-01-01", ""), patient.there.address)
    found = {one.check: one for one in patient.ask()}["server_night"]
    assert (found.state, found.found) == ("note", "the night as of 2999-01-01")


def test_rights_that_are_missing(patient: Patient) -> None:
    """Of a login that is in no role; then of a role of which somebody took a grant."""
    patient.there.ask("DROP ROLE IF EXISTS stranger; CREATE ROLE stranger LOGIN;")
    assert "login stranger, who may not write vm." in patient.amiss("stranger")["server_rights"]
    patient.there.ask(roles())
    patient.there.ask("GRANT vm_publisher TO stranger")
    assert upgrade(patient.there.address)
    assert patient.amiss("stranger") == {}
    patient.there.ask("REVOKE SELECT ON vm.team_month FROM vm_analyst")
    assert patient.amiss("stranger") == {"server_rights": "no right to read team_month by vm_analyst"}
    patient.there.ask("DROP OWNED BY stranger; DROP ROLE stranger")


def test_a_publisher_at_work_and_a_session_whose_program_is_gone(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A session that waits for its program: for a moment it may be at work, for long it is not."""
    monkeypatch.setattr(server, "_LOOK_AGAIN", 0.1)
    with opened(patient.there.address) as holder, holder.begin():
        locking.alone(holder)
        pid = holder.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        found = patient.ask()[-1]
        assert (found.state, f"process {pid} of postgres" in found.found) == ("note", True)
        monkeypatch.setattr(server, "_LONG", 0)
        found = patient.ask()[-1]
        assert (found.check, found.state) == ("server_lock", "wrong")
        assert f"process {pid} of postgres" in found.found and f"pg_terminate_backend({pid})" in found.remedy
        with holder.connection.cursor() as cursor, cursor.copy("COPY vm.dim_price FROM STDIN") as copy:
            monkeypatch.setattr(server.time, "sleep", lambda _: [copy.write(b"\n") for _ in range(10**6)])
            assert patient.ask()[-1].state == "note", "what is fed moves on"
            raise_it(copy)


def raise_it(copy: object) -> None:
    """Nothing of it is to be published."""
