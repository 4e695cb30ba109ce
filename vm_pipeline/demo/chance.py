"""Chance that comes out the same on every machine.

Belongs here: streams of random numbers by name, and draws made of additions, multiplications and comparisons only.
Does not belong here: anything that takes a logarithm or a sine (their last digit differs between machines), `hash()`.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import accumulate, pairwise
from random import Random

_THICKNESS = 4  # trials for each event expected: near enough to a Poisson count
_MINUTES = 24 * 60


def stream(seed: int, *names: str) -> Random:
    """The random stream of one thing, for example a board, a feed and a month; independent of every other."""
    return Random("/".join((str(seed), *names)))  # noqa: S311 - repeatable on purpose, guards no secret


def happens(rng: Random, probability: float) -> bool:
    """True with a probability of 0 to 1."""
    return rng.random() < probability


def count(rng: Random, mean: float) -> int:
    """How often something happens that happens `mean` times on average."""
    trials = int(_THICKNESS * mean) + 1
    return sum(rng.random() < mean / trials for _ in range(trials))


def wobble(rng: Random, width: float) -> float:
    """A factor around 1, at most `width` away from it and mostly much nearer."""
    return 1 + width * (rng.random() + rng.random() - 1)


def skewed(rng: Random, mean: float) -> float:
    """A positive number with many small values and a long tail, up to four times its mean."""
    return 4 * mean * rng.random() * rng.random()


def likely(rng: Random, options: Sequence[str]) -> str:
    """One of several, the first ones much more often."""
    return options[int(len(options) * rng.random() * rng.random())]


def apportion(total: int, weights: Iterable[float]) -> list[int]:
    """Whole parts in proportion to weights that sum exactly to the total (of either sign)."""
    marks = list(accumulate(weights))
    edges = [0, *(round(total * (mark / marks[-1])) for mark in marks)]
    return [upper - lower for lower, upper in pairwise(edges)]


def split(rng: Random, total: int, parts: int) -> list[int]:
    """A total in so many uneven whole parts."""
    return apportion(total, [1 + rng.random() for _ in range(parts)])


def quota(rng: Random, size: int, share: float) -> list[bool]:
    """`size` answers of which exactly `share`, to the nearest whole one, are true; in random order."""
    wanted = round(size * share)
    answers = [True] * wanted + [False] * (size - wanted)
    rng.shuffle(answers)
    return answers


def moment_of(rng: Random, day: date, first_hour: int = 0, last_hour: int = 24) -> datetime:
    """A minute of a day between two hours."""
    minute = rng.randrange(first_hour * 60, min(last_hour * 60, _MINUTES))
    return datetime(day.year, day.month, day.day) + timedelta(minutes=minute)
