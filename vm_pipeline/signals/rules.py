"""Rules on where points lie: shifts, trends, two in three, runs and crossings. Points are given without those that take
no part; `of` numbers the stretches across which nothing is carried.

Belongs here: one function a rule. Does not belong here: which rules a profile has (indicators/profiles).
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from vm_pipeline.signals.series import Flags, Floats, Places, begins, size, stretches

Sides = NDArray[np.int8]


def sides(y: Floats, centre: Floats) -> Sides:
    """1 above the centre line, -1 below, 0 on it or where one of them is not known."""
    with np.errstate(invalid="ignore"):
        return np.where(np.isnan(y - centre), 0, np.sign(y - centre)).astype(np.int8)


def runs(side: Sides, of: Places) -> tuple[Places, Places]:
    """Number and length of each point's run of neighbours on one side of one stretch."""
    if not len(side):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    run = stretches(begins(of, side))
    return run, size(run, int(run[-1]) + 1)[run]


def shift(side: Sides, of: Places, length: int, skip: bool) -> Flags:
    """Points in a run of `length` or more on one side.

    `skip`: points on the line neither break nor count, and those met before the run ends are flagged with it, as the
    Scottish run chart package does. Otherwise a point on the line ends the run.
    """
    if not skip:
        return np.asarray((runs(side, of)[1] >= length) & (side != 0))
    useful = np.flatnonzero(side)
    if not len(useful):
        return np.zeros(len(side), dtype=bool)
    flagged = np.zeros(len(side), dtype=bool)
    flagged[useful] = runs(side[useful], of[useful])[1] >= length
    last = np.searchsorted(useful, np.arange(len(side)), side="right") - 1
    there = last >= 0
    place = useful[np.clip(last, 0, None)]
    return np.asarray(flagged[place] & there & (of[place] == of))


def steady_trend(y: Floats, of: Places, length: int) -> Flags:
    """Points in `length` or more that each rise, or each fall, from the one before. A tie ends it."""
    return _marked(_steps(y, of), of, length)


def _steps(y: Floats, of: Places) -> Sides:
    step = np.zeros(len(y), dtype=np.int8)
    step[1:] = np.sign(y[1:] - y[:-1])
    step[begins(of)] = 0
    return step


def _marked(step: Sides, of: Places, length: int) -> Flags:
    """Points of runs of equal steps: a run of k steps joins k + 1 points, the first of them the one before it."""
    run, long = runs(step, of)
    there = (long >= length - 1) & (step != 0)
    marked = there.copy()
    marked[:-1] |= there[1:] & (run[1:] != run[:-1])
    return np.asarray(marked)


def trend(y: Floats, of: Places, length: int) -> Flags:
    """As `steady_trend`, but a value that repeats the last one neither breaks nor counts, and is flagged with it.

    Repeats of the first value of a stretch come before any trend, as in the Scottish run chart package.
    """
    if not len(y):
        return np.zeros(0, dtype=bool)
    fresh = begins(of, y)
    first = np.flatnonzero(fresh)
    group = stretches(fresh)
    marked = _marked(_steps(y[first], of[first]), of[first], length)[group]
    opens = begins(of[first])[group]
    repeated = np.append(~fresh[1:], False)
    return np.asarray(marked & ~(opens & repeated))


def two_in_three(near: Flags, side: Sides, of: Places, whole: bool = True) -> Flags:
    """Points near a limit that are one of two in three neighbours near it. `whole`: the third lies on its side, too."""
    count, flagged = len(near), np.zeros(len(near), dtype=bool)
    if count < 3:  # noqa: PLR2004
        return flagged
    for one in (1, -1):
        there, on_side = (near & (side == one)).astype(np.int8), side == one
        hit = (there[:-2] + there[1:-1] + there[2:] >= 2) & (of[:-2] == of[2:])  # noqa: PLR2004
        if whole:
            hit &= on_side[:-2] & on_side[1:-1] & on_side[2:]
        for ahead in range(3):
            flagged[ahead : count - 2 + ahead] |= hit & (there[ahead : count - 2 + ahead] > 0)
    return flagged


def inside(within: Flags, of: Places, length: int) -> Flags:
    """Points of `length` or more neighbours that all lie in the inner third."""
    return np.asarray((runs(within.astype(np.int8), of)[1] >= length) & within)


def longest_and_crossings(side: Sides, of: Places, block: Places, count: int) -> tuple[Places, Places, Places, Places]:
    """Per stretch: points not on the line, the longest run, how often the line is crossed, and how often it could be.

    Neither a run nor a crossing reaches from one `block` of a stretch into the next.
    """
    useful = side != 0
    side, of, block = side[useful], of[useful], block[useful]
    run, long = runs(side, block)
    longest = np.zeros(count, dtype=np.int64)
    np.maximum.at(longest, of, long)
    blocks = size(of[begins(block)], count)
    points = size(of, count)
    return points, longest, size(of[begins(run)], count) - blocks, points - blocks


def longest_run_max(useful: Places) -> Places:
    """Schilling 2012: round(log2 n) + 3, halves to even as R rounds; 0 where no point is useful."""
    with np.errstate(divide="ignore"):
        return np.where(useful > 0, np.rint(np.log2(np.maximum(useful, 1))) + 3, 0).astype(np.int64)


def crossings_min(chances: Places) -> Places:
    """Chen 2010: the 5% point of crossings, binomial with one trial of a half a chance: n - 1 for n useful points."""
    known, place = np.unique(chances, return_inverse=True)
    return np.array([_binomial_point(max(int(n), 0)) for n in known], dtype=np.int64)[place]


@lru_cache(maxsize=4096)
def _binomial_point(trials: int) -> int:
    """The smallest k with P(X <= k) >= 5% for `trials` tosses of a fair coin, in whole numbers."""
    target, found, ways = 2**trials, 0, 1  # 20 * (sum of ways) >= 2 ** trials
    reached = 20 * ways
    while reached < target:
        found += 1
        ways = ways * (trials - found + 1) // found
        reached += 20 * ways
    return found
