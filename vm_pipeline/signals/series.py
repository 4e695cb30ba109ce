"""Points of many series in order, and sums, means and medians over stretches of them.

Belongs here: ordering, stretches (neighbouring rows that belong together), statistics of a stretch.
Does not belong here: what a chart or a rule makes of them.

A stretch is named by a whole number that grows down the rows. Sums run from the first row to the last, so the same
points give the same bits in whatever order they came.
"""

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Places = NDArray[np.int64]


@dataclass(frozen=True)
class Points:
    """Columns of equal length, one row a point.

    `series` names the series and `order` its place in it; `num`, `den` and `value` are NaN where they are not known.
    `excluded` points (provisional, paused) are drawn and judged by nobody: they neither break a run nor count in it.
    `gap` says that nothing may be carried into the point from before it; `phase` that a new centre begins with it;
    `baseline` which points make centre and limits, in phases that have such points (all of them elsewhere).
    """

    series: NDArray[Any]
    order: NDArray[Any]
    num: Floats
    den: Floats
    value: Floats
    excluded: Flags
    gap: Flags
    phase: Flags
    baseline: Flags

    def __len__(self) -> int:
        return len(self.series)


def points(
    series: NDArray[Any],
    order: NDArray[Any],
    value: Any,
    num: Any = None,
    den: Any = None,
    excluded: Any = None,
    gap: Any = None,
    phase: Any = None,
    baseline: Any = None,
) -> Points:
    """Points of columns some of which are not there."""
    count = len(series)

    def numbers(given: Any) -> Floats:
        return np.full(count, np.nan) if given is None else np.asarray(given, dtype=np.float64)

    def flags(given: Any) -> Flags:
        return np.zeros(count, dtype=bool) if given is None else np.asarray(given, dtype=bool)

    return Points(
        np.asarray(series),
        np.asarray(order),
        numbers(num),
        numbers(den),
        numbers(value),
        flags(excluded),
        flags(gap),
        flags(phase),
        flags(baseline),
    )


def in_order(given: Points) -> Places:
    """The rows by series and order, ties as they came."""
    return np.lexsort((given.order, given.series))


def some(given: Points, rows: Places) -> Points:
    """Some of the points, in the order asked."""
    return replace(given, **{one.name: getattr(given, one.name)[rows] for one in fields(given)})


def begins(*columns: NDArray[Any]) -> Flags:
    """Whether a row differs from the one before it in any column."""
    count = len(columns[0])
    first = np.zeros(count, dtype=bool)
    if count:
        first[0] = True
    for column in columns:
        first[1:] |= column[1:] != column[:-1]
    return first


def stretches(first: Flags) -> Places:
    """The number of each row's stretch: 0, 1, 2 …, where `first` marks where one begins."""
    return np.cumsum(first, dtype=np.int64) - 1


def total(values: Floats, of: Places, count: int) -> Floats:
    """The sum of each stretch; 0 where it has no row."""
    return np.asarray(np.bincount(of, weights=values, minlength=count), dtype=np.float64)


def size(of: Places, count: int) -> Places:
    """The rows of each stretch."""
    return np.bincount(of, minlength=count).astype(np.int64)


def mean(values: Floats, of: Places, count: int) -> Floats:
    """The mean of each stretch, NaN where it has no row. Taken twice, as R does: the second mends the first."""
    rows = size(of, count)
    with np.errstate(invalid="ignore", divide="ignore"):
        first = total(values, of, count) / rows
        return first + total(values - first[of], of, count) / rows


def median(values: Floats, of: Places, count: int) -> Floats:
    """The median of each stretch, NaN where it has no row."""
    rows = size(of, count)
    if not len(values):
        return np.full(count, np.nan)
    ranked = values[np.lexsort((values, of))]
    start = np.cumsum(rows) - rows
    low, high = start + (rows - 1) // 2, start + rows // 2
    last = len(values) - 1
    middle = (ranked[np.clip(low, 0, last)] + ranked[np.clip(high, 0, last)]) / 2
    return np.where(rows > 0, middle, np.nan)
