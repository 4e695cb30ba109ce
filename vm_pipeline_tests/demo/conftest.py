"""The made-up programme, written once and built once for all tests of it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from demo_reading import Cells, live_activity, read

from vm_pipeline.demo import restate, write_programme
from vm_pipeline_tests.programme import Programme


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


@pytest.fixture(scope="session")
def demo_warehouse(programme: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """What `vm-pipeline demo` publishes, as of its second night: built once for all tests, which only read it."""
    ours = Programme(tmp_path_factory.mktemp("demo"))
    shutil.copytree(programme, ours.drop)
    ours.night()
    restate(ours.drop)
    ours.night()
    yield ours.warehouse(threads=2)
    ours.close()
