"""Which points each rule of a profile flags, once centre and limits are known.

Belongs here: the points that take part, and a rule's arrays chosen for it.
Does not belong here: the rules themselves (rules), centre and limits (limits, successive).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vm_pipeline.indicators import profiles
from vm_pipeline.indicators.profiles import Profile, Rule
from vm_pipeline.signals import rules
from vm_pipeline.signals.limits import Lines
from vm_pipeline.signals.rules import Sides
from vm_pipeline.signals.series import Flags, Places, begins, size, stretches


@dataclass(frozen=True)
class Chart:
    """A chart to be judged. Per point: its lines; the stretch it is in; the block that runs may not leave, and the one
    that trends may not; whether it takes part; whether runs count there; and whether a new median stands on it.
    """

    lines: Lines
    of: Places
    run_block: Places
    trend_block: Places
    used: Flags
    open_to_runs: Flags
    sustained: Flags
    has_runs: bool

    @cached_property
    def at(self) -> Places:
        """Rows of the points that take part."""
        return np.flatnonzero(self.used & ~np.isnan(self.lines.y))

    @cached_property
    def side(self) -> Sides:
        """On which side of the centre line they lie."""
        return rules.sides(self.lines.y[self.at], self.lines.centre[self.at])

    @cached_property
    def thirds(self) -> NDArray[np.float64]:
        """How many thirds of the way to a limit they lie from the centre."""
        return self.lines.thirds[self.at]

    @cached_property
    def outside(self) -> Flags:
        """Points outside the limits, of all; one that lies on a limit is not."""
        with np.errstate(invalid="ignore"):
            beyond = (self.lines.y > self.lines.upper) | (self.lines.y < self.lines.lower)
        return np.asarray(self.used & beyond & (self.lines.thirds != 3))  # noqa: PLR2004 - rounded where it is made

    @cached_property
    def stretch_count(self) -> int:
        return int(self.of[-1]) + 1 if len(self.of) else 0

    @cached_property
    def runs_and_crossings(self) -> tuple[Places, Places, Places, Places, Places]:
        """Per stretch: useful points, longest run and what noise allows, crossings and what noise asks for."""
        useful, longest, crossings, chances = rules.longest_and_crossings(
            self.side, self.of[self.at], self.run_block[self.at], self.stretch_count
        )
        return useful, longest, rules.longest_run_max(useful), crossings, rules.crossings_min(chances)

    @cached_property
    def of_runs(self) -> Flags:
        """Points that a rule on the runs of their stretch speaks of: those that take part and have a value."""
        return self.used & ~np.isnan(self.lines.y) & self.has_runs

    @cached_property
    def with_ties_apart(self) -> "Chart":
        """The same, where most points of a stretch lie on its line: there a point on the line ends a run.

        Of weeks that are 0 % or 100 % the median is the one of which there are more, and all others lie on one side of
        it. A run that skipped points on the line would never end: 98 of 100 such series of noise had one (52 weeks).
        """
        tie = self.scattered(self.side == 0)
        most = 2 * size(self.of[tie], self.stretch_count) > size(self.of[self.at], self.stretch_count)
        ends = tie & most[self.of]
        return replace(self, run_block=stretches(begins(self.run_block) | ends | np.roll(ends, 1)))

    def scattered(self, found: Flags) -> Flags:
        """A column of the points that take part, as one of all points."""
        full = np.zeros(len(self.of), dtype=bool)
        full[self.at] = found
        return full

    def run_length(self) -> Places:
        """How long a run each point is in; 0 for points on the line or that take no part."""
        full = np.zeros(len(self.of), dtype=np.int64)
        useful = self.at[self.side != 0]
        full[useful] = rules.runs(self.side[self.side != 0], self.run_block[useful])[1]
        return full


def shift(chart: Chart, length: int, skip: bool) -> Flags:
    """Points in a run of `length`, where runs count."""
    open_there = chart.open_to_runs[chart.at]
    block = stretches(begins(chart.run_block[chart.at], open_there))
    return chart.scattered(rules.shift(chart.side, block, length, skip) & open_there)


def _trend(chart: Chart, rule: Rule, skip: bool) -> Flags:
    told = rules.trend if skip else rules.steady_trend
    return chart.scattered(told(chart.lines.y[chart.at], chart.trend_block[chart.at], rule.length))


def _two_in_three(chart: Chart, rule: Rule, skip: bool) -> Flags:
    near = chart.thirds > 2  # noqa: PLR2004 - the outer third
    if rule.whole:
        near &= ~chart.outside[chart.at]
    return chart.scattered(rules.two_in_three(near, chart.side, chart.run_block[chart.at], rule.whole))


def _inside(chart: Chart, rule: Rule, skip: bool) -> Flags:
    return chart.scattered(rules.inside(chart.thirds < 1, chart.run_block[chart.at], rule.length))


def _long_run(chart: Chart, rule: Rule, skip: bool) -> Flags:
    _, longest, allowed, _, _ = chart.runs_and_crossings
    return np.asarray((longest > allowed)[chart.of] & chart.of_runs)


def _few_crossings(chart: Chart, rule: Rule, skip: bool) -> Flags:
    useful, _, _, crossings, asked = chart.runs_and_crossings
    return np.asarray(((crossings < asked) & (useful > 0))[chart.of] & chart.of_runs)


_FLAGS: dict[str, Callable[[Chart, Rule, bool], Flags]] = {
    profiles.OUTSIDE: lambda chart, rule, skip: chart.outside,
    profiles.SHIFT: lambda chart, rule, skip: shift(chart, rule.length, skip),
    profiles.TREND: _trend,
    profiles.TWO_IN_THREE: _two_in_three,
    profiles.INSIDE: _inside,
    profiles.LONG_RUN: _long_run,
    profiles.CROSSINGS: _few_crossings,
    profiles.SUSTAINED: lambda chart, rule, skip: chart.sustained,
}


def flags_of(chart: Chart, profile: Profile) -> dict[str, Flags]:
    """Per rule of the profile the points it flags."""
    return {rule.code: _FLAGS[rule.code](chart, rule, profile.skips_centre) for rule in profile.rules}


def named(profile: Profile, flags: dict[str, Flags], chart: Chart) -> tuple[NDArray[np.int8], Flags]:
    """Per point the first rule that flags it (-1: none), and whether any that does is of tier A."""
    count = len(chart.of)
    rule, strong = np.full(count, -1, dtype=np.int8), np.zeros(count, dtype=bool)
    for place, one in reversed([*enumerate(profile.rules)]):
        rule[flags[one.code]] = place
        strong |= flags[one.code] & _is_strong(one, chart)
    return rule, strong


def _is_strong(rule: Rule, chart: Chart) -> Any:
    if rule.tier == "A":
        return True
    return chart.run_length() >= rule.strong if rule.strong else False
