"""What a cell may look like, read a second time: written from feeds.md with Decimal, datetime and zoneinfo.

Belongs here: one reader a value type that gives the value, or None where the spelling is not accepted.
Does not belong here: anything of vm_pipeline.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
YEARS = range(1900, 2200)
NUMBER = re.compile(r"(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]{1,2})?")
SIGNS = {"{}": 1, "-{}": -1, "{}-": -1, "({})": -1, "{}CR": -1, "{}DR": 1}
MONTHS = {f"{date(2000, month, 1):%b}".lower(): month for month in range(1, 13)}
PENNIES = Decimal("0.01")


def money(cell: str) -> Decimal | None:
    """One sign mark at most; a pound sign before it or before the digits."""
    for mark, sign in SIGNS.items():
        before, after = mark.split("{}")
        for start in (before, "£" + before, before + "£"):
            digits = cell[len(start) : len(cell) - len(after)]
            if cell == start + digits + after and NUMBER.fullmatch(digits):
                value = Decimal(digits.replace(",", "")).quantize(PENNIES) if len(digits) < 25 else huge(digits)
                return sign * value if value is not None and value < 10**16 else None
    return None


def huge(digits: str) -> Decimal | None:
    """Very long digits: mere leading zeros, or out of range."""
    rest = digits.replace(",", "").lstrip("0")
    return Decimal(rest if rest[:1].isdigit() else "0" + rest).quantize(PENNIES) if len(rest) < 25 else None


def day(cell: str) -> date | None:
    """ISO, `DD/MM/YYYY` or `DD-Mon-YYYY`, of the years 1900 to 2199."""
    if found := re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", cell):
        return real_day(found[1], found[2], found[3])
    if found := re.fullmatch(r"([0-9]{2})/([0-9]{2})/([0-9]{4})", cell):
        return real_day(found[3], found[2], found[1])
    if (found := re.fullmatch(r"([0-9]{2})-([A-Za-z]{3})-([0-9]{4})", cell)) and found[2].lower() in MONTHS:
        return real_day(found[3], str(MONTHS[found[2].lower()]), found[1])
    return None


def real_day(year: str, month: str, day_of_month: str) -> date | None:
    try:
        found = date(int(year), int(month), int(day_of_month))
    except ValueError:
        return None
    return found if found.year in YEARS else None


def moment(cell: str) -> datetime | None:
    """ISO day, or day and time; with an offset, the time in London."""
    found = re.fullmatch(
        r"(?P<day>[0-9-]{10})(?:[T ](?P<h>[0-9]{2}):(?P<m>[0-9]{2})(?::(?P<s>[0-9]{2})(?:\.(?P<part>[0-9]{1,6}))?)?"
        r"(?P<offset>Z|[+-][0-9]{2}(?::?[0-9]{2})?)?)?",
        cell,
    )
    start = day(found["day"]) if found else None
    if not found or not start:
        return None
    hour, minute, second = (int(found[name] or 0) for name in "hms")
    if hour > 23 or minute > 59 or second > 59:
        return None
    local = datetime(start.year, start.month, start.day, hour, minute, second, int((found["part"] or "").ljust(6, "0")))
    if not found["offset"]:
        return local
    away = offset(found["offset"])
    return None if away is None else in_london(local, away)


def offset(text: str) -> timedelta | None:
    """How far local time is ahead of UTC; less than a day."""
    digits = text.replace(":", "").lstrip("Z+-").ljust(4, "0")
    if int(digits[:2]) > 23 or int(digits[2:]) > 59:
        return None
    return timedelta(hours=int(digits[:2]), minutes=int(digits[2:])) * (-1 if text.startswith("-") else 1)


def in_london(local: datetime, away: timedelta) -> datetime | None:
    there = local.replace(tzinfo=timezone(away)).astimezone(UTC).astimezone(LONDON).replace(tzinfo=None)
    return there if there.year in YEARS else None


def financial_year(cell: str) -> int | None:
    """The year it begins in."""
    found = re.fullmatch(r"([0-9]{4})/([0-9]{2})", cell)
    start = int(found[1]) if found else 0
    return start if found and start in YEARS and (start + 1) % 100 == int(found[2]) else None


def ledger_period(cell: str) -> int | None:
    return int(cell) if re.fullmatch("[0-9]{1,2}", cell) and int(cell) <= 14 else None


def decimals(whole: int, places: int, sign: str = "") -> Callable[[str], Decimal | None]:
    """A reader of plain digits with so many decimals at most."""
    pattern = re.compile(rf"{sign}[0-9]{{1,{whole}}}(?:\.[0-9]{{1,{places}}})?")
    return lambda cell: Decimal(cell) if pattern.fullmatch(cell) else None


def share(cell: str) -> Decimal | None:
    value = decimals(1, 6)(cell)
    return value if value is not None and value <= 1 else None


def percent(cell: str) -> Decimal | None:
    """0 to 100, with any number of decimals; thirteen are kept."""
    if not re.fullmatch(r"[0-9]{1,3}(?:\.[0-9]+)?", cell) or (
        len(cell.partition(".")[0]) == 3 and Decimal(cell) != 100
    ):
        return None
    return Decimal(cell).quantize(Decimal(1).scaleb(-13), rounding="ROUND_HALF_UP")


def whole(cell: str) -> int | None:
    return int(cell) if re.fullmatch("[0-9]{1,9}", cell) else None


def count(cell: str) -> int | None:
    """A whole number, which a spreadsheet may have given a `.0`."""
    found = re.fullmatch(r"([0-9]{1,15})(?:\.0+)?", cell)
    return int(found[1]) if found else None


def flag(cell: str) -> bool | None:
    return {"true": True, "yes": True, "y": True, "1": True, "false": False, "no": False, "n": False, "0": False}.get(
        cell.lower()
    )
