"""The command line with a PostgreSQL warehouse: published, told without the password, refused in words."""

import pytest

from vm_pipeline import settings
from vm_pipeline.settings import Asked, ConfigurationError
from vm_pipeline_tests.night.conftest import Door, after_a_night, door, first_night
from vm_pipeline_tests.postgres.conftest import Warehouse

__all__ = ["after_a_night", "door", "first_night"]


def test_a_night_is_published_and_nothing_says_the_password(door: Door, warehouse: Warehouse) -> None:
    """By the variable, with the secret in another one."""
    address = warehouse.address.replace("hush-hush", "${SECRET}")
    given = {"VM_WAREHOUSE": address, "SECRET": "hush-hush"}
    feeds = ("--feeds", str(door.programme.drop))
    first = door("run", *feeds, **given)
    assert first.exit_code == 0, first.output
    total = "SELECT team_code, total_cost_gbp::text FROM vm.team_month ORDER BY 1"
    assert warehouse.ask(total) == [("T1", "12.50"), ("UNALLOCATED", "7.50")]
    assert f"@/{warehouse.name}?host=" in first.output
    assert door("fingerprint", **given).stdout == door("fingerprint").stdout
    again, status = door("run", *feeds, "--json", **given), door("status", **given)
    assert '"up to date"' in again.stdout and f"@/{warehouse.name}" in status.stdout
    assert door("upgrade", **given).stdout == "It is of this version already.\n"
    assert "hush-hush" not in first.output + again.output + status.output
    logs = [path for path in door.programme.home.rglob("*") if path.is_file() and b"hush-hush" in path.read_bytes()]
    assert logs == []


@pytest.mark.usefixtures("after_a_night")
def test_a_server_that_was_empty_gets_a_night_that_the_file_has(door: Door, warehouse: Warehouse) -> None:
    """And an as-of question writes a file of its own, and leaves the server alone."""
    first = door.programme.landing.last_moment
    assert door.figures("--warehouse", warehouse.address)["status"] == "published"
    before = warehouse.ask("TABLE vm_ops.publication")
    assert door("run", "--as-of", first, VM_WAREHOUSE=warehouse.address).exit_code == 0
    assert warehouse.ask("TABLE vm_ops.publication") == before != []
    warehouse.ask("UPDATE vm_ops.publication SET inputs = 'more', as_of = '2' || as_of")  # by receipts that are lost
    status = door("status", VM_WAREHOUSE=warehouse.address).stdout
    assert f"Published as of 2{first}; this home is older: see the runbook" in status
    result, said = door.run("--warehouse", warehouse.address), f"found the night as of 2{first}, expected none after"
    assert (result.exit_code, said in " ".join(result.output.split())) == (1, True)


@pytest.mark.usefixtures("after_a_night")
def test_a_server_that_is_not_there_closes_the_gate_and_the_file_stays(door: Door) -> None:
    before = door.snapshot.stat()
    door.programme.ledger({"amount": "20.00"})
    result = door.run("--warehouse", "postgresql://u:hush-hush@nowhere.invalid/w")
    assert result.exit_code == 1
    told = " ".join(result.output.split())
    assert "publish__warehouse: postgresql+psycopg://u@nowhere.invalid/w: found no server that lets us in" in told
    assert "hush-hush" not in told
    assert "Tables published" not in told and "Tables built, which readers do not see" in told
    assert door.snapshot.stat().st_mtime_ns == before.st_mtime_ns


@pytest.mark.parametrize("command", ["fingerprint", "upgrade"])
def test_a_command_that_cannot_reach_it_says_so(door: Door, command: str) -> None:
    result = door(command, "--warehouse", "postgresql://u:hush-hush@nowhere.invalid/w")
    assert (result.exit_code, "hush-hush" in result.output) == (1, False)
    assert "found no server" in result.output


def test_there_is_no_fingerprint_before_the_first_night(door: Door, warehouse: Warehouse) -> None:
    result = door("fingerprint", "--warehouse", warehouse.address)
    assert result.exit_code == 1 and "found no warehouse" in result.output


def test_roles_are_printed_for_an_administrator(door: Door) -> None:
    from click.testing import CliRunner

    from vm_pipeline.cli import main

    said = CliRunner().invoke(main, ["roles"]).stdout
    assert "CREATE ROLE" in said and "vm_provider_reader" in said


@pytest.mark.parametrize(
    "given",
    [
        "mysql://u:hush-hush@h/w",
        "postgresql+asyncpg://u:hush-hush@h/w",
        "postgres://u:hush-hush@h/w",
        "postgresql://u:p@hush-hush@h/w",  # to SQLAlchemy the password is `p`, and the rest a host
        "postgresql://u:p@s/hush-hush@h/w",
        "postgresql://u:p@s:hush-hush@h/w",
    ],
)
def test_other_addresses_are_refused_without_quoting_them(given: str) -> None:
    with pytest.raises(ConfigurationError, match="expected") as refused:
        settings.load(Asked(warehouse=given), {})
    assert "hush-hush" not in str(refused.value)


def test_settings_never_show_the_address() -> None:
    found = settings.load(Asked(warehouse="postgresql://u:${P}@h/w"), {"P": "hush-hush"})
    assert found.postgres == "postgresql+psycopg://u:hush-hush@h/w"
    assert "hush-hush" not in repr(found)
