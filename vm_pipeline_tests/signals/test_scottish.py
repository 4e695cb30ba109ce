"""Run charts as Healthcare Improvement Scotland has them, point by point as the R package runchart recorded them."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from vm_pipeline.signals import rules
from vm_pipeline.signals.series import begins, stretches
from vm_pipeline.signals.successive import BOTH, rebased
from vm_pipeline_tests.signals.comparing import agree, judged, line


@pytest.mark.parametrize("rephase", [False, True])
def test_points_as_recorded(oracles: Path, series: pd.DataFrame, rephase: bool) -> None:
    every = pd.read_csv(oracles / "golden_runchart_his_points.csv").rename(columns={"date": "period"})
    expected = every[every["rephase"] == rephase].merge(series.drop(columns="value"), on=["measure", "team", "period"])
    found = judged(expected, "his_run", options={"rephase": rephase})
    agree(found.centre_line, expected["base_ext"] if rephase else expected["base"], "median")
    agree(found.in_shift, expected["in_shift"], "shift")
    agree(found.in_trend, expected["in_trend"], "trend")


def recorded(oracles: Path, name: str) -> list[tuple[dict[str, list[float | None]], Any]]:
    calls = json.loads((oracles / "vectors_runchart_his_rules.json").read_text("utf-8"))
    found = [(call["args"], call.get("result")) for call in calls if call["fn"] == [name]]
    assert found
    return found


def numbers(values: list[float | None]) -> np.ndarray:
    return np.array([np.nan if one is None else one for one in values], dtype=float)


def test_shifts_as_recorded(oracles: Path) -> None:
    """Places, from 1, of points of runs of six around one median; missing points neither break nor count."""
    for given, result in recorded(oracles, "basic_shift"):
        values = numbers(given["val"])
        at = np.flatnonzero(~np.isnan(values))
        side = rules.sides(values[at], np.full(len(at), numbers(given["base"])[0]))
        length = int((given.get("trigger") or [6])[0] or 6)
        found = at[rules.shift(side, np.zeros(len(at), np.int64), length, skip=True)] + 1
        assert found.tolist() == (result or []), given


def test_trends_as_recorded(oracles: Path) -> None:
    """Trends come one a column, with the values of their points."""
    for given, result in recorded(oracles, "basic_trend"):
        values = numbers(given["val"])
        at = np.flatnonzero(~np.isnan(values))
        found = np.zeros(len(values), dtype=bool)
        found[at] = rules.trend(values[at], np.zeros(len(at), np.int64), 5)
        expected = np.zeros(len(values), dtype=bool)
        for column in (result or {}).values():
            expected |= ~np.isnan(numbers(column))
        agree(found, expected, str(given))


def test_medians_that_are_taken_anew_as_recorded(oracles: Path) -> None:
    for given, result in recorded(oracles, "sus"):
        values = numbers(given["val"])
        found = judged(line(values), "his_run", options={"rephase": True})
        agree(found.centre_line, numbers(result["base_ext"]), str(given))


def test_the_first_sustained_run_as_recorded(oracles: Path) -> None:
    """Places, from 1, of the first nine on one side of a given median."""
    for given, result in recorded(oracles, "sus_first"):
        values, base = numbers(given["val"]), numbers(given["base"])[0]
        before = np.array([base])  # one point that makes the median, then the series
        at = np.flatnonzero(~np.isnan(values))
        y = np.concatenate([before, values[at]])
        found = rebased(
            y, np.zeros(len(y), np.int64), 1, baseline=1, length=9, members=9, least=0, direction=BOTH
        )  # fmt: skip
        first = np.flatnonzero(found.in_run[1:])[:9]
        assert (at[first] + 1).tolist() == (result or []), given


def test_stretches_between_medians_as_recorded(oracles: Path) -> None:
    """Places, from 1, of each stretch that no median stands on, after the first median."""
    for given, result in recorded(oracles, "base_gaps"):
        base = ~np.isnan(numbers(given["base"]))
        started = np.logical_or.accumulate(base)
        block = stretches(begins(base))
        found = [np.flatnonzero(block == one) + 1 for one in dict.fromkeys(block[~base & started])]
        assert [one.tolist() for one in found] == (result or [])


def test_shifts_around_several_medians_as_recorded(oracles: Path) -> None:
    """Values of points in shifts, in the stretches that no median stands on."""
    for given, result in recorded(oracles, "multi_shift"):
        values = numbers(given["val"])
        short = numbers(given["base_ext"])  # one recorded call has a median too few at the end
        centre = np.pad(short, (0, len(values) - len(short)), mode="edge")
        open_there = np.isnan(numbers(given["base"]))
        at = np.flatnonzero(~np.isnan(values))
        side = rules.sides(values[at], centre[at])
        block = stretches(begins(open_there[at], centre[at])) if len(at) else np.zeros(0, np.int64)
        found = np.full(len(values), np.nan)
        flagged = at[rules.shift(side, block, 6, skip=True) & open_there[at]]
        found[flagged] = values[flagged]
        agree(found, numbers(result), str(given))
