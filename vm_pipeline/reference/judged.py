"""The charts of the pages: series judged by the engine as the nightly run judges them, then drawn.

Belongs here: which series has a chart, its file, its place in a page.
Does not belong here: the figures of a series (examples, rules), the drawing (chart), the judging (signals).
"""

from typing import TYPE_CHECKING

from vm_pipeline.indicators.entry import Indicator
from vm_pipeline.indicators.profiles import PROFILES, SHARES, Profile
from vm_pipeline.reference.chart import Judged, draw
from vm_pipeline.reference.examples import Series, made_up

if TYPE_CHECKING:
    from vm_pipeline.signals.judge import Judged as Found
    from vm_pipeline.signals.series import Floats

FOLDER = "charts"
LEGEND = (
    "In the charts the solid blue line is the centre line, the dashed red lines are the limits (run charts have none)."
    " Grey points are no signal, large red ones are signals of tier A, orange rings of tier B."
)


def image(name: str, says: str) -> str:
    """A chart in a page."""
    return f"\n![{says}]({FOLDER}/{name}.svg)"


def of_indicator(one: Indicator) -> str:
    """The made-up series of an indicator, judged by its profile on its chart, in its unit."""
    scale = one.factor if one.chart in SHARES else 1  # these are judged as shares of 1
    title = f"{one.code} {one.name}, {one.unit} ({one.chart} chart, {one.profile})"
    told = not set(one.grains) <= set(one.hangs_together)
    return _drawn(title, made_up(one), PROFILES[one.profile], one.chart, scale, told)


def of_values(name: str, values: tuple[float, ...], profile: str) -> str:
    """Plain values judged by a profile on its own chart."""
    chosen = PROFILES[profile]
    title = name if name == profile else f"{name}, {profile}"
    return _drawn(f"{title} ({chosen.chart} chart)", Series(values), chosen, chosen.chart)


def _drawn(title: str, series: Series, profile: Profile, chart: str, scale: float = 1, told: bool = True) -> str:
    import numpy as np

    from vm_pipeline.signals.judge import judge
    from vm_pipeline.signals.series import points

    count = len(series.value)
    values = np.array(series.value, dtype=np.float64)
    found = judge(
        points(np.zeros(count), np.arange(count), values, series.num or None, series.den or None), profile, chart
    )
    lines = (found.value, found.centre_line, found.lower_limit, found.upper_limit)
    value, centre, lower, upper = (_known(line * scale) for line in lines)
    labels = [str(place + 1) for place in range(count)]
    return draw(title, Judged(labels, value, centre, lower, upper, _tiers(found) if told else [""] * count))


def _known(line: "Floats") -> list[float | None]:
    """NaN is nothing to draw."""
    return [value if value == value else None for value in line.tolist()]  # noqa: PLR0124 - NaN is not itself


def _tiers(found: "Found") -> list[str]:
    """`A` or `B` where a point signals."""
    return [
        ("A" if strong else "B") if signal else "" for signal, strong in zip(found.signal, found.strong, strict=True)
    ]
