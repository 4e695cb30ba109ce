"""A run or control chart as SVG: points, centre line, limits, and the points that signal.

Belongs here: the drawing of one series that was judged already.
Does not belong here: judging it (signals), which series is shown (the pages).

Numbers are written with two decimals, so the same series gives the same bytes on any machine.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from math import ceil, floor

WIDTH, HEIGHT = 720, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 16, 34, 30
_TICKS = 5
_MARGIN = 0.08  # of the range of values, above and below
_SIDES = (-0.5, 0.5)  # of a point
_NOWHERE = ("", "")
_STYLE = """\
<style>
svg { font: 12px sans-serif; fill: #333 } .paper { fill: #fff }
.grid { stroke: #e6e6e6 } .line { fill: none; stroke: #7a8793; stroke-width: 1.3 }
.centre { fill: none; stroke: #1f4e79; stroke-width: 1.5 } .limit { fill: none; stroke: #a34; stroke-dasharray: 5 4 }
.point { fill: #5b6770 } .point.A { fill: #c0392b } .point.B { fill: #fff; stroke: #b45f06; stroke-width: 2 }
.point.out { fill: #fff; stroke: #5b6770 }
.title { font-weight: bold } .small { font-size: 10px; fill: #666 }
</style>"""


@dataclass(frozen=True)
class Judged:
    """One series in order. `tiers` has `A` or `B` where a point signals, `out` where it takes no part, else nothing."""

    labels: Sequence[str]
    values: Sequence[float | None]
    centre: Sequence[float | None]
    lower: Sequence[float | None]
    upper: Sequence[float | None]
    tiers: Sequence[str]


def draw(title: str, series: Judged) -> str:
    """The chart as one SVG document."""
    scale = _Scale(series)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f"<title>{escape(title)}</title>",
        _STYLE,
        f'<rect class="paper" width="{WIDTH}" height="{HEIGHT}"/>',
        f'<text class="title" x="{_LEFT}" y="18">{escape(title)}</text>',
        *scale.grid(),
        *_steps("limit", scale, series.lower),
        *_steps("limit", scale, series.upper),
        *_steps("centre", scale, series.centre),
        *_lines(scale, series.values),
        *_points(scale, series),
        *_labels(scale, series.labels),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


class _Scale:
    """From places and values to the drawing's units."""

    def __init__(self, series: Judged) -> None:
        every = (series.values, series.centre, series.lower, series.upper)
        known = [value for column in every for value in column if value is not None] or [0.0]
        spread = (max(known) - min(known)) or 1.0
        self.bottom, self.top = min(known) - _MARGIN * spread, max(known) + _MARGIN * spread
        self.count = len(series.values)

    def x(self, place: float) -> float:
        return _LEFT + (place + 0.5) * (WIDTH - _LEFT - _RIGHT) / max(self.count, 1)

    def y(self, value: float) -> float:
        return _TOP + (self.top - value) * (HEIGHT - _TOP - _BOTTOM) / (self.top - self.bottom)

    def grid(self) -> Iterator[str]:
        """Level lines at round values, each with its value."""
        step = _round_step((self.top - self.bottom) / _TICKS)
        digits = max(0, -step.adjusted())
        for tick in range(ceil(self.bottom / float(step)), floor(self.top / float(step)) + 1):
            y = self.y(tick * float(step))
            yield f'<path class="grid" d="M{_LEFT} {y:.2f}H{WIDTH - _RIGHT}"/>'
            said = f"{tick * step:,.{digits}f}"
            yield f'<text class="small" x="{_LEFT - 6}" y="{y + 3:.2f}" text-anchor="end">{said}</text>'


def _round_step(least: float) -> Decimal:
    """The smallest of 1, 2, 5, 10, 20 … and their tenths that is not below `least`."""
    power = Decimal(1).scaleb(Decimal(repr(least)).adjusted())
    return next(times * power for times in (1, 2, 5, 10) if float(times * power) >= least)


def _lines(scale: _Scale, values: Sequence[float | None]) -> Iterator[str]:
    """The points joined; a missing one leaves a gap."""
    for run in _runs(values):
        points = " ".join(f"{scale.x(place):.2f},{scale.y(value):.2f}" for place, value in run)
        yield f'<polyline class="line" points="{points}"/>'


def _steps(kind: str, scale: _Scale, levels: Sequence[float | None]) -> Iterator[str]:
    """A line that stays level across each point and steps between points."""
    for run in _runs(levels):
        corners = [(f"{scale.x(place + side):.2f}", f"{scale.y(level):.2f}") for place, level in run for side in _SIDES]
        neighbours = zip([_NOWHERE, *corners], corners, [*corners[1:], _NOWHERE], strict=False)
        bends = [here for before, here, after in neighbours if not before[1] == here[1] == after[1]]
        yield f'<polyline class="{kind}" points="{" ".join(map(",".join, bends))}"/>'


def _runs(values: Sequence[float | None]) -> Iterator[list[tuple[int, float]]]:
    run: list[tuple[int, float]] = []
    for place, value in enumerate((*values, None)):
        if value is not None:
            run.append((place, value))
        elif run:
            yield run
            run = []


def _points(scale: _Scale, series: Judged) -> Iterator[str]:
    for place, (value, tier) in enumerate(zip(series.values, series.tiers, strict=True)):
        if value is not None:
            x, y, radius = scale.x(place), scale.y(value), 4 if tier in ("A", "B") else 2.6
            yield f'<circle class="point {tier}" cx="{x:.2f}" cy="{y:.2f}" r="{radius}"/>'


def _labels(scale: _Scale, labels: Sequence[str]) -> Iterator[str]:
    every = max(1, -(-len(labels) // 12))
    for place in range(0, len(labels), every):
        x = scale.x(place)
        yield f'<text class="small" x="{x:.2f}" y="{HEIGHT - 10}" text-anchor="middle">{escape(labels[place])}</text>'
