"""What every room's tests start from: an empty programme, folders made once, and modest hypothesis profiles."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from vm_pipeline.locks import held
from vm_pipeline_tests.programme import Programme

MadeOnce = Callable[[str, Callable[[Path], object]], Path]

settings.register_profile(
    "quick", max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
settings.register_profile("thorough", parent=settings.get_profile("quick"), max_examples=1500)
settings.load_profile("quick")  # another: pytest --hypothesis-profile thorough


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> MadeOnce:
    """Folders that are dear to make: by name, made by the worker that wants one first, only read by all of them."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def folder(name: str, make: Callable[[Path], object]) -> Path:
        made, draft = shared / name, shared / f"{name}.draft"
        with held(shared / f"{name}.lock"):
            if not made.exists():
                shutil.rmtree(draft, ignore_errors=True)
                make(draft)
                draft.rename(made)
        return made

    return folder


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
