"""Comparing what the engine finds with what a reference package recorded.

Belongs here: points from frames, agreement to 1e-9, the same through the command line.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from vm_pipeline.signals.judge import Judged, judge
from vm_pipeline.signals.series import points

TOLERANCE = 1e-9


def judged(
    frame: pd.DataFrame, profile: str, chart: str = "", options: Mapping[str, Any] | None = None, **flags: Any
) -> Judged:
    """A frame with measure, team, period, num, den, value, judged."""
    names = frame["measure"].astype(str) + "|" + frame["team"].astype(str)
    made = points(names.to_numpy(str), frame["period"].to_numpy(), frame["value"], frame["num"], frame["den"], **flags)
    return judge(made, profile, chart, options)


def line(values: Any, num: Any = None, den: Any = None) -> pd.DataFrame:
    """One series."""
    count = len(values)
    empty = np.full(count, np.nan)
    return pd.DataFrame(
        {
            "measure": "m",
            "team": "t",
            "period": np.arange(count),
            "num": empty if num is None else num,
            "den": empty if den is None else den,
            "value": np.array([np.nan if one is None else one for one in values], dtype=float),
        }
    )


def agree(found: Any, expected: Any, what: str = "") -> None:
    """Numbers to 1e-9 of their size, missing where missing; flags and whole numbers exactly."""
    found, expected = np.asarray(found), np.asarray(expected)
    assert len(found) == len(expected) > 0, what
    if expected.dtype.kind == "f":
        same = np.abs(found - expected) <= TOLERANCE * np.maximum(1, np.abs(expected))
        same |= np.isnan(found) & np.isnan(expected)
    else:
        same = found == expected
    assert same.all(), (what, np.flatnonzero(~same)[:5], found[~same][:5], expected[~same][:5])


def whole(column: pd.Series) -> pd.Series:
    """Whole numbers, -1 where there is none, as the engine has it."""
    return column.fillna(-1).astype(int)
