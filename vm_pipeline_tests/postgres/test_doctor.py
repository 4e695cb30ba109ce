"""Each thing broken on a server, and found by `doctor`, with what to do; a sound one is left as it was."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner
from psycopg import Copy

from vm_pipeline import settings
from vm_pipeline.cli import main
from vm_pipeline.doctor import server
from vm_pipeline.doctor.finding import Finding
from vm_pipeline.home import Home
from vm_pipeline.settings import Asked
from vm_pipeline.sources.landing import Landing
from vm_pipeline.warehouse.postgres import alone as locking
from vm_pipeline.warehouse.postgres.address import opened
from vm_pipeline.warehouse.postgres.publish import publish
from vm_pipeline.warehouse.postgres.rights import roles
from vm_pipeline.warehouse.postgres.upgrade import upgrade
from vm_pipeline_tests.postgres.conftest import Warehouse
from vm_pipeline_tests.postgres.servers import Server

Nights = tuple[Path, Path]


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


@pytest.fixture(scope="module")
def patient(own_server: Server, nights: Nights, tmp_path_factory: pytest.TempPathFactory) -> Patient:
    """The first night on the server and in the file, as a run leaves them. Every test leaves it sound."""
    there, home = Warehouse(own_server, own_server.new_database()), tmp_path_factory.mktemp("home")
    assert publish(nights[0], there.address)
    shutil.copyfile(nights[0], home / "warehouse.duckdb")
    return Patient(there, home)


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
    given = {"VM_WAREHOUSE": "postgresql://u:hush-hush@/w?host=/nowhere", "VM_HOME": str(tmp_path), "VM_FEEDS": "."}
    result = CliRunner().invoke(main, ["doctor", "--json"], env=given)
    said = next(one for one in json.loads(result.stdout) if one["check"] == "server")
    assert (result.exit_code, said["state"]) == (1, "wrong")
    assert "found no server that lets us in" in said["found"] and said["remedy"] == "Check the address and the server."
    assert "hush-hush" not in result.output


def test_a_database_that_is_gone(own_server: Server, tmp_path: Path) -> None:
    assert 'database "gone" does not exist' in Patient(Warehouse(own_server, "gone"), tmp_path).amiss()["server"]


@pytest.mark.parametrize(
    ("sql", "undo", "says"),
    [
        ("DROP INDEX vm.fact_cost_period; DELETE FROM vm_ops.declared;", "", "other indexes, views"),
        ("DROP TABLE vm.rebase; DELETE FROM vm_ops.declared;", "", "rebase: table added"),
        (
            "ALTER TABLE vm.dim_team RENAME team_name TO called;",
            "ALTER TABLE vm.dim_team RENAME called TO team_name;",
            "dim_team.called: column removed",
        ),
    ],
)
def test_a_schema_of_another_version(patient: Patient, sql: str, undo: str, says: str) -> None:
    patient.there.ask(sql)
    assert says in patient.amiss()["server_schema"]
    patient.there.ask(undo) if undo else upgrade(patient.there.address)
    assert patient.amiss() == {}


def test_a_column_of_somebodys_own_is_named(patient: Patient) -> None:
    patient.there.ask("ALTER TABLE vm.team_month ADD COLUMN note text")
    (said,) = [one for one in patient.ask() if one.state != "ok"]
    assert (said.state, said.found) == ("note", "columns of your own: team_month.note")
    patient.there.ask("ALTER TABLE vm.team_month DROP COLUMN note")


def test_a_server_behind_the_file_and_one_before_it(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    change = "UPDATE vm_ops.publication SET as_of = {} || substr(as_of, 2)"
    patient.there.ask(change.format("'1'"))
    assert "the night as of 1" in patient.amiss()["server_night"]
    patient.there.ask(change.format("'9'"))
    found = {one.check: one for one in patient.ask()}["server_night"]
    assert (found.state, found.found[:18]) == ("note", "the night as of 90")
    monkeypatch.setattr(Landing, "last_moment", "3")  # of a home that was restored
    assert "the night as of 90" in patient.amiss()["server_night"]
    monkeypatch.undo()
    patient.there.ask(change.format("'2'"))
    assert patient.amiss() == {}


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


def _feed(copy: Copy, rest: Callable[[float], None], _: float) -> None:
    """Lines for a COPY, the last of which may wait here, and a moment in which the server takes them."""
    for _piece in range(10):
        copy.write(b"line\n" * 10**5)
    rest(0.5)


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
        with holder.connection.cursor() as cursor:
            cursor.execute("CREATE TEMP TABLE fed (line text)")
            with cursor.copy("COPY fed FROM STDIN") as copy:
                monkeypatch.setattr(server.time, "sleep", partial(_feed, copy, server.time.sleep))
                assert patient.ask()[-1].state == "note", "what is fed moves on"
