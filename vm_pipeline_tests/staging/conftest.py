"""What tests of staging share: one DuckDB as staging uses it, and the folder of odd files."""

import os
from pathlib import Path

import duckdb
import pytest

MESSY = Path(os.environ.get("VM_SHARED", Path(__file__).parents[3] / "shared")) / "realdata" / "messy_csv"


@pytest.fixture(scope="session")
def con() -> duckdb.DuckDBPyConnection:
    """One thread, as a worker of staging has: row order is file order."""
    return duckdb.connect(config={"threads": 1})


@pytest.fixture(scope="session")
def messy() -> Path:
    """Files that others keep because their readers once failed on them."""
    if not MESSY.is_dir():
        pytest.skip(f"no real data at {MESSY}: set VM_SHARED to the folder that holds realdata/")
    return MESSY
