"""A backup that is taken while nights run, cut short, taken again; and what is restored from it."""

import shutil
from pathlib import Path

import pytest

from vm_pipeline.backup import BackupRefused, back_up
from vm_pipeline.home import Home
from vm_pipeline.keeping.purge import purge
from vm_pipeline.keeping.withdraw import withdraw
from vm_pipeline.settings import Settings
from vm_pipeline.sources.decisions import Kind
from vm_pipeline.sources.landing import Landing
from vm_pipeline_tests.night.conftest import Door
from vm_pipeline_tests.programme import Programme


def of(programme: Programme) -> Home:
    return Home(Settings(programme.home, programme.home / "warehouse.duckdb"))


def is_whole(copy: Path) -> bool:
    """Whether every receipt has what it names, but for what was purged."""
    landing = Landing(copy / "landing")
    names = [sha for r in landing.receipts() for sha in (r.sha256, r.control_sha256, r.layout_sha256) if sha]
    return all(landing.verified(sha).is_file() for sha in names if sha not in landing.purged_objects)


@pytest.fixture
def two_nights(programme: Programme) -> Programme:
    programme.ledger({})
    programme.night()
    programme.ledger({"amount": "20.00"})
    programme.night()
    return programme


@pytest.mark.usefixtures("after_two_nights")
def test_what_is_restored_makes_the_same_warehouse(door: Door, tmp_path: Path) -> None:
    before = door("fingerprint").stdout
    copied = door("backup", str(tmp_path / "copy"))
    assert copied.exit_code == 0 and " 2 files of receipts" in copied.stdout
    shutil.rmtree(door.programme.home)
    shutil.copytree(tmp_path / "copy", door.programme.home)
    restored = door.run()
    assert restored.exit_code == 0 and "0 extracts received" in restored.stdout
    assert door("fingerprint").stdout == before
    assert (door.programme.home / "pseudonym.key").stat().st_mode & 0o077 == 0


def test_a_decision_holds_after_a_restore(two_nights: Programme, tmp_path: Path) -> None:
    """Neither does what was withdrawn count again, nor is what was purged missed."""
    two_nights.ledger({}, period="2022-09")
    two_nights.night()
    home = of(two_nights)
    old, _, other = (version.batch_id for version in home.known().versions if version.receipt.slot.feed == "ledger")
    withdraw(home, other, "not theirs", two_nights.clock)
    purge(home, old, "names in it", two_nights.clock)
    before = home.known().versions
    assert back_up(home, tmp_path / "copy").decisions == len([Kind.PURGED, Kind.WITHDRAWN])
    shutil.rmtree(two_nights.home)
    shutil.copytree(tmp_path / "copy", two_nights.home)
    two_nights.staging.stage(two_nights.receipts())
    assert of(two_nights).known().versions == before
    assert is_whole(two_nights.home)


def test_a_second_backup_copies_what_is_new(two_nights: Programme, tmp_path: Path) -> None:
    first = back_up(of(two_nights), tmp_path / "copy")
    assert (first.objects, first.receipts) == (2, 2)
    two_nights.ledger({"amount": "30.00"})
    two_nights.receive()
    again = back_up(of(two_nights), tmp_path / "copy")
    assert (again.objects, again.receipts, again.others) == (1, 1, 0)
    assert is_whole(tmp_path / "copy") and len([*Landing(tmp_path / "copy" / "landing").receipts()]) == 3


@pytest.mark.parametrize("after", range(6))
def test_cut_short_anywhere_no_receipt_lacks_its_object(two_nights: Programme, tmp_path: Path, after: int) -> None:
    files: list[str] = []

    def cut(name: str) -> None:
        files.append(name)
        if len(files) > after:
            raise KeyboardInterrupt

    copy, key = tmp_path / "copy", two_nights.home / "pseudonym.key"
    key.write_text("k")
    try:
        back_up(of(two_nights), copy, at=cut)
        assert after >= 5  # two objects, two receipts, the key
    except KeyboardInterrupt:
        pass
    assert is_whole(copy)
    back_up(of(two_nights), copy)
    assert is_whole(copy) and len([*Landing(copy / "landing").receipts()]) == 2
    assert [path for path in (copy / "landing" / "incoming").iterdir() if path.is_dir()] == []


def test_a_night_that_lands_meanwhile_is_left_to_the_next_backup(two_nights: Programme, tmp_path: Path) -> None:
    def land(name: str) -> None:
        if not (two_nights.drop / "ledger/B1/2022-09.csv").exists():
            two_nights.ledger({}, period="2022-09")
            two_nights.receive()

    back_up(of(two_nights), tmp_path / "copy", at=land)
    assert len([*two_nights.landing.receipts()]) == 3
    assert is_whole(tmp_path / "copy") and len([*Landing(tmp_path / "copy" / "landing").receipts()]) == 2


def test_a_damaged_object_is_said_and_does_not_go_into_the_copy(two_nights: Programme, tmp_path: Path) -> None:
    bad, good = (receipt.sha256 for receipt in two_nights.receipts())
    path = two_nights.landing.path(bad)
    path.chmod(0o600)
    path.write_bytes(b"x" * path.stat().st_size)
    found = back_up(of(two_nights), tmp_path / "copy")
    assert (found.damaged, found.objects) == ([bad], 1)
    assert [one.name for one in (tmp_path / "copy/landing/objects").rglob("?" * 64)] == [good]


def test_nowhere_to_copy_to_and_nothing_to_copy(two_nights: Programme, tmp_path: Path) -> None:
    with pytest.raises(BackupRefused, match="in the home"):
        back_up(of(two_nights), two_nights.home / "copy")
    with pytest.raises(BackupRefused, match="no receipt"):
        back_up(Home(Settings(tmp_path / "none", tmp_path / "w.duckdb")), tmp_path / "copy")


def test_the_key_may_be_kept_apart_and_nobody_else_reads_the_copy(door: Door, tmp_path: Path) -> None:
    door.programme.night()
    (door.programme.home / "pseudonym.key").touch(0o600)
    door("backup", str(tmp_path / "copy"), "--without-key")
    assert not (tmp_path / "copy" / "pseudonym.key").exists()
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "copy", tmp_path / "copy" / "landing"))
