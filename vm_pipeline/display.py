"""How a figure is shown: rounded half up, the way health statistics are published.

Belongs here: the rounding rule, for Python. `sql/macros` has the same rule for queries on the warehouse.
Does not belong here: computing a figure. The warehouse keeps full precision; what is rounded is never computed with.

Half up is half away from zero: 2.5 is shown as 3, -2.5 as -3. Neither `round` (half to even) nor formatting does that.
"""

import math
from decimal import Decimal
from fractions import Fraction

Exact = int | Decimal | Fraction

# A double one hair below a half was meant as the half: 0.285 is stored as 0.28499999999999998. The hair is that of
# the Scottish methods package whose recorded calls the tests repeat: the square root of the doubles' precision.
HAIR = math.sqrt(math.ulp(1.0))


def half_up(value: float, decimals: int = 0) -> Decimal:
    """A double rounded half up, as an exact decimal. `decimals` may be negative: -2 rounds to hundreds.

    For what exists only as a double (a median, a centre line). A ratio has its parts: see half_up_ratio.
    Raises ValueError for NaN and infinities.
    """
    if not math.isfinite(value):
        raise ValueError(f"found {value}, expected a number that can be shown")
    return _signed(math.trunc(abs(value) * 10.0**decimals + 0.5 + HAIR), value < 0, decimals)


def half_up_ratio(numerator: Exact, denominator: Exact | None, factor: int = 1, decimals: int = 0) -> Decimal | None:
    """`factor` x numerator / denominator rounded half up, decided on whole numbers: no double comes in between.

    None where the denominator is zero or missing: there is no such ratio.
    """
    if not denominator:
        return None
    exact = Fraction(numerator) * factor / Fraction(denominator)
    return _signed(math.floor(abs(exact) * Fraction(10) ** decimals + Fraction(1, 2)), exact < 0, decimals)


def half_up_significant(value: float, digits: int = 1) -> Decimal:
    """A double rounded half up to so many significant digits. Raises ValueError as half_up does."""
    if value == 0 or not math.isfinite(value):
        return half_up(value)
    return half_up(value, digits - math.ceil(math.log10(abs(value))))


def _signed(steps: int, negative: bool, decimals: int) -> Decimal:
    """So many steps of 10^-decimals, with every decimal asked for and none of the zeros' signs."""
    found = Decimal(-steps if negative else steps).scaleb(-decimals)
    return found if decimals >= 0 else found.quantize(Decimal(1))
