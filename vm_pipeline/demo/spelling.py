"""How a board spells amounts, dates, moments and codes.

Belongs here: one function a kind of value, from the value and the board's habits to the text it sends.
Does not belong here: reading such text back (the pipeline's staging), which columns there are (the feeds).
"""

from datetime import date, datetime
from random import Random

from vm_pipeline.calendar import LONDON, MONTH_NAMES
from vm_pipeline.demo.chance import happens
from vm_pipeline.demo.programme import Habits

_UNTIDY = 0.004


def pounds(pence: int) -> str:
    """Plain pounds, `-1234.56`."""
    return f"{'-' if pence < 0 else ''}{abs(pence) // 100}.{abs(pence) % 100:02}"


def hundredths(value: int | None) -> str:
    """A number kept in hundredths, `0.85`; nothing for None."""
    return "" if value is None else pounds(value)


def amount(pence: int, habits: Habits) -> str:
    """An amount as the board's ledger prints it: a credit is negative, in brackets, marked CR or `12.34-`."""
    plain = pounds(abs(pence))
    grouped = f"{abs(pence) // 100:,}.{abs(pence) % 100:02}"
    credit = pence < 0
    match habits.amounts:
        case "brackets":
            return f"({grouped})" if credit else grouped
        case "cr_dr":
            return plain + ("CR" if credit else "DR")
        case "pound_trailing_minus":
            return f"£{grouped}" + ("-" if credit else "")
        case "minus":
            return pounds(pence)


def day(value: date, habits: Habits) -> str:
    """A date: `2021-03-04`, `04/03/2021` or `04-Mar-2021`."""
    match habits.dates:
        case "slashes":
            return f"{value.day:02}/{value.month:02}/{value.year}"
        case "month_name":
            return f"{value.day:02}-{MONTH_NAMES[value.month - 1]}-{value.year}"
        case "iso":
            return value.isoformat()


def moment(value: date | None, habits: Habits) -> str:
    """A day or a moment, always ISO; nothing for None. One board's system adds the offset of the day."""
    if not isinstance(value, datetime):
        return value.isoformat() if value else ""
    match habits.timestamps:
        case "offset":
            return value.replace(tzinfo=LONDON).isoformat()
        case "space":
            return value.isoformat(" ")
        case "t":
            return value.isoformat(timespec="minutes")


def untidy(code: str, rng: Random, habits: Habits) -> str:
    """A code, now and then in lower case with a blank behind it where the board is not tidy."""
    return f"{code.lower()} " if habits.untidy_codes and happens(rng, _UNTIDY) else code
