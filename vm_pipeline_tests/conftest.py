"""What every room's tests start from: an empty programme, and modest hypothesis profiles."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from vm_pipeline_tests.programme import Programme

settings.register_profile(
    "quick", max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
settings.register_profile("thorough", parent=settings.get_profile("quick"), max_examples=1500)
settings.load_profile("quick")  # another: pytest --hypothesis-profile thorough


@pytest.fixture
def new_programme(tmp_path: Path) -> Iterator[Callable[[str], Programme]]:
    """Programmes by name, each with a drop folder and a home of its own."""
    made: list[Programme] = []

    def make(name: str) -> Programme:
        made.append(Programme(tmp_path / name))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def programme(new_programme: Callable[[str], Programme]) -> Programme:
    """An empty programme in a temporary folder."""
    return new_programme("programme")
