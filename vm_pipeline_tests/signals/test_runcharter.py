"""Run charts that rebase themselves, as the R package runcharter recorded them."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from vm_pipeline_tests.signals.comparing import judged, line


def phases(frame: pd.DataFrame, rows: int, length: int, direction: str) -> set[tuple[str, float, str, str]]:
    """Team, median, first and last point it is made of, of every phase."""
    found = judged(frame, "runcharter", options={"direction": direction, "med_rows": rows, "runlength": length})
    told = frame.assign(centre=found.centre_line, phase=found.phase, run=found.in_shift).sort_values("period")
    made = set()
    for (team, phase), points in told.dropna(subset="centre").groupby(["team", "phase"]):
        ends = points["period"].iloc[rows - 1] if phase == 0 else points[points["run"]]["period"].iloc[length - 1]
        made.add((team, round(float(points["centre"].iloc[0]), 9), points["period"].iloc[0], ends))
    return made


@pytest.mark.parametrize("kind", ["signals", "real"])
def test_phases_as_recorded(oracles: Path, series: pd.DataFrame, kind: str) -> None:
    given = pd.read_csv(oracles / "runcharter_signals_input.csv").rename(
        columns={"grp": "team", "y": "value", "date": "period"}
    )
    given = given.assign(measure="m", num=np.nan, den=np.nan)
    recorded = pd.read_csv(oracles / f"golden_runcharter_{kind}.csv")
    frame = given if kind == "signals" else series[series["measure"] == "phs_cancelled_ops_pct"]
    for (direction, rows, length), expected in recorded.groupby(["p_direction", "p_med_rows", "p_runlength"]):
        told = zip(
            expected["grp"], expected["median"].round(9), expected["start_date"], expected["end_date"], strict=True
        )
        assert phases(frame, rows, length, direction) == set(told), (direction, rows, length)


def test_a_series_too_short_for_a_run_keeps_its_first_median() -> None:
    found = judged(line([5.0] * 13 + [9.0] * 8), "runcharter")
    assert set(found.centre_line) == {5.0} and not found.signal.any()
    assert np.isnan(judged(line([5.0] * 12), "runcharter").centre_line).all()


def test_the_search_goes_on_after_a_run() -> None:
    found = judged(line([5.0] * 13 + [9.0] * 9 + [1.0] * 9), "runcharter")
    assert list(dict.fromkeys(found.centre_line)) == [5.0, 9.0, 1.0]
    assert list(dict.fromkeys(found.phase)) == [0, 1, 2]


def test_a_point_left_out_before_all_others_makes_no_phase() -> None:
    found = judged(line([5.0] * 14), "runcharter", excluded=np.arange(14) == 0)
    assert set(found.phase) == {0}
