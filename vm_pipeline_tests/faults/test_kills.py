"""Nights that are killed, and nights at the same time. The long version is `make faults`."""

import random
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from vm_pipeline_tests.faults.kills import Trial, attempt, trials
from vm_pipeline_tests.faults.victim import Death, Ended, ended, started
from vm_pipeline_tests.faults.world import COLD, SECOND, World, complaints, files

pytestmark = pytest.mark.slow
Undisturbed = tuple[World, tuple[Ended, Ended]]


def test_killed_at_any_moment_the_next_night_makes_it_good(undisturbed: Undisturbed, tmp_path: Path) -> None:
    """Three kills, the same each time."""
    world, over = undisturbed
    for number, trial in enumerate(trials(random.Random(2), 3, over)):
        died, found = attempt(world, trial, tmp_path / str(number))
        assert found == [], trial
        assert died <= len(trial.deaths)


def test_ended_by_hand_in_the_middle(undisturbed: Undisturbed, tmp_path: Path) -> None:
    world, over = undisturbed
    middle = len(over[SECOND].steps) // 2
    by_hand = tuple((Death(middle, signal=by), False) for by in (signal.SIGINT, signal.SIGTERM))
    died, found = attempt(world, Trial("second", SECOND, by_hand), tmp_path / "home")
    assert (died, found) == (2, [])


def test_two_at_once_both_end_well_and_nothing_is_doubled(world: World, tmp_path: Path) -> None:
    home = world.copy(COLD, tmp_path / "home")
    notes = [tmp_path / "one", tmp_path / "other"]
    with started(world.drop(COLD), home, notes[0]) as one, started(world.drop(COLD), home, notes[1]) as other:
        both = [ended(one, notes[0]), ended(other, notes[1])]
    assert [over.status for over in both] == [0, 0], "\n".join(over.said for over in both if over.status)
    assert list(complaints(world, COLD, home)) == []


def test_what_a_later_night_relies_on_is_flushed(undisturbed: Undisturbed) -> None:
    """After a power cut names may be there and bytes not, unless they were flushed."""
    world, over = undisturbed
    written = files(world.home(COLD))
    locks = {path for path in written if path.name in ("lock", ".warehouse.duckdb.lock")}
    assert {
        path.name for path, inode in written.items() if inode not in over[COLD].flushed and path not in locks
    } == set()


def test_the_harness_sees_what_it_is_for(world: World, home_before: Callable[[int], Path], tmp_path: Path) -> None:
    """A lost receipt, a lost row, a file left behind: each is complained of."""
    home = home_before(SECOND)
    (home / "staging" / "incoming" / "left").mkdir()
    told = " ".join(complaints(world, SECOND, home))
    assert all(word in told for word in ("fingerprint", "receipts", "batches", "left behind"))
