"""Identifiers of people: what they look like, and how one is told from a number that only looks like it.

Belongs here: shapes, check digits and chances, as data and as pure functions.
Does not belong here: looking through a batch (staging/personal), what follows from a find (settings, staging).

Sources: the published rules of the CHI number (Modulus 11; from August 2026 Modulus 10, the Luhn sum, too), of the
NHS number (Modulus 11), of National Insurance numbers and of postcodes. No list of real ones is needed or kept.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date
from enum import StrEnum

_CHI = 10
_POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][0-9A-Z]?)([0-9][A-Z]{2})", re.ASCII)


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


def pad_chi(text: str) -> str:
    """Nine digits with the zero a spreadsheet took from them; anything else as it is."""
    return text.zfill(_CHI) if re.fullmatch("[0-9]{9}", text) else text


def postcode(text: str, form: str = "pc7") -> str | None:
    """A postcode in one of the two usual forms, or None where the text is none. Raises ValueError for other forms.

    `pc7` pads the outward part to four characters (`G2  6QE`, `AB245QH`), `pc8` parts both by one blank (`AB24 5QH`).
    """
    if form not in ("pc7", "pc8"):
        raise ValueError(f"found form {form!r}, expected pc7 or pc8")
    found = _POSTCODE.fullmatch("".join(text.upper().split()))
    if not found:
        return None
    outward, inward = found.groups()
    return f"{outward:<4}{inward}" if form == "pc7" else f"{outward} {inward}"
