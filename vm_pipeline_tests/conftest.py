"""What every room's tests start from: an empty programme, folders made once, and modest hypothesis profiles.

The worlds there are, and seconds of processor time for each. Begin with the cheapest that shows what a test is about.

    programme                          an empty drop folder and home                        0
    programme.night()                  what was sent, landed and staged                     0.2
    programme.core()                   facts and dimensions of it                           0.5
    programme.marts(), .warehouse()    what is added up; all that is published              0.8, 1.0
    built (warehouse)                  three months of two boards, to read                  1.7, each worker
    door.run() (night)                 a whole night of Dagster over every feed             5
    after_a_night, after_two_nights    a home with such nights behind it, to go on from     5 each, once for all
    undisturbed (faults)               two nights in processes of their own, to hurt        10, once for all
    night, con (london)                the example on real data, and its warehouse          5 once for all, 2 a worker
"""

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
    "quick", max_examples=24, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
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
