"""Judging points by a profile: the one entry, for the command line and the warehouse alike.

Belongs here: which points take part, which stretches are judged on their own, putting chart and rules together.
Does not belong here: formulas of charts (limits), rules (rules), what a profile asks for (indicators/profiles).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vm_pipeline.indicators import profiles
from vm_pipeline.indicators.profiles import PROFILES, Profile
from vm_pipeline.signals.flags import Chart, flags_of, named
from vm_pipeline.signals.limits import CHARTS, Plotted
from vm_pipeline.signals.series import (
    Flags,
    Floats,
    Places,
    Points,
    begins,
    in_order,
    size,
    some,
    stretches,
)
from vm_pipeline.signals.successive import BOTH, rebased

BLOCK = 500_000


@dataclass(frozen=True)
class Judged:
    """One row a point, in the order given. `rule` is a place in the profile's rules, -1 where nothing is signalled.

    `value` is what the chart plots. `near` says how many points a series or phase has; runs and crossings are those of
    the phase the point is in. Whole numbers are -1 where they are not known.
    """

    value: Floats
    centre_line: Floats
    lower_limit: Floats
    upper_limit: Floats
    signal: Flags
    rule: NDArray[np.int8]
    strong: Flags
    in_shift: Flags
    in_trend: Flags
    outside_limits: Flags
    two_in_three: Flags
    fifteen_inside: Flags
    phase: Places
    longest_run: Places
    longest_run_max: Places
    crossings: Places
    crossings_min: Places


def judge(points: Points, profile: Profile | str, chart: str = "", options: Mapping[str, Any] | None = None) -> Judged:
    """Judge every series. `options` are the profile's own, by name; those that name periods are columns of `points`."""
    chosen = PROFILES[profile] if isinstance(profile, str) else profile
    asked = {one.name: one.default for one in chosen.options} | dict(options or {})
    columns: dict[str, Any] = {}
    for rows in _blocks(points):
        found = _judge(some(points, rows), chosen, chart or chosen.chart, asked)
        for one in fields(Judged):
            part = getattr(found, one.name)
            columns.setdefault(one.name, np.empty(len(points), part.dtype))[rows] = part
    return Judged(**columns)


def _blocks(points: Points) -> Iterator[Places]:
    """Rows of whole series in order, BLOCK or little more at a time: what lies between in and out stays small."""
    places = in_order(points)
    first = np.append(np.flatnonzero(begins(points.series[places])), len(points))
    start = 0
    while start < len(points):
        end = int(first[min(int(np.searchsorted(first, start + BLOCK)), len(first) - 1)])
        yield places[start:end]
        start = end
    if not len(points):
        yield places


def _judge(points: Points, profile: Profile, chart: str, asked: Mapping[str, Any]) -> Judged:
    if not len(points):
        return Judged(*[np.zeros(0)] * len(fields(Judged)))  # type: ignore[arg-type]  # columns of no rows
    series = begins(points.series)
    of = stretches(series | points.phase)
    block = stretches(begins(of) | points.gap)
    base = _base(points, of, int(asked.get("fix_after", 0)))
    used = ~points.excluded
    plotted = Plotted(points.value, points.num, points.den, base, used, of, block, int(of[-1]) + 1)
    lines = CHARTS[chart](plotted, bool(asked.get("screen", False)))
    # Neighbouring moving ranges share a point, so their runs mean nothing.
    whole = Chart(lines, of, block, block, used, used, np.zeros(len(of), dtype=bool), has_runs=chart != "mr")
    if profile.name == "runcharter" or asked.get("rephase"):
        whole, profile = _rebased(whole, asked), profile.without(profiles.TREND)
    if profile.ties_may_end_runs:
        whole = whole.with_ties_apart
    return _judged(whole, profile, whole.of - whole.of[np.flatnonzero(series)][stretches(series)])


def _base(points: Points, of: Places, fix_after: int) -> Flags:
    """Points that make centre and limits: the marked ones of a phase that has any, or its first so many, or all."""
    used = ~points.excluded
    marked = size(of[points.baseline & used], int(of[-1]) + 1) > 0
    base = used & (points.baseline | ~marked[of])
    if fix_after:
        # Excluded points are among the first so many, as in qicharts2: its freeze counts places.
        base &= np.arange(len(of)) - np.flatnonzero(begins(of))[of] < fix_after
    return np.asarray(base)


def _rebased(chart: Chart, asked: Mapping[str, Any]) -> Chart:
    """The same chart with medians that are taken anew. The search does not cross recorded phases.

    As in the Scottish run chart package, points a median is made of are in no shift.
    """
    ready_made = "runlength" in asked
    length = int(asked["runlength"] if ready_made else asked["sustained"])
    baseline = int(asked["med_rows"]) if ready_made else length - 1
    found = rebased(
        chart.lines.y[chart.at],
        chart.of[chart.at],
        chart.stretch_count,
        baseline=baseline,
        length=length,
        members=length if ready_made else length - 1,
        least=baseline + length,
        direction=str(asked.get("direction", BOTH)),
        block=chart.run_block[chart.at],
    )
    phase, centre = (_carried(column, chart.at, chart.of) for column in (found.phase, found.centre))
    phase = np.maximum(phase, 1)  # points left out before the first that counts are in its phase
    return replace(
        chart,
        lines=replace(chart.lines, centre=centre),
        of=stretches(begins(chart.of, phase)),
        run_block=stretches(begins(chart.run_block, phase)),
        open_to_runs=chart.used & ~chart.scattered(found.in_base) & ~np.isnan(centre),
        sustained=chart.scattered(found.in_run),
    )


def _carried(column: NDArray[Any], at: Places, of: Places) -> NDArray[Any]:
    """A column of the points that take part, carried on over those that do not: a median holds until the next."""
    full = np.full(len(of), np.nan) if column.dtype.kind == "f" else np.zeros(len(of), column.dtype)
    if len(at):
        last = np.searchsorted(at, np.arange(len(of)), side="right") - 1
        there = (last >= 0) & (of[at[np.clip(last, 0, None)]] == of)
        full[there] = column[last[there]]
    return full


def _judged(chart: Chart, profile: Profile, phase: Places) -> Judged:
    flags, none = flags_of(chart, profile), np.zeros(len(chart.of), dtype=bool)
    rule, strong = named(profile, flags, chart)
    useful, longest, longest_max, crossings, least = chart.runs_and_crossings
    in_shift = flags.get(profiles.SHIFT, flags.get(profiles.SUSTAINED))
    if in_shift is None:
        in_shift = none if profiles.LONG_RUN not in flags else chart.run_length() > longest_max[chart.of]
    known = (useful > 0)[chart.of]
    return Judged(
        chart.lines.y,
        chart.lines.centre,
        chart.lines.lower,
        chart.lines.upper,
        rule >= 0,
        rule,
        strong,
        np.asarray(in_shift),
        flags.get(profiles.TREND, none),
        chart.outside,
        flags.get(profiles.TWO_IN_THREE, none),
        flags.get(profiles.INSIDE, none),
        phase,
        *(np.where(known, column[chart.of], -1) for column in (longest, longest_max, crossings, least)),
    )
