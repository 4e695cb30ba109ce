"""NHS England's Making Data Count, point by point as its R package recorded it, and its rules one by one."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from vm_pipeline.indicators.profiles import OUTSIDE, PROFILES, SHIFT, TREND, TWO_IN_THREE
from vm_pipeline.signals import rules
from vm_pipeline.signals.assurance import FAIL, HIT_OR_MISS, PASS, assurance
from vm_pipeline_tests.signals.comparing import agree, judged, line

CONFIGURED = {
    "default_decrease": {},
    "no_screen_increase": {"screen": False},
    "neutral_fix24": {"fix_after": 24},
    "rebase_2022-04_decrease": {},
    "target_median_decrease": {},
}
# What the package calls a rule. It labels rising and falling trends alike.
NAMED = {"Above UCL": OUTSIDE, "Below LCL": OUTSIDE, "7 Points": SHIFT, "7 Point Trend": TREND, "2 in 3": TWO_IN_THREE}


def rule_named(cause: str) -> str:
    """The rule that a special cause type stands for; the longest name counts."""
    known = [name for name in NAMED if cause.startswith(name)]
    return NAMED[max(known, key=len)] if known else ""


@pytest.mark.parametrize("configured", CONFIGURED)
def test_points_as_recorded(oracles: Path, series: pd.DataFrame, configured: str) -> None:
    every = pd.read_csv(oracles / "golden_plotthedots_points.csv").rename(columns={"x": "period"})
    expected = every[every["config"] == configured].merge(series, on=["measure", "team", "period"])
    rebased = (expected["period"] == "2022-04-01") & configured.startswith("rebase")
    found = judged(expected, "mdc_xmr", options=CONFIGURED[configured], phase=rebased)
    codes = np.array([*(rule.code for rule in PROFILES["mdc_xmr"].rules), ""])
    agree(found.centre_line, expected["mean_col"], "mean")
    agree(found.lower_limit, expected["lpl"], "lower")
    agree(found.upper_limit, expected["upl"], "upper")
    agree(found.outside_limits, expected["outside_limits"].fillna(False).astype(bool), "outside")
    agree(found.signal, expected["special_cause_flag"], "signal")
    agree(codes[found.rule], expected["special_cause_type"].map(rule_named), "rule")
    agree(found.phase, expected["rebase_group"], "phase")


def test_summary_as_recorded(oracles: Path, series: pd.DataFrame) -> None:
    """Points, causes, and whether the target can be met; lower is better, and the target is the median."""
    recorded = pd.read_csv(oracles / "golden_plotthedots_summary.csv")
    expected = recorded[recorded["config"] == "target_median_decrease"].set_index(["measure", "team"])
    points = series[series["measure"].isin(recorded["measure"])].sort_values(["measure", "team", "period"])
    found = judged(points, "mdc_xmr")
    told = points.assign(lower=found.lower_limit, upper=found.upper_limit, causes=found.signal, n=1)
    told = told.groupby(["measure", "team"]).agg({"lower": "last", "upper": "last", "causes": "sum", "n": "sum"})
    told = told.loc[expected.index]
    agree(told["n"], expected["n"])
    agree(told["causes"], expected["special_causes"])
    lower_is_better = np.full(len(told), -1, dtype=np.int8)
    agree(assurance(told["lower"], told["upper"], expected["target"], lower_is_better), expected["assurance"])


def test_assurance_beyond_the_limits() -> None:
    low, high, target = np.array([1.0] * 4), np.array([2.0] * 4), np.array([0.5, 3.0, 0.5, 3.0])
    better = np.array([1, 1, -1, -1], dtype=np.int8)
    assert assurance(low, high, target, better).tolist() == [PASS, FAIL, FAIL, PASS]
    assert assurance(low, high, np.array([1.0, 2.0] * 2), better).tolist() == [HIT_OR_MISS] * 4, "on a limit is within"
    assert assurance(low, high, np.full(4, np.nan), better).tolist() == [""] * 4


def recorded(oracles: Path, name: str) -> list[tuple[dict[str, list[float]], list[int]]]:
    calls = json.loads((oracles / "vectors_plotthedots_rules.json").read_text("utf-8"))
    return [(call["args"], call["result"]) for call in calls if call["fn"] == [name] and call["result"]]


def numbers(values: list[float]) -> np.ndarray:
    return np.array(values, dtype=float)


def test_seven_on_one_side_as_recorded(oracles: Path) -> None:
    """The package marks the seventh and later points, and then the six before each: here a run is marked whole."""
    for given, last in recorded(oracles, "ptd_seven_point_one_side_mean"):
        side = np.sign(numbers(given["v"])).astype(np.int8)
        found = rules.shift(side, np.zeros(len(side), np.int64), 7, skip=False)
        agree(found, marked_back(last))


def marked_back(last: list[int]) -> list[bool]:
    """Points that are one of seven of which the last is marked."""
    return [any(last[place : place + 7]) for place in range(len(last))]


def test_marking_back_is_what_the_package_does(oracles: Path) -> None:
    for given, result in recorded(oracles, "ptd_part_of_seven_trend"):
        assert marked_back([int(v) for v in given["v"]]) == [bool(one) for one in result]


def test_seven_rising_or_falling_as_recorded(oracles: Path) -> None:
    for given, last in recorded(oracles, "ptd_seven_point_trend"):
        y = numbers(given["y"])
        agree(rules.steady_trend(y, np.zeros(len(y), np.int64), 7), marked_back(last))


def test_two_in_three_as_recorded(oracles: Path) -> None:
    """The package marks all three and then keeps those that are near a limit: here that is one step."""
    calls = recorded(oracles, "ptd_two_in_three")
    assert calls
    for given, result in calls:
        near = numbers(given["v"]) != 0
        side = np.resize(numbers(given["rtm"]), len(near)).astype(np.int8)  # one recorded call gives one side for all
        found = rules.two_in_three(near, side, np.zeros(len(side), np.int64))
        agree(found, np.array(result, dtype=bool) & near, str(given))


def test_keeping_those_near_a_limit_is_what_the_package_does(oracles: Path) -> None:
    for given, result in recorded(oracles, "ptd_part_of_two_in_three"):
        agree((numbers(given["v"]) != 0) & (numbers(given["x"]) != 0), np.array(result, dtype=bool))


def test_a_point_on_the_mean_ends_a_run() -> None:
    around = [1.0, -1.0] * 8
    assert not judged(line([2.0] * 6 + [0.0] + [2.0] * 6 + [-24.0]), "mdc_xmr").in_shift.any()
    assert judged(line([2.0] * 7 + [-2.0] * 7 + around), "mdc_xmr").in_shift[:14].all()


def test_screening_takes_a_large_moving_range_out() -> None:
    """A lone 10 makes two ranges of 8 or 9; without them every range is 1."""
    values = [1.0, 2.0] * 2 + [10.0] + [1.0, 2.0] * 5
    screened, not_screened = (judged(line(values), "mdc_xmr", options={"screen": on}) for on in (True, False))
    assert screened.upper_limit[0] < not_screened.upper_limit[0]
    agree(screened.upper_limit, np.full(len(values), screened.centre_line[0] + 2.66))
