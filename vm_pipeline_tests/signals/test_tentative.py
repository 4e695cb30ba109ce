"""What noise signals where points are few, rare, or mostly of one value, and what is told all the same.

Series of noise, SERIES of 52 points. The table of false alarms is of normal values: what is shown beside a number of
signals must hold for the charts that there are.
"""

from typing import Any

import numpy as np
import pytest

from vm_pipeline.indicators.catalogue import CATALOGUE
from vm_pipeline.indicators.entry import Indicator
from vm_pipeline.indicators.noise import false_alarms
from vm_pipeline.indicators.profiles import RATES, SHARES
from vm_pipeline.signals.judge import judge
from vm_pipeline.signals.series import points
from vm_pipeline.signals.tentative import tentative

SERIES, WEEKS = 400, 52
SEED = 20261126
WARD = 35.0  # bed days of a week
MORE = 1.5  # times what the table says: it is a guide for counts, and was passed 2.6 times


def dice() -> np.random.Generator:
    """The same for every test, in whatever order they run."""
    return np.random.default_rng(SEED)


def signalled(profile: str, chart: str, num: Any, den: Any = None, factor: float = 1) -> Any:
    """Which points signal, a row a series: those the warehouse shows as signals."""
    value = num if den is None else factor * num / den
    rows = points(
        np.repeat(np.arange(len(num)), num.shape[1]),
        np.tile(np.arange(num.shape[1]), len(num)),
        value.ravel(),
        num.ravel(),
        None if den is None else den.ravel(),
    )
    found = judge(rows, profile, chart)
    kept = found.signal & ~tentative(rows, found, chart, np.full(len(rows), factor))
    return kept.reshape(num.shape)


@pytest.mark.parametrize("mean", [0.05, 0.3, 0.7, 1.0, 1.5, 3.0, 8.0])
def test_rare_events_signal_no_more_than_the_table_says(mean: float) -> None:
    falls = dice().poisson(mean, (SERIES, WEEKS)).astype(float)
    found = signalled("phs_control", "up", falls, np.full(falls.shape, WARD), 1000)
    assert found.any(axis=1).mean() <= MORE * false_alarms("phs_control", WEEKS).share


@pytest.mark.parametrize(
    ("share", "of"), [(0.01, 60), (0.06, 1), (0.08, 5), (0.08, 20), (0.31, 6), (0.9, 6), (0.98, 30)]
)
def test_shares_of_few_signal_no_more_than_the_table_says(share: float, of: int) -> None:
    came = dice().binomial(of, share, (SERIES, WEEKS)).astype(float)
    found = signalled("phs_control", "pp", came, np.full(came.shape, float(of)))
    assert found.any(axis=1).mean() <= MORE * false_alarms("phs_control", WEEKS).share


@pytest.mark.parametrize("varies", [0.0, 0.1, 0.3])
@pytest.mark.parametrize(
    "indicator", [one for one in CATALOGUE if one.chart in (*SHARES, *RATES)], ids=lambda one: one.code
)
def test_large_counts_vary_as_they_do_and_signal_no_more_than_the_table_says(
    indicator: Indicator, varies: float
) -> None:
    """Of 2,000 contacts and of 200 events: weather and staffing move the rate itself, by a tenth or more of it."""
    share, den = (0.1, 2_000.0) if indicator.chart in SHARES else (0.2, 1_000.0)
    rate = share * np.clip(1 + varies * dice().standard_normal((SERIES, WEEKS)), 0.05, None)
    events = dice().binomial(int(den), np.minimum(rate, 1)) if indicator.chart in SHARES else dice().poisson(rate * den)
    found = signalled(
        indicator.profile, indicator.chart, events.astype(float), np.full(rate.shape, den), indicator.factor
    )
    table = false_alarms(indicator.profile, WEEKS)
    assert found.any(axis=1).mean() <= 1.15 * table.share
    assert found.sum(axis=1).mean() <= 1.25 * table.points


@pytest.mark.parametrize(
    ("chart", "usual", "then"), [("pp", 0, 50), ("pp", 250, 200), ("pp", 50, 90), ("up", 0, 20), ("up", 5, 20)]
)
def test_what_never_varied_and_then_changes_is_seen(chart: str, usual: float, then: float) -> None:
    """Of 250 treatments a month none was given at home, for a year, and then a fifth."""
    moved = np.repeat([[float(usual), float(then)]], [12, 2], axis=1)
    rows = points(
        np.zeros(14), np.arange(14), np.full(14, np.nan), moved.ravel(), np.full(14, 250.0), baseline=np.arange(14) < 12
    )
    found = judge(rows, "phs_control", chart)
    kept = found.signal & ~tentative(rows, found, chart, np.ones(14))
    assert np.flatnonzero(kept).tolist() == [12, 13]


def test_one_contact_that_was_missed_is_no_signal() -> None:
    """1 of 1 lies above any limit that one contact can have, and is what a share of 6% gives each seventeenth time."""
    seen = np.full((1, WEEKS), 100.0)
    missed = np.full((1, WEEKS), 6.0) + np.arange(WEEKS) % 3
    seen[0, 30], missed[0, 30] = 1, 1
    assert not signalled("phs_control", "pp", missed, seen)[0, 30]


def test_many_events_where_hardly_any_are_expected_are_told() -> None:
    """One incident a week, and then eight in one."""
    incidents = np.tile([0.0, 1, 2, 1], 13)[None, :]
    incidents[0, 40] = 8
    assert np.flatnonzero(signalled("phs_control", "up", incidents, np.full((1, WEEKS), WARD), 1000)).tolist() == [40]


@pytest.mark.parametrize("share", [0.1, 0.3, 0.45, 0.5, 0.8])
def test_weeks_that_are_all_or_nothing_signal_no_more_than_the_table_says(share: float) -> None:
    """A huddle had everybody at it, or had not: 0% or 100%."""
    came = 100.0 * (dice().random((SERIES, WEEKS)) < share)
    assert signalled("his_run", "run", came).any(axis=1).mean() <= false_alarms("his_run", WEEKS).share


def test_a_change_from_nothing_to_all_is_seen() -> None:
    came = np.repeat([[0.0, 100.0]], [12, 24], axis=1)
    assert np.flatnonzero(signalled("his_run", "run", came)).tolist() == list(range(12))


@pytest.mark.parametrize("share", [0.03, 0.08, 0.12, 0.3])
def test_bills_now_and_then_signal_no_more_than_the_table_says(share: float) -> None:
    bills = 500.0 * (dice().random((SERIES, WEEKS)) < share)
    assert signalled("mdc_xmr", "xmr", bills).any(axis=1).mean() <= MORE * false_alarms("mdc_xmr", WEEKS).share


@pytest.mark.parametrize("mean", [3, 20])
def test_days_between_events_signal_no_more_than_the_table_says(mean: int) -> None:
    days = np.ceil(dice().exponential(mean, (SERIES, WEEKS)))
    assert signalled("phs_control", "t", days).any(axis=1).mean() <= MORE * false_alarms("phs_control", WEEKS).share


def test_a_line_of_points_that_are_all_the_same_has_none_on_one_side() -> None:
    """One event in 13 each time: the rate of all is that of each, to the bit."""
    one = np.ones((1, WEEKS))
    rows = points(np.zeros(WEEKS), np.arange(WEEKS), (1000 / 13 * one).ravel(), one.ravel(), (13 * one).ravel())
    assert not judge(rows, "phs_control", "u").in_shift.any()


@pytest.mark.parametrize("days", [7.0, 10.0, 31.0])
def test_the_same_days_between_all_events_lie_on_their_line(days: float) -> None:
    """It is carried to a root and back, and loses its last bits on the way."""
    rows = points(np.zeros(WEEKS), np.arange(WEEKS), np.full(WEEKS, days))
    found = judge(rows, "phs_control", "t")
    assert set(found.centre_line) == {days} and not found.signal.any()


def test_a_point_on_a_limit_lies_neither_beyond_it_nor_on_one_side_only_of_two_thirds_of_the_way() -> None:
    """Of 36 people 18: one σ is 3 of them. 0.25 is the lower limit, and 1/3 was beyond two thirds of the way to it."""
    came = np.array([18.0] * 12 + [27, 9, 18, 24, 24, 18, 12, 12, 18])
    rows = points(np.zeros(21), np.arange(21), came / 36, came, np.full(21, 36.0), baseline=np.arange(21) < 12)
    found = judge(rows, "phs_control", "p")
    assert not found.outside_limits.any() and not found.two_in_three.any()
    for mean in (0.3, 1.1, 100.7, 33.3):  # 2.66 moving ranges of 0.1
        values = np.append(mean + np.tile([-0.05, 0.05], 6), [mean + 0.266, mean - 0.266])
        rows = points(np.zeros(14), np.arange(14), values, baseline=np.arange(14) < 12)
        assert not judge(rows, "mdc_xmr").outside_limits.any()


@pytest.mark.parametrize("chart", [*SHARES, *RATES])
def test_events_over_nothing_are_in_no_rate(chart: str) -> None:
    """A point without a denominator has no value, and so moves no line."""
    seen = np.tile([20.0, 40.0], 12)
    missed = seen / 10
    seen[5], missed[5] = 0, 30
    found = judge(points(np.zeros(24), np.arange(24), np.full(24, np.nan), missed, seen), "phs_control", chart)
    assert found.centre_line == pytest.approx(0.1) and not found.in_shift.any()
