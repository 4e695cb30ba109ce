"""Medians that are taken anew after a sustained run: run charts that rebase themselves.

Belongs here: finding the first sustained run after a place, for all series at once, and going on from there.
Does not belong here: runs that only flag (rules).

Each round looks at every series that still has points to look at, so there are as many rounds as the series with the
most phases has phases.
"""

from dataclasses import dataclass

import numpy as np

from vm_pipeline.signals.rules import runs, sides
from vm_pipeline.signals.series import Flags, Floats, Places, begins, size

ABOVE, BELOW, BOTH = "above", "below", "both"


@dataclass(frozen=True)
class Sustained:
    """Per point: the median in force, whether it is made of the point, whether a run that made one is, its phase."""

    centre: Floats
    in_base: Flags
    in_run: Flags
    phase: Places


def rebased(
    y: Floats,
    of: Places,
    count: int,
    *,
    baseline: int,
    length: int,
    members: int,
    least: int,
    direction: str,
    block: Places | None = None,
) -> Sustained:
    """Medians of the first `baseline` points, then of the first `members` of each run of `length` on one side.

    `y` are the points of all series that take part, in order; `of` numbers the series. The search goes on after the
    last member. A series of fewer than `least` points keeps its first median, one of fewer than `baseline` has none.
    No run reaches from one `block` of a series into the next.
    """
    rows = size(of, count)
    ends = np.cumsum(rows)
    found = Sustained(*(np.full(len(y), empty) for empty in (np.nan, False, False, 0)))
    alive = np.flatnonzero(rows >= baseline)
    first = (ends - rows)[alive, None] + np.arange(baseline)
    after, centre = np.zeros(count, dtype=np.int64), np.full(count, np.nan)
    after[alive], centre[alive] = first[:, -1], _take(y, first, ends[alive], found)
    alive = alive[rows[alive] >= least]
    while length and len(alive):
        places = _ranges(after[alive] + 1, ends[alive])
        run = _first_runs(y, of, of if block is None else block, places, centre, length, direction)
        alive = of[run[:, 0]]
        after[alive] = run[:, members - 1]
        centre[alive] = _take(y, run[:, :members], ends[alive], found)
        found.in_run[run.ravel()] = True
    return found


def _ranges(start: Places, end: Places) -> Places:
    """All rows from each start to before its end."""
    long = np.maximum(end - start, 0)
    skipped = np.repeat(np.cumsum(long) - long, long)
    return np.asarray(np.arange(int(long.sum())) - skipped + np.repeat(start, long))


def _first_runs(
    y: Floats, of: Places, block: Places, places: Places, centre: Floats, length: int, direction: str
) -> Places:
    """Rows of the first run of `length` among `places`, one line a series that has one."""
    side = sides(y[places], centre[of[places]])
    useful, side = places[side != 0], side[side != 0]
    if not len(useful):
        return np.zeros((0, length), dtype=np.int64)
    run, _ = runs(side, block[useful])
    rank = np.arange(len(useful)) - np.flatnonzero(begins(run))[run]
    wanted = {ABOVE: side > 0, BELOW: side < 0, BOTH: side != 0}[direction]
    closing = np.flatnonzero((rank == length - 1) & wanted)
    first = closing[begins(of[useful[closing]])]
    return np.asarray(useful[first[:, None] + np.arange(1 - length, 1)])


def _take(y: Floats, members: Places, ends: Places, found: Sustained) -> Floats:
    """Write a phase of each series, from its first member to the end of the series. Returns the medians."""
    medians = np.median(y[members], axis=1) if len(members) else np.zeros(0)
    rest = _ranges(members[:, 0], ends)
    found.centre[rest] = np.repeat(medians, ends - members[:, 0])
    found.phase[rest] += 1
    found.in_base[rest] = False
    found.in_base[_ranges(members[:, 0], members[:, -1] + 1)] = True
    return medians
