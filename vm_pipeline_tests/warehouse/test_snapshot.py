"""Publishing: in one step, whole or not at all, and never an older night over a newer one."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from vm_pipeline.locks import held
from vm_pipeline.sources.objects import digest
from vm_pipeline.warehouse import snapshot
from vm_pipeline.warehouse.made_from import publication
from vm_pipeline.warehouse.snapshot import Publication, describe, publish, published, recorded
from vm_pipeline_tests.programme import Programme


def draft(folder: Path, as_of: str, content: str) -> Path:
    """A finished draft that holds one word."""
    path = folder / "work" / f"{as_of}-{content}.duckdb"
    path.parent.mkdir(exist_ok=True)
    with duckdb.connect(str(path)) as con:
        con.execute(f"CREATE TABLE word AS SELECT '{content}' AS word")
        describe(con, Publication(content, as_of, "code"))
    return path


def word(path: Path) -> str:
    with duckdb.connect(str(path), read_only=True) as con:
        return str(con.execute("SELECT word FROM word").fetchall()[0][0])


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "published" / "warehouse.duckdb"


def test_a_snapshot_says_what_it_was_made_from(tmp_path: Path, target: Path) -> None:
    assert published(target) is None
    assert publish(draft(tmp_path, "2026-01-01", "first"), target)
    assert published(target) == Publication("first", "2026-01-01", "code")
    assert word(target) == "first"


def test_a_newer_night_replaces_an_older_one_and_not_the_other_way(tmp_path: Path, target: Path) -> None:
    assert publish(draft(tmp_path, "2026-01-02", "newer"), target)
    older = draft(tmp_path, "2026-01-01", "older")
    assert not publish(older, target)
    assert word(target) == "newer"
    assert not older.exists()
    assert publish(draft(tmp_path, "2026-01-02", "again"), target)
    assert publish(draft(tmp_path, "2026-01-03", "newest"), target)
    assert word(target) == "newest"


def test_a_reader_keeps_what_it_has_open(tmp_path: Path, target: Path) -> None:
    publish(draft(tmp_path, "2026-01-01", "first"), target)
    with duckdb.connect(str(target), read_only=True) as reader:
        publish(draft(tmp_path, "2026-01-02", "second"), target)
        assert reader.execute("SELECT word FROM word").fetchall() == [("first",)]
    assert word(target) == "second"


@pytest.mark.parametrize("garbage", [b"", b"not a database", b"\0" * 20_000])
def test_garbage_in_its_place_is_replaced(tmp_path: Path, target: Path, garbage: bytes) -> None:
    target.parent.mkdir()
    target.write_bytes(garbage)
    assert published(target) is None
    assert publish(draft(tmp_path, "2026-01-01", "first"), target)
    assert word(target) == "first"


def test_another_database_in_its_place_is_replaced(tmp_path: Path, target: Path) -> None:
    target.parent.mkdir()
    with duckdb.connect(str(target)) as con:
        con.execute("CREATE TABLE something AS SELECT 1")
    assert publish(draft(tmp_path, "2026-01-01", "first"), target)


@pytest.mark.parametrize("content", [b"", b"half a dra"])
def test_only_a_finished_draft_is_published(tmp_path: Path, target: Path, content: bytes) -> None:
    publish(draft(tmp_path, "2026-01-01", "first"), target)
    unfinished = tmp_path / "unfinished.duckdb"
    unfinished.write_bytes(content)
    with pytest.raises(ValueError, match="expected a finished draft"):
        publish(unfinished, target)
    assert word(target) == "first"


class Killed(Exception):
    """The process died here."""


@pytest.mark.parametrize("step", ["flush", "replace"])
def test_killed_on_the_way_readers_have_the_old_one(
    tmp_path: Path, target: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def killed(*_: object) -> None:
        raise Killed

    publish(draft(tmp_path, "2026-01-01", "first"), target)
    second = draft(tmp_path, "2026-01-02", "second")
    with monkeypatch.context() as patch:
        patch.setattr(*{"flush": (snapshot, "flush"), "replace": (Path, "replace")}[step], killed)
        with pytest.raises(Killed):
            publish(second, target)
    assert word(target) == "first"
    assert publish(second, target)
    assert word(target) == "second"


def test_a_draft_is_on_disk_before_it_gets_its_name(
    tmp_path: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    replace = Path.replace
    monkeypatch.setattr(snapshot, "flush", lambda path: steps.append(f"flush {path.name}"))

    def replaced(path: Path, to: Path) -> Path:
        steps.append(f"name {to.name}")
        return replace(path, to)

    monkeypatch.setattr(Path, "replace", replaced)
    publish(draft(tmp_path, "2026", "first"), target)
    record = f".{target.name}.json"
    assert steps == ["flush 2026-first.duckdb", f"name {target.name}", f"name {record}", "flush published"]


def test_of_many_publishers_at_once_the_newest_night_stays(tmp_path: Path, target: Path) -> None:
    drafts = [draft(tmp_path, f"2026-01-{day:02}", f"night {day}") for day in (3, 9, 1, 7, 5, 2, 8, 4, 6)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda one: publish(one, target), drafts))
    assert word(target) == "night 9"
    beside = (f".{target.name}.lock", f".{target.name}.json")
    assert not [path for path in target.parent.iterdir() if path.name not in (target.name, *beside)]
    record = recorded(target)
    assert record and record.sha256 == digest(target)


def test_a_built_warehouse_is_published_whole(programme: Programme, target: Path) -> None:
    programme.ledger({})
    programme.night()
    programme.warehouse()
    programme.close()
    assert publish(programme.home / "work" / "1.duckdb", target)
    there = published(target)
    assert there and there.as_of == programme.receipt().received_at
    with duckdb.connect(str(target), read_only=True) as con:
        assert con.execute("SELECT count(*) FROM vm.fact_cost").fetchall() == [(1,)]
        schemas = {row[0] for row in con.execute("SELECT DISTINCT schema_name FROM duckdb_tables()").fetchall()}
    assert schemas == {"vm", "pipeline"}, "inputs and steps stay in the workshop"


class TestPublication:
    """`inputs` says whether what readers have was made from exactly this."""

    def inputs(self, programme: Programme, nation: str = "SCT", as_of: str = "") -> str:
        return publication(programme.known(as_of), "now", nation).inputs

    def test_it_changes_with_every_version_and_setting(self, programme: Programme) -> None:
        programme.ledger({"amount": "1"})
        programme.night()
        first = self.inputs(programme)
        programme.night()
        assert self.inputs(programme) == first, "nothing new"
        programme.ledger({"amount": "2"})
        programme.night()
        assert len({first, self.inputs(programme), self.inputs(programme, nation="ENG")}) == 3
        assert self.inputs(programme, as_of=programme.receipts()[0].received_at) == first

    def test_it_changes_with_the_key_that_patients_are_hashed_with(self, programme: Programme) -> None:
        """Nothing came; and codes that somebody may know must not stay where readers look."""
        programme.ledger({})
        ledgers = self.staged(programme)
        programme.pseudonym_key = "another key"
        assert self.staged(programme) == ledgers, "nothing of a ledger is hashed"
        programme.activity({"patient_ref": "somebody"})
        before = self.staged(programme)
        programme.pseudonym_key = "a third key"
        assert self.staged(programme) != before

    def staged(self, programme: Programme) -> str:
        """What a night that stages all there is would publish from."""
        programme.night()
        return self.inputs(programme)


def test_a_lock_is_never_left_behind(tmp_path: Path, target: Path) -> None:
    """The lock file may stay; its lock goes with the process that held it."""
    target.parent.mkdir()
    lock = target.with_name(f".{target.name}.lock")
    child = os.fork()
    if child == 0:  # pragma: no cover - the child
        with held(lock):
            os._exit(0)
    os.waitpid(child, 0)
    assert lock.exists()
    assert publish(draft(tmp_path, "2026-01-01", "first"), target)
