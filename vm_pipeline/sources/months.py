"""The months a source is asked for, and what a question may say of each.

Belongs here: `first`, `last`, and the facts of a month by name.
Does not belong here: how a file's name tells its month (period).
"""

from collections.abc import Mapping

from vm_pipeline.calendar import financial_year, first_day, is_period, last_day, months

FACTS = ("period", "year", "month", "first_day", "last_day", "financial_year")


def facts(period: str) -> Mapping[str, str]:
    """What can be said of a month: `2022-07`, `2022`, `07`, `2022-07-01`, `2022-07-31`, `2022/23`."""
    start = first_day(period)
    said = (period, period[:4], period[5:], start.isoformat(), last_day(period).isoformat(), financial_year(start))
    return dict(zip(FACTS, said, strict=True))


def asked(first: str, last: str) -> list[str]:
    """Every month from first to last. Raises ValueError, in words."""
    for name, month in (("first", first), ("last", last)):
        if not is_period(month):
            raise ValueError(f"found {name} = {month!r}, expected a month like 2022-04.")
    if first > last:
        raise ValueError(f"found first = {first!r} after last = {last!r}, expected the earlier month first.")
    return list(months(first, last))
