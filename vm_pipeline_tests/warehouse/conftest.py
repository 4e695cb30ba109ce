"""The small world, built once: tests only read it."""

from collections.abc import Iterator

import duckdb
import pytest

from vm_pipeline_tests.programme import Programme
from vm_pipeline_tests.warehouse.world import World, put, small_world


@pytest.fixture(scope="session")
def world() -> World:
    """Rows and maps as sent."""
    return small_world()


@pytest.fixture(scope="session")
def world_programme(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Programme]:
    """The programme they were sent to, in one night."""
    programme = Programme(tmp_path_factory.mktemp("world"))
    put(world, programme)
    programme.night()
    yield programme
    programme.close()


@pytest.fixture(scope="session")
def built(world_programme: Programme) -> duckdb.DuckDBPyConnection:
    """The warehouse of it."""
    return world_programme.warehouse()
