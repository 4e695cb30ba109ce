"""What holds wherever a command is typed: the configuration, a home that moved, answers kept apart, other runs."""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result

from vm_pipeline.cli import main
from vm_pipeline.defs.assemble import assemble
from vm_pipeline.defs.run import dagster_instance, run_night
from vm_pipeline.defs.schedule import _state
from vm_pipeline.home import Home
from vm_pipeline.settings import Asked, load
from vm_pipeline.sources.objects import LandingDamaged
from vm_pipeline.warehouse.drafts import Drafts
from vm_pipeline.warehouse.workspace import open_workspace
from vm_pipeline_tests.night.conftest import Door
from vm_pipeline_tests.programme import Programme

NOTHING = {"VM_CONFIG": "", "VM_FEEDS": "", "VM_HOME": "", "VM_WAREHOUSE": ""}


def type_in(*words: str, **environment: str) -> Result:
    """Type a command, and no more than that."""
    return CliRunner().invoke(main, words, env=NOTHING | environment)


@pytest.fixture
def config(door: Door) -> Path:
    """A `vm.toml` for the drop folder and home of the programme."""
    path = door.programme.root / "vm.toml"
    path.write_text('home = "home"\n[[source]]\nfolder = "drop"\n', "utf-8")
    return path


@pytest.mark.usefixtures("after_a_night")
def test_every_command_takes_the_configuration(config: Path) -> None:
    ran = type_in("run", "--config", str(config))
    assert (ran.exit_code, "up to date" in ran.stdout.lower()) == (0, True), ran.output
    for given in (["--config", str(config)], []):
        environment = {} if given else {"VM_CONFIG": str(config)}
        assert "up to date" in type_in("status", *given, **environment).stdout
        assert "bad_amount" in type_in("rejects", *given, **environment).stdout
        assert len(type_in("fingerprint", *given, **environment).stdout.strip()) == 64
        unknown = type_in("withdraw", "0a", "--reason", "wrong", *given, **environment)
        assert "found no such batch" in unknown.output
        assert "found no batch '0a'" in type_in("trace", "batch", "0a", *given, **environment).output
        assert type_in("check", *given, **environment).exit_code == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("status",), "hmoe: found no such folder, expected the home of your nights."),
        (("status", "--json"), "To begin one there: `vm-pipeline run --feeds DIR`"),
        (("run", "--as-of", "2026-04-01"), "expected the home"),
        (("backup", "copy"), "expected the home"),
        (("changes",), "expected the home"),
        (("extract", "for-bi"), "expected the home"),
        (("fingerprint",), "expected the home"),
        (("trace", "batch", "a0a889b6c852"), "expected the home"),
        (("rejects",), "expected the home"),
        (("feedback",), "expected the home"),
        (("prune",), "expected the home"),
        (("tidy",), "expected the home"),
        (("purge", "a0a889b6c852", "--reason", "wrong"), "expected the home"),
        (("rejects", "--period", "2026-4"), "expected a month like 2022-07"),
        (("rejects", "--to", "away/rows.csv"), "found no folder away"),
        (("schema", "--to", "away/schema.json"), "found no folder away"),
    ],
)
def test_what_is_mistyped_is_said_and_makes_nothing(tmp_path: Path, words: tuple[str, ...], says: str) -> None:
    """`No rejected rows` of a home that is not there would be good news that nobody has."""
    result = type_in(*words, VM_HOME=str(tmp_path / "hmoe"))
    assert result.exit_code == 2 and says in " ".join(result.output.split())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("after_a_night")
def test_a_home_beside_it_is_the_closest(door: Door) -> None:
    parent = door.programme.home.parent
    told = " ".join(type_in("status", "--home", str(parent / "hmoe")).output.split())
    assert "The closest is 'home'." in told
    assert "found a folder without `landing`" in " ".join(type_in("status", "--home", str(parent)).output.split())


def test_check_says_what_there_is_and_touches_nothing(door: Door, config: Path) -> None:
    door.programme.ledger({}, period="2022-09")
    result = type_in("check", "--config", str(config))
    assert result.exit_code == 0
    (ledger,) = [line.split() for line in result.stdout.splitlines() if "ledger" in line]
    assert [cell for cell in ledger if cell not in "│┃"] == ["ledger", "B1", "2", "0", "2022-07", "2022-09", "2022-08"]
    assert not door.programme.home.exists()


def test_check_fails_where_a_source_has_nothing(door: Door, config: Path) -> None:
    config.write_text(f'{config.read_text()}[[source]]\nfeed = "survey"\nprovider = "B9"\nfiles = "away/*.xlsx"\n')
    result = type_in("check", "--config", str(config))
    assert result.exit_code == 2
    assert "found no file; expected survey files of B9" in " ".join(result.stdout.split())


def test_two_sources_for_one_month_are_told_and_neither_counts(door: Door, config: Path) -> None:
    """Night after night each would replace the other."""
    config.write_text(
        config.read_text() + '[[source]]\nfeed = "ledger"\nprovider = "B1"\nfiles = "drop/ledger/B1/*.csv"\n'
        'period.pattern = "^(?P<period>.{7})"\n'
    )
    result = type_in("check", "--config", str(config))
    assert result.exit_code == 2
    told = " ".join(result.stdout.split())
    assert told.count("found another source's extract for ledger/B1/2022-07; expected one source") == 2
    assert not [line for line in result.stdout.splitlines() if line.startswith("│ ledger")]


@pytest.mark.usefixtures("after_two_nights")
def test_an_answer_as_of_a_time_is_kept_apart(door: Door, first_night: Path, tmp_path: Path) -> None:
    first = Programme(first_night).landing.last_moment
    reports = door.programme.home / "reports"
    history = door.programme.home / "dagster"
    now = {path: path.read_bytes() for path in [*reports.rglob("*.csv"), door.snapshot, *history.rglob("*.db")]}
    refused = door.run("--as-of", first, "--warehouse", str(door.snapshot))
    assert (refused.exit_code, "which readers read, expected another file" in refused.stderr) == (2, True)
    found = door.figures("--as-of", first, "--warehouse", str(tmp_path / "then.duckdb"))
    assert found["warehouse"] == str(tmp_path / "then.duckdb")
    assert (tmp_path / "then.duckdb").is_file() and not (door.programme.home / "as-of").exists()
    assert {path: path.read_bytes() for path in now} == now
    assert "nonsense" in (Path(found["rejected_rows"]) / "ledger.csv").read_text("utf-8")


@pytest.mark.usefixtures("after_a_night")
def test_a_build_by_hand_in_dagster_is_no_later_than_what_it_knows(door: Door) -> None:
    """By the clock it would be ahead of every later night that receives nothing, which would be refused."""
    chosen = load(Asked(feeds=door.programme.drop, home=door.programme.home), {})
    with dagster_instance(chosen.home) as instance:
        assert assemble(chosen).resolve_job_def("build").execute_in_process(instance=instance).success
    (there,) = Home(chosen).published()
    assert there and there.as_of == door.programme.landing.last_moment


@pytest.mark.usefixtures("after_a_night")
def test_a_home_that_was_moved_leaves_nothing_behind(door: Door) -> None:
    old = door.programme.home
    runs = len([*old.glob("dagster/history/*.db")])
    new = old.rename(old.with_name("moved"))
    door.programme.ledger({"amount": "20.00"})
    result = type_in("run", "--feeds", str(door.programme.drop), "--home", str(new))
    assert result.exit_code == 0, result.output
    assert not old.exists()
    assert len([*new.glob("dagster/history/*.db")]) > runs > 1


def test_rejected_rows_of_reference_files_are_listed(door: Door) -> None:
    door.programme.reference("cost_centre_map", "B1,R1,T1,1,,", "B1,R2,T1,many,,")
    door.programme.night()
    key = {"VM_PSEUDONYM_KEY": door.programme.pseudonym_key}
    told = door("rejects", "--feed", "reference/cost_centre_map", **key).stdout
    assert "reference/cost_centre_map: 1 rejected rows" in told
    assert "reference/cost_centre_map" in door("rejects", **key).stdout


def test_another_run_that_tidies_up_at_every_step_takes_nothing_away(door: Door) -> None:
    chosen = load(Asked(feeds=door.programme.drop, home=door.programme.home), {})
    work, steps = door.programme.home / "work", []

    def tidy(step: str, done: int, total: int) -> None:
        steps.append(step)
        (work / "died.duckdb").touch()
        Drafts(work).tidy()

    work.mkdir(parents=True)
    assert run_night(chosen, tidy).published
    assert "publish" in steps
    assert [path.name for path in work.iterdir() if path.is_file()] == []


def test_the_draft_of_a_run_that_was_killed_is_nobody_s(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from vm_pipeline.warehouse.drafts import Drafts\n"
        "drafts = Drafts(Path(sys.argv[1])); drafts.hold('killed').touch(); print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout and process.stdout.readline() == "held\n"
        Drafts(tmp_path).tidy()
        assert (tmp_path / "killed.duckdb").exists()
        process.send_signal(signal.SIGKILL)
        process.wait()
    Drafts(tmp_path).tidy()
    assert [*tmp_path.iterdir()] == []


def test_a_draft_begins_with_nothing_of_an_earlier_try(tmp_path: Path) -> None:
    """DuckDB's log beside it, too: it would be played into whatever is put there."""
    drafts = Drafts(tmp_path)
    for left in ("run.duckdb", "run.duckdb.wal", "run.core.duckdb", "run.core.duckdb.wal", "other.duckdb"):
        (tmp_path / left).touch()
    assert drafts.begin("run") == tmp_path / "run.duckdb"
    assert {path.name for path in tmp_path.iterdir()} == {"run.lock", "other.duckdb"}
    drafts.tidy()


def test_what_spills_lies_apart_and_goes_with_its_draft(tmp_path: Path) -> None:
    """DuckDBs that share a folder overwrite each other's blocks."""
    home = Home(load(Asked(feeds=tmp_path, home=tmp_path / "home"), {}))
    asked = "SELECT current_setting('temp_directory')"
    with home.connect() as one, home.connect() as other, open_workspace(home.drafts.hold("run")) as draft:
        places = {con.execute(asked).fetchall()[0][0] for con in (one, other, draft)}
        for place in places:
            Path(place).mkdir()
    assert len(places) == 3
    home.drafts.tidy()
    assert [*home.drafts.folder.iterdir()] == []


def test_the_key_of_pseudonyms_is_made_once_and_alone(tmp_path: Path) -> None:
    chosen = load(Asked(feeds=tmp_path, home=tmp_path / "home"), {})
    key = Home(chosen).staging.pseudonym_key
    assert len(key) == 64 and Home(chosen).staging.pseudonym_key == key
    files = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "home").rglob("*") if path.is_file()}
    assert files == {"pseudonym.key": 0o600, "lock": 0o600}
    chosen.home.joinpath("pseudonym.key").write_text("")
    with pytest.raises(LandingDamaged, match="found an empty file"):  # a hash without a key is no pseudonym
        _ = Home(chosen).staging


@pytest.mark.usefixtures("after_a_night")
def test_what_waits_for_a_run_says_so(door: Door) -> None:
    """As after an upgrade, when typed files are those of another version."""
    shutil.rmtree(door.programme.home / "staging")
    for command in ("rejects", "feedback"):
        result = door(command)
        assert (result.exit_code, "Staging: " in result.output) == (1, True), result.output


def test_whatever_the_drop_folder_takes_is_noticed_by_its_sensor(tmp_path: Path) -> None:
    home, seen = Home(load(Asked(feeds=tmp_path, home=tmp_path / "home"), {})), set()
    for name in ("2022-07.csv", "2022-08.CSV"):
        (tmp_path / name).touch()
        seen.add(_state(home))
    assert len(seen) == 2


@pytest.mark.usefixtures("after_a_night")
def test_a_warehouse_of_another_version_is_told(door: Door) -> None:
    """After an upgrade, until the next night: what reads a table that is new said so with a trace of DuckDB's."""
    with duckdb.connect(str(door.snapshot)) as con:
        batch, row = con.execute("SELECT batch_id, row_number::VARCHAR FROM vm.fact_cost").fetchall()[0]
        con.execute("DROP TABLE vm.fact_budget; UPDATE pipeline.publication SET code = 'another'")
    traced = ("trace", "fact", "--batch", batch, "--row", row)
    for asked in (("fingerprint",), ("extract", str(door.programme.root / "for-bi")), traced):
        result = door(*asked)
        assert (result.exit_code, "a warehouse of another version" in result.output) == (2, True), (asked, result)
