"""The rule of CHI numbers in plain Python, which recorded calls and the SQL of the package are both held against."""

from collections.abc import Callable, Sequence
from datetime import date
from enum import StrEnum

_CHI = 10


class Chi(StrEnum):
    """What can be said of a text that should be a CHI number."""

    VALID = "Valid CHI"
    MISSING = "Missing (NA)"
    BLANK = "Missing (Blank)"
    BAD_CHARACTERS = "Invalid character(s) present"
    TOO_MANY = "Too many characters"
    TOO_FEW = "Too few characters"
    BAD_DATE = "Invalid date"
    BAD_CHECKSUM = "Invalid checksum"


def _is_day(digits: str) -> bool:
    """Whether DDMMYY is a day of any century: 2000 was a leap year, so its years have every day that 1900's had."""
    try:
        date(2000 + int(digits[4:]), int(digits[2:4]), int(digits[:2]))
    except ValueError:
        return False
    return True


def modulus_11(digits: str) -> bool:
    """Whether the tenth digit completes the weighted sum (weights 10 to 2) to a multiple of 11; 10 is no digit."""
    total: int = sum(int(digit) * weight for digit, weight in zip(digits, (10, 9, 8, 7, 6, 5, 4, 3, 2, 1), strict=True))
    return total % 11 == 0


def modulus_10(digits: str) -> bool:
    """Whether the tenth digit completes the Luhn sum: from the ninth leftwards every second digit counts double."""
    doubled = sum(sum(map(int, str(2 * int(digit)))) for digit in digits[8::-2])
    return (doubled + sum(map(int, digits[9::-2]))) % 10 == 0


CheckDigit = Callable[[str], bool]
CHECK_DIGITS: tuple[CheckDigit, ...] = (modulus_11, modulus_10)


def check_chi(text: str | None, check_digits: Sequence[CheckDigit] = CHECK_DIGITS) -> Chi:
    """Whether ten digits are a CHI number: a day of birth DDMMYY, a serial number, a check digit.

    Numbers issued before August 2026 keep Modulus 11 alone; later ones may keep Modulus 10 instead.
    """
    if text is None:
        return Chi.MISSING
    if not text:
        return Chi.BLANK
    if not (text.isascii() and text.isdigit()):
        return Chi.BAD_CHARACTERS
    if len(text) != _CHI:
        return Chi.TOO_MANY if len(text) > _CHI else Chi.TOO_FEW
    if not _is_day(text[:6]):
        return Chi.BAD_DATE
    return Chi.VALID if any(completes(text) for completes in check_digits) else Chi.BAD_CHECKSUM
