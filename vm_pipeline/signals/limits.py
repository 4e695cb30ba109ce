"""Centre lines and limits of the control charts, for all stretches at once.

Belongs here: one function a chart: what it plots, its centre, its limits.
Does not belong here: which points make them (judge), rules on what lies where (rules).

Formulas: Montgomery, Introduction to Statistical Quality Control, chapters 6 and 7; Laney 2002 for p′ and u′; Nelson
1982 for leaving out large moving ranges. Constants: 1.128 = d2 and 3.267 = D4 of two points; 2.66 = 3 / 1.128 as NHS
England rounds it. Where nothing is known the figures are NaN.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from vm_pipeline.signals.series import Flags, Floats, Places, begins, mean, median, total

D2, D4 = 1.128, 3.267
_SAME_SCALE = 1e-9
T_POWER = 3.6  # Nelson 1994: times between events are near to normal after this root


@dataclass(frozen=True)
class Plotted:
    """What a chart is made of. `base` says which points make centre and limits, `used` which take part at all; `of` is
    each point's stretch, of `count`; nothing is carried from one `block` of a stretch to the next.
    """

    y: Floats
    num: Floats
    den: Floats
    base: Flags
    used: Flags
    of: Places
    block: Places
    count: int


@dataclass(frozen=True)
class Lines:
    """Per point: what is plotted, its centre, its limits, and how many thirds of the way to a limit it lies."""

    y: Floats
    centre: Floats
    lower: Floats
    upper: Floats
    thirds: Floats


def moving_ranges(values: Floats, chart: Plotted, screen: bool) -> Floats:
    """The mean moving range of each stretch, large ones left out once where they are screened.

    NaN where it is 0: of points that hardly ever move, all but a few would lie outside limits of no width.
    """
    base = np.flatnonzero(chart.base)
    of, ranges = chart.of[base], np.full(len(base), np.nan)
    ranges[1:] = np.abs(np.diff(values[base]))
    known = ~begins(chart.block[base]) & ~np.isnan(ranges)
    of, ranges = of[known], ranges[known]
    average = mean(ranges, of, chart.count)
    if screen:
        kept = ranges < D4 * average[of]
        average = mean(ranges[kept], of[kept], chart.count)
    return np.where(average > 0, average, np.nan)


def _of_base(chart: Plotted, values: Floats, statistic: Callable[[Floats, Places, int], Floats]) -> Floats:
    used = chart.base & ~np.isnan(values)
    return statistic(values[used], chart.of[used], chart.count)


def _around(y: Floats, centre: Floats, sigma: Floats) -> Lines:
    return Lines(y, centre, centre - 3 * sigma, centre + 3 * sigma, _thirds(y - centre, sigma))


def _thirds(distance: Floats, sigma: Floats) -> Floats:
    """To nine digits: of 36 patients 12 and 24 lie as far from 18, and only one of them beyond to the last bit."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.round(np.abs(distance) / sigma, 9)


def run(chart: Plotted, screen: bool) -> Lines:
    """The median, no limits."""
    centre = _of_base(chart, chart.y, median)[chart.of]
    none = np.full(len(centre), np.nan)
    return Lines(chart.y, centre, none, none, none)


def individuals(chart: Plotted, screen: bool) -> Lines:
    """Mean, and three times the mean moving range over 1.128."""
    centre = _of_base(chart, chart.y, mean)[chart.of]
    return _around(chart.y, centre, moving_ranges(chart.y, chart, screen)[chart.of] / D2)


def xmr(chart: Plotted, screen: bool) -> Lines:
    """Mean, and 2.66 times the mean moving range, as NHS England's Making Data Count has it."""
    centre = _of_base(chart, chart.y, mean)[chart.of]
    reach = 2.66 * moving_ranges(chart.y, chart, screen)[chart.of]
    return Lines(chart.y, centre, centre - reach, centre + reach, _thirds(chart.y - centre, reach / 3))


def moving_range(chart: Plotted, screen: bool) -> Lines:
    """Each point's distance from the one before it that takes part; upper limit 3.267 times their mean."""
    ranges, at = np.full(len(chart.y), np.nan), np.flatnonzero(chart.used)
    ranges[at[1:]] = np.abs(np.diff(chart.y[at]))
    ranges[at[begins(chart.block[at])]] = np.nan
    centre = _of_base(chart, ranges, mean)[chart.of]
    upper = D4 * centre
    return Lines(ranges, centre, np.zeros(len(centre)), upper, _thirds(ranges - centre, (upper - centre) / 3))


def _rate(chart: Plotted, scale: Floats | float = 1.0) -> Floats:
    """One division, as a point's own value is: where all points are the same, so is their rate, to the bit.

    Events over nothing are no point, so they are in no rate.
    """
    used = chart.base & ~np.isnan(chart.num) & ~np.isnan(chart.den) & (chart.den != 0)
    of = chart.of[used]
    with np.errstate(invalid="ignore", divide="ignore"):
        return scale * total(chart.num[used], of, chart.count) / total(chart.den[used], of, chart.count)


def _spread(chart: Plotted, y: Floats, centre: Floats, sigma: Floats, screen: bool) -> Floats:
    """Laney's factor per stretch: how much more the points vary than the model says.

    1 where they do not vary at all: a year of 0% that becomes 20% lies outside the limits of counting.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        z = (y - centre) / sigma
    factor = moving_ranges(z, chart, screen) / D2
    return np.where(np.isnan(factor), 1.0, factor)[chart.of]


def _clipped(lines: Lines, top: float = np.inf) -> Lines:
    """Limits no figure can pass: 0 below, `top` above; and none at all where the denominator is 0."""
    lower, upper = (np.where(np.isfinite(limit), limit, np.nan) for limit in (lines.lower, lines.upper))
    return Lines(lines.y, lines.centre, np.clip(lower, 0, None), np.clip(upper, None, top), lines.thirds)


def _share(chart: Plotted) -> tuple[Floats, Floats, Floats]:
    with np.errstate(invalid="ignore", divide="ignore"):
        y = np.where(chart.den == 0, np.nan, chart.num / chart.den)
        centre = _rate(chart)[chart.of]
        return y, centre, np.sqrt(centre * (1 - centre) / chart.den)


def proportions(chart: Plotted, screen: bool) -> Lines:
    """Shares of 0 to 1: σ = √(p̄(1 − p̄) / n)."""
    return _clipped(_around(*_share(chart)), 1.0)


def proportions_prime(chart: Plotted, screen: bool) -> Lines:
    """Laney's p′: σ of the p chart times the spread of its z values."""
    y, centre, sigma = _share(chart)
    return _clipped(_around(y, centre, sigma * _spread(chart, y, centre, sigma, screen)), 1.0)


def _events(chart: Plotted) -> tuple[Floats, Floats, Floats]:
    """Rates may be given in another scale than num / den (for each 1,000 bed days): limits follow the scale."""
    with np.errstate(invalid="ignore", divide="ignore"):
        plain = np.where(chart.den == 0, np.nan, chart.num / chart.den)
        used = chart.base & ~np.isnan(chart.y) & ~np.isnan(plain)
        of = chart.of[used]
        found = total(chart.y[used] * chart.den[used], of, chart.count) / total(chart.num[used], of, chart.count)
        by_phase = np.where(np.isfinite(found) & (np.abs(found - 1) > _SAME_SCALE), np.round(found, 9), 1.0)
        scale, centre = by_phase[chart.of], _rate(chart, by_phase)[chart.of]
        y = np.where(np.isnan(chart.y), plain * scale, chart.y)
        return y, centre, np.sqrt(centre * scale / chart.den)


def rates(chart: Plotted, screen: bool) -> Lines:
    """Events for each unit of exposure: σ = √(ū / n)."""
    return _clipped(_around(*_events(chart)))


def rates_prime(chart: Plotted, screen: bool) -> Lines:
    """Laney's u′: σ of the u chart times the spread of its z values."""
    y, centre, sigma = _events(chart)
    return _clipped(_around(y, centre, sigma * _spread(chart, y, centre, sigma, screen)))


def counts(chart: Plotted, screen: bool) -> Lines:
    """Events: σ = √c̄."""
    centre = _of_base(chart, chart.y, mean)[chart.of]
    with np.errstate(invalid="ignore"):
        return _clipped(_around(chart.y, centre, np.sqrt(centre)))


def between_events(chart: Plotted, screen: bool) -> Lines:
    """Cases between rare events: σ = √(ḡ(ḡ + 1)) around the mean; the centre line drawn is the median."""
    average = _of_base(chart, chart.y, mean)[chart.of]
    with np.errstate(invalid="ignore"):
        lines = _clipped(_around(chart.y, average, np.sqrt(average * (average + 1))))
    return Lines(lines.y, _of_base(chart, chart.y, median)[chart.of], lines.lower, lines.upper, lines.thirds)


def time_between(chart: Plotted, screen: bool) -> Lines:
    """Time between rare events: an individuals chart of its 3.6th root, carried back.

    Thirds stay those of the root: carried back, the lower limit is far nearer to the centre than the upper.
    """
    with np.errstate(invalid="ignore"):
        root = replace(chart, y=np.where(chart.y > 0, chart.y, np.nan) ** (1 / T_POWER))
        lines = individuals(root, screen)
        lower = np.where(lines.lower > 0, lines.lower, 0) ** T_POWER
        back = [column**T_POWER for column in (lines.centre, lines.upper)]
    # There and back a figure loses its last bits: a point on the line of the roots lies on the line drawn.
    centre = np.where(lines.y == lines.centre, chart.y, back[0])
    return Lines(chart.y, centre, np.where(np.isnan(lines.lower), np.nan, lower), back[1], lines.thirds)


CHARTS: dict[str, Callable[[Plotted, bool], Lines]] = {
    "run": run,
    "i": individuals,
    "xmr": xmr,
    "mr": moving_range,
    "p": proportions,
    "pp": proportions_prime,
    "u": rates,
    "up": rates_prime,
    "c": counts,
    "g": between_events,
    "t": time_between,
}
