"""What a check has to say, in the one shape that every reader of checks understands.

Belongs here: the Verdict and the wording of its numbers.
Does not belong here: measuring or judging anything (the checks), showing it (defs, cli).

A verdict travels to logs and event stores, so it carries counts, sums, providers, months, batch and rule codes and
never the content of a cell.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from vm_pipeline.display import half_up, half_up_significant

SHOWN = 50  # rows of figures a person may still read
_NAMED = 5

Figure = dict[str, str | int | float | None]


@dataclass(frozen=True)
class Verdict:
    """The outcome of one check of one subject (a feed or a table).

    `blocks`: when it fails, nothing is published. `figures` is a small table, worst first.
    """

    code: str
    subject: str
    passed: bool
    blocks: bool
    message: str
    figures: tuple[Figure, ...] = ()

    @property
    def told(self) -> str:
        """The message, and the months of providers that it speaks of: for who cannot see the figures."""
        places = [*dict.fromkeys(f"{one['provider_code']}/{one['period']}" for one in self.figures if _is_month(one))]
        if self.passed or not places:
            return self.message
        rest = len(places) - _NAMED
        more = "" if rest <= 0 else " and others" if len(self.figures) == SHOWN else f" and {rest} more"
        return f"{self.message} Where: {', '.join(places[:_NAMED])}{more}."


def _is_month(figure: Figure) -> bool:
    return bool(figure.get("provider_code") and figure.get("period"))


def worst_first(figures: Iterable[Figure], by: str) -> tuple[Figure, ...]:
    """The figures with the largest `by` (whatever its sign), as many as a person may read."""
    return tuple(sorted(figures, key=lambda figure: -abs(float(figure[by] or 0)))[:SHOWN])


def counted(number: int, thing: str, things: str = "") -> str:
    """`1 row`, `1,234 rows`."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"


def pounds(amount: Decimal) -> str:
    """`£1,234.56`, `-£0.05`."""
    return f"{'-' if amount < 0 else ''}£{abs(amount):,.2f}"


def per_cent(share: float) -> str:
    """A share of 1 as `5 %`, `12.5 %`: four significant digits at most."""
    return f"{half_up_significant(share * 100, 4).normalize():f} %"


def shown(value: float, decimals: int = 4) -> float:
    """A number as figures carry it."""
    return float(half_up(value, decimals))
