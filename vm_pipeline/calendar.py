"""Financial years, ledger periods, months and weeks: how the programme counts time.

Belongs here: pure functions on dates and period names, and the bounds of the calendar.
Does not belong here: the clock (whoever needs a time is given one), tables (warehouse).
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache
from itertools import islice
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
FULL_MONTH_NAMES = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

PERIOD = "(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])"
_APRIL, _SATURDAY = 4, 5


def is_period(text: str) -> bool:
    """Whether the text is a month, `YYYY-MM`, of the years 1900 to 2199."""
    return re.fullmatch(PERIOD, text) is not None


def month_number(period: str) -> int:
    """Months since year 0: `2022-07` is 2022 * 12 + 6. Raises ValueError when it is no month."""
    if not is_period(period):
        raise ValueError(f"{period!r} is no month: expected YYYY-MM")
    return int(period[:4]) * 12 + int(period[5:]) - 1


def period_of(number: int) -> str:
    """The month of a month number, `YYYY-MM`."""
    return f"{number // 12:04}-{number % 12 + 1:02}"


def months(first: str, last: str) -> Iterator[str]:
    """Every month from first to last, both included."""
    yield from map(period_of, range(month_number(first), month_number(last) + 1))


def first_day(period: str) -> date:
    """The first day of a month."""
    number = month_number(period)
    return date(number // 12, number % 12 + 1, 1)


def last_day(period: str) -> date:
    """The last day of a month."""
    number = month_number(period) + 1
    return date(number // 12, number % 12 + 1, 1) - timedelta(days=1)


def financial_year(day: date) -> str:
    """The financial year of a day, April to March: `2022/23`."""
    start = day.year - (day.month < _APRIL)
    return f"{start:04}/{(start + 1) % 100:02}"


def is_financial_year(text: str) -> bool:
    """Whether the text is a financial year as `financial_year` writes it: `2020/22` is none."""
    return is_period(f"{text[:4]}-04") and text == financial_year(date(int(text[:4]), _APRIL, 1))


def financial_quarter(day: date) -> int:
    """The quarter of the financial year: 1 = April to June."""
    return (ledger_period(day) + 2) // 3


def quarter_name(day: date) -> str:
    """The day's quarter as statistics name it: `Apr-Jun 2022`. Quarters of both years are the same."""
    first = (day.month - 1) // 3 * 3
    return f"{MONTH_NAMES[first]}-{MONTH_NAMES[first + 2]} {day.year}"


def ledger_period(day: date) -> int:
    """The accounting period of a day: 1 = April … 12 = March."""
    return (day.month - _APRIL) % 12 + 1


def week_start(day: date) -> date:
    """The Monday of the day's ISO week."""
    return day - timedelta(days=day.weekday())


def current_month(now: datetime) -> str:
    """The month in London at a moment (which must carry its time zone)."""
    return f"{now.astimezone(LONDON):%Y-%m}"


def is_working_day(day: date, nation: str) -> bool:
    """Monday to Friday, and no public holiday of the nation (SCT, ENG, WLS, NIR)."""
    return day.weekday() < _SATURDAY and day not in _public_holidays(nation, day.year)


def working_day(period: str, number: int, nation: str) -> date:
    """A working day of a month, 1 for the first; beyond its last one the count goes on in the next month."""
    start = first_day(period)
    days = (start + timedelta(days=later) for later in range((LAST_DAY - start).days + 1))
    return next(islice((day for day in days if is_working_day(day, nation)), number - 1, None))


@cache
def _public_holidays(nation: str, year: int) -> frozenset[date]:
    import holidays

    return frozenset(holidays.country_holidays("GB", subdiv=nation, years=year))
