"""A disk that is full, or read-only, and files on it that are damaged or gone."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from vm_pipeline.cli import main
from vm_pipeline.defs import landing as landing_asset
from vm_pipeline_tests.faults.world import SECOND, World, complaints, seen

pytestmark = pytest.mark.slow
MEGABYTE = 1 << 20


def run(world: World, home: Path, *options: str) -> Result:
    """The second night, in this process."""
    given = dict.fromkeys(("VM_CONFIG", "VM_FEEDS", "VM_HOME", "VM_WAREHOUSE"), "")
    words = ["run", "--feeds", str(world.drop(SECOND)), "--home", str(home), *options]
    return CliRunner().invoke(main, words, env=given)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A filesystem of 80 MB in memory: a home of 28, and twice as much again for a draft that grows."""
    place = tmp_path / "disk"
    place.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", "size=80m", "tmpfs", str(place)]
    if subprocess.run(mounting, capture_output=True, check=False).returncode:
        pytest.skip("this user may not mount a filesystem")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def leave(disk: Path, room: int) -> None:
    """Fill a disk up to so many bytes."""
    ballast = disk / "ballast"
    ballast.unlink(missing_ok=True)
    free = os.statvfs(disk)
    ballast.write_bytes(bytes(max(0, free.f_bavail * free.f_bsize - room)))


def test_a_full_disk_is_said_and_the_last_good_warehouse_stays(world: World, small_disk: Path) -> None:
    home = world.copy(SECOND, small_disk / "home")
    good = seen(home).fingerprint
    for room in (MEGABYTE // 4, 6 * MEGABYTE):
        leave(small_disk, room)
        result = run(world, home)
        said = re.search("no room left on the disk|the disk full or failing", result.output)
        assert result.exit_code == 1 and said, (room, result.output)
        assert seen(home).fingerprint == good
    (small_disk / "ballast").unlink()
    assert run(world, home).exit_code == 0
    assert list(complaints(world, SECOND, home)) == []


def test_a_read_only_home_is_said(world: World, small_disk: Path) -> None:
    home = world.copy(SECOND, small_disk / "home")
    good = seen(home)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    result = run(world, home)
    assert (result.exit_code, "expected to read and write there" in result.output) == (1, True), result.output
    assert seen(home) == good


def test_what_can_be_made_again_is_made_again_and_a_clock_may_jump_back(
    world: World, home_before: Callable[[int], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = home_before(SECOND)
    published_first = {path.name for path in (home / "as-published").glob("*.parquet")}
    for gone in ("dagster", "as-published", "staging/activity", "reports"):
        shutil.rmtree(home / gone)
    next((home / "staging" / "ledger").glob("*/summary.json")).write_bytes(b"")
    monkeypatch.setattr(landing_asset, "utc_now", lambda: datetime(2001, 1, 1, tzinfo=UTC))
    result = run(world, home)
    assert result.exit_code == 0, result.output
    assert list(complaints(world, SECOND, home)) == []
    assert published_first < {path.name for path in (home / "as-published").glob("*.parquet")}


def test_a_damaged_typed_file_stops_the_night_and_full_mends_it(
    world: World, home_before: Callable[[int], Path]
) -> None:
    home = home_before(SECOND)
    good = seen(home).fingerprint
    typed = next((home / "staging" / "activity").glob("*/accepted.parquet"))
    typed.write_bytes(typed.read_bytes()[:-20])
    result = run(world, home)
    assert (result.exit_code, "vm-pipeline run --full" in result.output.replace("\n", " ")) == (1, True), result.output
    assert seen(home).fingerprint == good
    assert run(world, home, "--full").exit_code == 0
    assert list(complaints(world, SECOND, home)) == []


def test_half_a_receipt_stops_everything_and_names_the_line(world: World, home_before: Callable[[int], Path]) -> None:
    home = home_before(SECOND)
    good = seen(home).fingerprint
    (log,) = (home / "landing" / "receipts").glob("*.jsonl")
    whole = log.read_bytes()
    log.write_bytes(whole[:-40])
    result = run(world, home)
    said = result.output.replace("\n", " ")
    assert result.exit_code == 1
    assert f"{log.name}: found line 10 damaged" in said and "Restore the file from backup" in said
    log.write_bytes(whole)
    assert seen(home).fingerprint == good
