"""What must hold for any series: order, scale, a frozen baseline, points that take no part, gaps."""

import statistics
from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vm_pipeline.indicators.profiles import PROFILES
from vm_pipeline.signals import rules
from vm_pipeline.signals.judge import Judged
from vm_pipeline.signals.series import median
from vm_pipeline_tests.signals.comparing import judged, line

# Whole numbers and quarters: sums of them are exact, so equal means are equal to the bit.
VALUES = st.lists(st.integers(-8, 8).map(lambda n: n / 4), min_size=1, max_size=40)
CHARTS = [
    (profile.name, chart)
    for profile in PROFILES.values()
    for chart in profile.charts
    if chart in ("run", "i", "xmr", "mr")
]
LINES = ("value", "centre_line", "lower_limit", "upper_limit")


def columns(found: Judged, rows: Any = slice(None)) -> dict[str, list[Any]]:
    """Every column of some rows, missing numbers made equal to each other."""
    told = {one.name: np.asarray(getattr(found, one.name))[rows] for one in fields(Judged)}
    return {name: np.nan_to_num(c.astype(float), nan=-999).tolist() for name, c in told.items()}


@pytest.mark.parametrize(
    ("then", "strong"),
    [([3.0] * 7, False), ([3.0] * 8, True), ([-2.0, -1.0, 0.5, 2.5, 3.0], False)],
    ids=["seven on one side", "eight", "five that rise"],
)
def test_a_shift_is_of_tier_a_from_eight_on_and_a_trend_never(then: list[float], strong: bool) -> None:
    baseline = np.arange(16 + len(then)) < 16
    found = judged(line([2.0, 0.0] * 8 + then), "his_run", "run", baseline=baseline)
    assert found.signal[16:].all() and set(found.strong[16:]) == {strong}


@pytest.mark.parametrize(("whole", "flagged"), [(True, [False] * 3), (False, [True, False, True])])
def test_the_third_of_two_in_three_may_lie_on_the_other_side_where_a_rule_lets_it(
    whole: bool, flagged: list[bool]
) -> None:
    near, side = np.array([True, False, True]), np.array([1, -1, 1], dtype=np.int8)
    assert rules.two_in_three(near, side, np.zeros(3, np.int64), whole).tolist() == flagged


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-8, 8))))
def test_the_middle_of_a_stretch_is_that_of_its_own_rows(rows: list[tuple[int, int]]) -> None:
    """And one without a row has none."""
    of = np.array([stretch for stretch, _ in rows], dtype=np.int64)
    found = median(np.array([float(value) for _, value in rows]), of, 4)
    own = [[value for stretch, value in rows if stretch == n] for n in range(4)]
    assert [None if np.isnan(one) else one for one in found] == [statistics.median(one) if one else None for one in own]


@given(VALUES, st.randoms(use_true_random=False), st.sampled_from(CHARTS))
def test_rows_may_come_in_any_order(values: list[float], chance: Any, asked: tuple[str, str]) -> None:
    frame = line(values)
    shuffled = list(range(len(values)))
    chance.shuffle(shuffled)
    there = columns(judged(frame, *asked))
    again = columns(judged(frame.iloc[shuffled], *asked))
    assert again == {name: [column[row] for row in shuffled] for name, column in there.items()}


@given(VALUES, VALUES, st.sampled_from(CHARTS))
def test_series_do_not_touch(first: list[float], second: list[float], asked: tuple[str, str]) -> None:
    import pandas as pd

    one, other = line(first), line(second).assign(team="u")
    both = judged(pd.concat([one, other], ignore_index=True), *asked)
    assert columns(both, slice(None, len(first))) == columns(judged(one, *asked))
    assert columns(both, slice(len(first), None)) == columns(judged(other, *asked))


@given(VALUES, st.sampled_from([1, 2, 8]), st.integers(-20, 20), st.sampled_from(CHARTS))
def test_charts_follow_scaling_and_shifting(
    values: list[float], factor: int, step: int, asked: tuple[str, str]
) -> None:
    plain = judged(line(values), *asked)
    moved = judged(line([factor * value + step for value in values]), *asked)
    shift = 0 if asked[1] == "mr" else step  # ranges do not move with the level
    for name in LINES:
        expected = factor * np.asarray(getattr(plain, name)) + shift
        np.testing.assert_allclose(getattr(moved, name), expected, rtol=1e-9, atol=1e-9)
    edges = np.abs(np.abs(plain.value - plain.centre_line) - (plain.upper_limit - plain.centre_line)) < 1e-9
    if not edges.any():  # a point on a limit is in or out by its last bit
        assert moved.rule.tolist() == plain.rule.tolist() or _near_a_third(plain)


def _near_a_third(found: Judged) -> bool:
    """Whether a point lies on the edge of a third, where its last bit decides."""
    with np.errstate(invalid="ignore", divide="ignore"):
        thirds = 3 * np.abs(found.value - found.centre_line) / (found.upper_limit - found.centre_line)
    near = [np.abs(thirds - edge) < 1e-6 for edge in (1, 2, 3)]
    level = np.abs(found.value - found.centre_line) < 1e-6
    return bool(np.logical_or.reduce([*near, level]).any())


@given(VALUES, st.integers(-8, 8), st.sampled_from(["his_run", "mdc_xmr", "phs_control"]))
def test_under_a_frozen_baseline_a_later_point_only_adds_flags(values: list[float], extra: int, profile: str) -> None:
    frozen = {"fix_after": len(values)}
    before = judged(line(values), profile, options=frozen)
    after = judged(line([*values, extra / 4]), profile, options=frozen)
    for name in LINES:
        np.testing.assert_array_equal(getattr(after, name)[:-1], getattr(before, name))
    for name in ("in_shift", "in_trend", "outside_limits", "two_in_three", "fifteen_inside"):
        was, now = getattr(before, name), getattr(after, name)[:-1]
        assert not (was & ~now).any(), name
        fresh = np.flatnonzero(now & ~was)
        if name == "outside_limits":
            assert not len(fresh)
        elif len(fresh):  # they belong to what the new point completes, so they lead up to it
            assert getattr(after, name)[fresh[0] :].all() or name == "two_in_three", name
        if name == "two_in_three" and len(fresh):
            assert fresh[0] >= len(values) - 2


@given(VALUES, st.data(), st.sampled_from(CHARTS))
def test_excluded_points_neither_break_nor_count(
    values: list[float], data: st.DataObject, asked: tuple[str, str]
) -> None:
    gone = np.array(data.draw(st.lists(st.booleans(), min_size=len(values), max_size=len(values))))
    kept = [value for value, out in zip(values, gone, strict=True) if not out]
    found = judged(line(values), *asked, excluded=gone)
    assert not found.signal[gone].any()
    if kept:
        alone = judged(line(kept), *asked)
        assert columns(found, ~gone) == columns(alone)


@given(st.lists(st.integers(-3, 3).map(float), min_size=1, max_size=40), st.lists(st.integers(0, 39), max_size=4))
def test_no_run_or_crossing_reaches_across_a_gap(values: list[float], gaps: list[int]) -> None:
    gap = np.isin(np.arange(len(values)), gaps)
    found = judged(line(values), "anhoej", gap=gap)
    pieces = np.split(np.sign(np.array(values) - found.centre_line), np.flatnonzero(gap[1:]) + 1)
    useful = [piece[piece != 0] for piece in pieces if (piece != 0).any()]
    if useful:
        turns = [np.flatnonzero(np.diff(piece)) for piece in useful]
        assert found.crossings[0] == sum(len(turn) for turn in turns)
        runs = [np.diff([-1, *turn, len(piece) - 1]) for piece, turn in zip(useful, turns, strict=True)]
        assert found.longest_run[0] == max(run.max() for run in runs)
        chances = np.array([sum(len(piece) - 1 for piece in useful)])
        assert found.crossings_min[0] == rules.crossings_min(chances)[0]


@pytest.mark.parametrize("asked", [("his_run", {"rephase": True}), ("runcharter", {})])
def test_no_median_stands_on_a_run_across_a_gap(asked: tuple[str, dict[str, bool]]) -> None:
    values, gap = [0.0, 2.0] * 8 + [5.0] * 10, np.arange(26) == 21
    assert judged(line(values), asked[0], options=asked[1]).centre_line[-1] == 5
    assert judged(line(values), asked[0], options=asked[1], gap=gap).centre_line[-1] < 2


def test_a_missing_value_is_no_signal() -> None:
    values = [1.0] * 15 + [np.nan] + [3.0] * 14 + [2.0]
    found = judged(line(values), "anhoej")
    assert found.signal[0] and not found.signal[15]


@given(st.integers(1, 30))
def test_nothing_is_carried_across_a_gap(before: int) -> None:
    values = [0.0, 2.0] * 15 + [5.0] * 4 + [5.0] * 4
    gap = np.zeros(len(values), dtype=bool)
    assert judged(line(values), "mdc_xmr").in_shift[-8:].all()
    gap[-4] = True
    assert not judged(line(values), "mdc_xmr", gap=gap).in_shift[-8:].any()
    gap[:] = False
    gap[before] = True
    open_chart, closed = judged(line(values), "control", "mr"), judged(line(values), "control", "mr", gap=gap)
    assert np.isnan(closed.value[before]) and not np.isnan(open_chart.value[before])


def test_a_recorded_phase_has_a_centre_of_its_own() -> None:
    values = [1.0, 3.0] * 6 + [11.0, 13.0] * 6
    begins = np.arange(24) == 12
    found = judged(line(values), "mdc_xmr", phase=begins)
    assert found.centre_line[0] == 2 and found.centre_line[-1] == 12 and not found.signal.any()
    assert judged(line(values), "mdc_xmr").signal.any()


def test_a_marked_baseline_makes_the_lines() -> None:
    values = [1.0, 3.0] * 6 + [11.0, 13.0] * 6
    found = judged(line(values), "mdc_xmr", baseline=np.arange(24) < 12)
    assert set(found.centre_line) == {2.0} and found.outside_limits[12:].all()


@pytest.mark.parametrize("values", [[], [4.0], [4.0, 4.0], [np.nan] * 3, [4.0] * 30])
def test_little_or_level_data_signals_nothing(values: list[float]) -> None:
    for profile in PROFILES.values():
        if values:
            for chart in profile.charts:
                found = judged(line(values, values, np.full(len(values), 10.0)), profile.name, chart)
                assert not (found.signal & ~found.fifteen_inside).any(), (profile.name, chart)


def test_a_zero_denominator_has_no_value_and_no_limits() -> None:
    found = judged(line([np.nan] * 3, [1.0, 0.0, 2.0], [4.0, 0.0, 4.0]), "control", "p")
    assert found.value[[0, 2]].tolist() == [0.25, 0.5] and np.isnan(found.value[1]) and np.isnan(found.upper_limit[1])
