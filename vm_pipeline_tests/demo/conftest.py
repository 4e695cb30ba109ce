"""The made-up programme, written once for all tests of it."""

from pathlib import Path

import pytest
from demo_reading import Cells, live_activity, read

from vm_pipeline.demo import write_programme


@pytest.fixture(scope="session")
def programme(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The drop folder as the boards filled it first; tests only read it."""
    folder = tmp_path_factory.mktemp("programme")
    write_programme(folder)
    return folder


@pytest.fixture(scope="session")
def live(programme: Path) -> dict[tuple[str, str], Cells]:
    """Activity records in force."""
    return live_activity(programme)


@pytest.fixture(scope="session")
def reference(programme: Path) -> dict[str, list[Cells]]:
    """Every reference table by name."""
    return {path.stem: read(path) for path in (programme / "reference").glob("*.csv")}
