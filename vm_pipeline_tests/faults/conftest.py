"""One tiny world for all tests here: undisturbed nights are the yardstick, and take the time."""

from collections.abc import Callable
from pathlib import Path

import pytest

from vm_pipeline_tests.faults.victim import Ended
from vm_pipeline_tests.faults.world import World


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, tuple[Ended, Ended]]:
    """The world, and how its nights ended."""
    world = World(tmp_path_factory.mktemp("world"))
    return world, world.make()


@pytest.fixture
def world(undisturbed: tuple[World, tuple[Ended, Ended]]) -> World:
    """The world alone."""
    return undisturbed[0]


@pytest.fixture
def home_before(world: World, tmp_path: Path) -> Callable[[int], Path]:
    """A home of the test's own, as it is before a night."""
    return lambda number: world.copy(number, tmp_path / "home")
