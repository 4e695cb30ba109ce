"""Where the recorded results and the open data are; tests of them are skipped where they are not."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from vm_pipeline.warehouse.workspace import create_tables

SHARED = Path(os.environ.get("VM_SHARED", Path(__file__).parents[3] / "shared"))
REALDATA = SHARED / "realdata"


def recorded(name: str) -> list[dict[str, Any]]:
    """Recorded calls of one topic: `fn`, `args`, and `result` or `error`. Raises no error where there are none."""
    path = REALDATA / "oracles_dates_ids" / f"vectors_{name}.json"
    return json.loads(path.read_text("utf-8")) if path.is_file() else []


@pytest.fixture(scope="session")
def vectors() -> Path:
    """The folder of recorded calls."""
    return _there("oracles_dates_ids")


@pytest.fixture(scope="session")
def scotland() -> Path:
    """The folder of Scottish open data."""
    return _there("scotland_phs")


def _there(name: str) -> Path:
    if not (REALDATA / name).is_dir():
        pytest.skip(f"no real data at {REALDATA / name}: set VM_SHARED to the folder that holds realdata/")
    return REALDATA / name


@pytest.fixture(scope="session")
def macros() -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty warehouse, with the macros that its marts and its readers use."""
    with duckdb.connect() as con:
        create_tables(con)
        yield con
