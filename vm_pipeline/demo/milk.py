"""The milk of the Ninewells kitchen: litres handed out, and what the ledger says they cost.

Belongs here: the two windows that give exactly 67,900.00 and 57,715.00 pounds, the journals that try to spoil them,
and how often a ward ran short of milk.
Does not belong here: the rest of the kitchen (accounts, ledger), the saving worked out from it (indicators).

84,875 litres at 80p are 67,900.00; 67,900 litres at 85p are 57,715.00: a fifth less milk at a dearer price,
15.0% less spent.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from vm_pipeline.calendar import first_day, last_day, months
from vm_pipeline.demo.accounts import MILK
from vm_pipeline.demo.activity_record import Delivery, Record
from vm_pipeline.demo.chance import apportion, split, stream, wobble
from vm_pipeline.demo.journal import Journal, Line
from vm_pipeline.demo.programme import AFTER, BEFORE, MONTHS, TAYSIDE, period_of_day

KITCHEN = "T27300"


class Window(NamedTuple):
    """Months over which the litres add up to a fixed number, at one price."""

    first: str
    last: str
    litres: int
    price_pence: int


class Shortages(NamedTuple):
    """How many shortages wards reported over a span of months."""

    first: str
    last: str
    number: int


class MilkEvent(NamedTuple):
    """A milk journal that is no delivery. `period` 0 or 13 where it is not the month's own."""

    month: str
    kind: str
    pence: int
    narrative: str
    period: int | None = None
    on_first_day: bool = False


WINDOWS = (Window(*BEFORE, 84_875, 80), Window(*AFTER, 67_900, 85))
SHORTAGES = (Shortages("2019-11", "2020-09", 37), Shortages(*BEFORE, 41), Shortages(*AFTER, 38))
EVENTS = (
    MilkEvent("2020-04", "OPENING", 412_50, "Stock brought forward", 0, True),
    MilkEvent("2021-02", "CREDIT", -96_40, "Credit note: two crates short"),
    MilkEvent("2021-03", "ADJUST", -152_00, "Year-end stock count", 13),
    MilkEvent("2021-04", "OPENING", 388_00, "Stock brought forward", 0, True),
    MilkEvent("2021-09", "ACC2109", 1_180_00, "Accrual: last week's deliveries"),
    MilkEvent("2021-10", "ACC2109R", -1_180_00, "Reversal of accrual", None, True),
    MilkEvent("2022-04", "OPENING", 301_75, "Stock brought forward", 0, True),
)
_WOBBLE = 0.05


def milk_lines(month: str, seed: int) -> list[Line]:
    """The month's milk in the ledger. Whatever is booked beside deliveries, its in-year lines cost its litres."""
    cost = litres(month, seed) * _window(month).price_pence
    events = [event for event in EVENTS if event.month == month]
    beside = sum(event.pence for event in events if event.period != 0)
    mondays = [day for day in _days(month) if day.weekday() == 0]
    invoices = split(stream(seed, "milk", "invoices", month), cost - beside, len(mondays))
    lines = Journal(TAYSIDE, month, KITCHEN, MILK).lines(zip(mondays, invoices, strict=True))
    return [*lines, *(line for event in events for line in _event_lines(event))]


def milk_issued(seed: int) -> list[Delivery]:
    """Litres handed out by each issue point of the kitchen, a record a day."""
    return [delivery for month in MONTHS for delivery in _issued_in(month, seed)]


def milk_shortages(seed: int) -> Iterator[Delivery]:
    """Times a ward told the kitchen that its milk had run out, by the issue point it draws from."""
    rng = stream(seed, "milk", "shortages")
    for span in SHORTAGES:
        start, length = first_day(span.first), (last_day(span.last) - first_day(span.first)).days + 1
        days = sorted(start + timedelta(days=rng.randrange(length)) for _ in range(span.number))
        for number, day in enumerate(days):
            unit = rng.choice(TAYSIDE.kitchen_units)
            yield period_of_day(day), Record("I", f"SHORT-{span.first}-{number:03}", unit, "shortage", day)


def litres(month: str, seed: int) -> int:
    """Litres handed out in a month."""
    window = _window(month)
    span = list(months(window.first, window.last))
    weights = [_length(name) * wobble(stream(seed, "milk", "litres", name), _WOBBLE) for name in span]
    if month in span:
        return apportion(window.litres, weights)[span.index(month)]
    wobbled = _length(month) * wobble(stream(seed, "milk", "litres", month), _WOBBLE)
    return round(window.litres / sum(map(_length, span)) * wobbled)


def _window(month: str) -> Window:
    """The window a month lies in, or the nearer one."""
    return WINDOWS[month >= AFTER[0]]


def _length(month: str) -> int:
    return last_day(month).day


def _days(month: str) -> list[date]:
    return [first_day(month) + timedelta(days=number) for number in range(_length(month))]


def _event_lines(event: MilkEvent) -> list[Line]:
    journal = Journal(TAYSIDE, event.month, KITCHEN, MILK, event.kind, event.period)
    day = first_day(event.month) if event.on_first_day else last_day(event.month)
    return journal.lines([(day, event.pence)], (event.narrative,))


def _issued_in(month: str, seed: int) -> list[Delivery]:
    rng = stream(seed, "milk", "issued", month)
    places = [(day, unit) for day in _days(month) for unit in TAYSIDE.kitchen_units]
    amounts = split(rng, litres(month, seed), len(places))
    return [
        (month, Record("I", f"{unit}-{day:%y%m%d}", unit, "item_issued", day, quantity=str(amount)))
        for (day, unit), amount in zip(places, amounts, strict=True)
    ]
