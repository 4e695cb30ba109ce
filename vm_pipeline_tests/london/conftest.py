"""The example, run once for all tests of it; skipped where the real data is not."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from vm_pipeline_tests.conftest import MadeOnce
from vm_pipeline_tests.london.night import EXAMPLE, LONDON, Night, OneFile


@pytest.fixture(scope="session")
def london() -> Path:
    """The folder of the real data."""
    if not LONDON.is_dir():
        pytest.skip(f"no real data at {LONDON}: set VM_SHARED to the folder that holds realdata/")
    return LONDON


@pytest.fixture(scope="session")
def night(london: Path, made_once: MadeOnce, tmp_path_factory: pytest.TempPathFactory) -> Night:
    """The example after its first night: landed and staged once, a copy for each worker."""

    def make(home: Path) -> None:
        received = Night.of(EXAMPLE / "vm.toml", home).receive()
        assert not received.problems

    home = tmp_path_factory.mktemp("london") / "home"
    return Night.of(EXAMPLE / "vm.toml", shutil.copytree(made_once("london", make), home))


@pytest.fixture(scope="session")
def con(night: Night) -> Iterator[duckdb.DuckDBPyConnection]:
    """Its warehouse; tests only read it."""
    with night.warehouse() as (built, findings):
        assert not findings
        yield built


@pytest.fixture
def one_file(tmp_path: Path) -> OneFile:
    """Where a single file is staged."""
    return OneFile(tmp_path / "one-file")
