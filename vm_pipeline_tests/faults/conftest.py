"""One tiny world for all tests here: undisturbed nights are the yardstick, and take the time."""

import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from vm_pipeline_tests.conftest import MadeOnce
from vm_pipeline_tests.faults.victim import Ended
from vm_pipeline_tests.faults.world import World


@pytest.fixture(scope="session")
def undisturbed(made_once: MadeOnce) -> tuple[World, tuple[Ended, Ended]]:
    """The world, and how its nights ended."""
    root = made_once("undisturbed", lambda root: _keep(root, World(root).make()))
    return World(root), pickle.loads((root / "ended").read_bytes())


def _keep(root: Path, ended: tuple[Ended, Ended]) -> None:
    (root / "ended").write_bytes(pickle.dumps(ended))


@pytest.fixture
def world(undisturbed: tuple[World, tuple[Ended, Ended]]) -> World:
    """The world alone."""
    return undisturbed[0]


@pytest.fixture
def home_before(world: World, tmp_path: Path) -> Callable[[int], Path]:
    """A home of the test's own, as it is before a night."""
    return lambda number: world.copy(number, tmp_path / "home")
