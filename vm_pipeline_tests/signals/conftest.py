"""Recorded inputs and outputs of the reference packages; tests of them are skipped where the real data is not."""

from pathlib import Path

import pandas as pd
import pytest

from vm_pipeline_tests.london.night import LONDON

ORACLES = LONDON.parent / "oracles_spc"


@pytest.fixture(scope="session")
def oracles() -> Path:
    """The folder of recorded results."""
    if not ORACLES.is_dir():
        pytest.skip(f"no recorded results at {ORACLES}: set VM_SHARED to the folder that holds realdata/")
    return ORACLES


@pytest.fixture(scope="session")
def series(oracles: Path) -> pd.DataFrame:
    """Real series: measure, team, period, num, den, value."""
    return pd.read_csv(oracles / "series_real.csv")
