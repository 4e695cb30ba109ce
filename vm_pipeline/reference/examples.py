"""Made-up series of the indicators, and why some have none.

Belongs here: figures that follow from an entry alone: its worked example, direction, kind and chart.
Does not belong here: judging and drawing them (judged), entries (indicators).

Chance is `random.Random` seeded by the code, and only its draws between 0 and 1 are added and compared: no function
that a machine may round in its own way.
"""

from dataclasses import dataclass
from random import Random

from vm_pipeline.indicators.entry import Indicator
from vm_pipeline.indicators.profiles import RATES, SHARES

POINTS = 36
BETTER_FROM = 24  # places from here on are on the good side
ODD_ONE = 23  # where neither side is good, this point lies apart
_NOISE, _SHIFT, _APART = 0.1, 0.25, -0.6  # of the room that a value has
_SPARSE = 4  # the same, times this, of medians: they move by whole and half days
_SHARE_BETTER = 0.5  # of the room, of shares and rates of events

UNCHARTED = {
    "F09": "Each month holds the months before it, so its points hang together and rules of chance do not apply.",
    "F10": "It is worked out once for a declared case: there is no series.",
    "F11": "It is worked out once for a declared case: there is no series.",
    "F12": "It is worked out once for a declared case: there is no series.",
    "S06": "It is sampled, with too few waves for a chart.",
    "S07": "It counts all coaches so far: its points hang together and rules of chance do not apply.",
    "V01": "It is a class, and each month shares eleven of its twelve months with the month before.",
    "D01": "Anything but 0.00 stops the publication; there is nothing to judge by chance.",
    "D02": "It is held against a fixed threshold, not against chance.",
    "D03": "It is held against a fixed threshold, not against chance.",
    "D05": "It is read at one moment and differs between nights of one content: there is no series.",
}


@dataclass(frozen=True)
class Series:
    """Points in order. `den` is empty where the chart is not made of numerator and denominator."""

    value: tuple[float, ...]
    num: tuple[float, ...] = ()
    den: tuple[float, ...] = ()


def is_charted(one: Indicator) -> bool:
    """Whether its points are judged: by a profile, on a chart."""
    return bool(one.profile and one.chart)


def made_up(one: Indicator) -> Series:
    """POINTS points about the level of its worked example, on the good side of it after two thirds."""
    chance = Random(one.code)  # noqa: S311 - figures to look at
    if one.chart in (*SHARES, *RATES):
        return _events(one, chance)
    if one.kind == "gap":
        return Series(tuple(_days(one, place, chance) for place in range(POINTS)))
    return Series(tuple(_value(one, place, chance) for place in range(POINTS)))


def _events(one: Indicator, chance: Random) -> Series:
    """Each of the denominator's units has the event or has it not."""
    usual = one.example.denominator or 1
    den = [round(usual * (0.85 + 0.3 * chance.random())) for _ in range(POINTS)]
    num = []
    for place, units in enumerate(den):
        level = one.example.value / one.factor + _better(one, place, _SHARE_BETTER) * _room(one) / one.factor
        num.append(sum(chance.random() < level for _ in range(units)))
    value = tuple(one.factor * events / units for events, units in zip(num, den, strict=True))
    return Series(value, tuple(num), tuple(den))


def _days(one: Indicator, place: int, chance: Random) -> float:
    """Days until the next event, when each day has it with the same chance."""
    mean, days = one.example.value * (1 + _better(one, place, 1.0)), 1
    while chance.random() * mean > 1:
        days += 1
    return days


def _value(one: Indicator, place: int, chance: Random) -> float:
    sparse = _SPARSE if one.kind == "median" else 1
    noise = sum(chance.random() for _ in range(12)) - 6  # standard deviation 1
    moved = _better(one, place, _SHIFT * min(sparse, 2)) + _apart(one, place)
    return _as_counted(one, one.example.value + _room(one) * (moved + _NOISE * sparse * noise))


def _as_counted(one: Indicator, value: float) -> float:
    if one.kind == "distinct":
        return round(value)
    return max(round(2 * value) / 2, 0.0) if one.kind == "median" else value


def _room(one: Indicator) -> float:
    """How far a value can go: to 0, or to 100 if that is nearer."""
    has_top = one.unit in ("%", "0–100")
    return min(one.example.value, 100 - one.example.value) if has_top else one.example.value


def _better(one: Indicator, place: int, much: float) -> float:
    side = {"higher": 1, "lower": -1, "neutral": 0}[one.direction]
    return side * much if place >= BETTER_FROM else 0.0


def _apart(one: Indicator, place: int) -> float:
    return _APART if one.direction == "neutral" and place == ODD_ONE else 0.0
