"""By which day a month is expected: holidays, clock changes, the turn of the financial year, and who is late."""

from dataclasses import fields
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vm_pipeline.calendar import first_day, is_working_day, months, working_day
from vm_pipeline.feeds import FEEDS
from vm_pipeline.quality.freshness import Expected, Freshness, check_fresh, late
from vm_pipeline.sources.receipts import Receipt, Slot, Version, versions

NATIONS = ("SCT", "ENG", "WLS", "NIR")
EIGHTH = Freshness(ledger=Expected(8))


def received(*slots: tuple[str, str, str], refused: bool = False) -> list[Version]:
    """Versions of (feed, provider, month), each sent once."""
    found = [
        Receipt(Slot(f, p, m, m), f"{n}", "", "", f"2026-01-01T00:00:{n:02}", "", 0)
        for n, (f, p, m) in enumerate(slots)
    ]
    return versions(found, {one.content_id for one in found} if refused else ())


def told(found: list[Version], now: datetime, freshness: Freshness = EIGHTH, nation: str = "SCT") -> list[str]:
    return [
        f"{one.sender} {one.last_period} {one.expected_period}" for one in late(FEEDS, found, freshness, now, nation)
    ]


@pytest.mark.parametrize(
    ("period", "number", "nation", "day"),
    [
        ("2022-08", 1, "SCT", "2022-08-02"),  # the first Monday of August is free in Scotland
        ("2022-08", 1, "ENG", "2022-08-01"),
        ("2023-01", 1, "SCT", "2023-01-04"),  # New Year falls on a Sunday: Monday and Tuesday are free
        ("2023-01", 1, "ENG", "2023-01-03"),
        ("2022-04", 8, "ENG", "2022-04-12"),
        ("2022-04", 11, "ENG", "2022-04-19"),  # beyond Good Friday and Easter Monday
        ("2022-07", 8, "NIR", "2022-07-13"),  # the twelfth
        ("2022-07", 8, "WLS", "2022-07-12"),
        ("2022-02", 21, "SCT", "2022-03-01"),  # February has twenty: the count goes on
    ],
)
def test_working_days_are_counted_as_the_nation_works(period: str, number: int, nation: str, day: str) -> None:
    assert working_day(period, number, nation) == date.fromisoformat(day)


@given(st.sampled_from([*months("2015-01", "2030-12")]), st.integers(1, 40), st.sampled_from(NATIONS))
def test_so_many_working_days_lie_up_to_it(period: str, number: int, nation: str) -> None:
    last = working_day(period, number, nation)
    days = (first_day(period) + timedelta(days=n) for n in range((last - first_day(period)).days + 1))
    assert sum(is_working_day(day, nation) for day in days) == number
    assert is_working_day(last, nation)


def test_late_only_once_the_day_is_over_in_london() -> None:
    """Working day 8 of August 2022 in Scotland is the 11th, in summer time: it is over at 23:00 UTC."""
    sent = received(("ledger", "B1", "2022-06"))
    assert told(sent, datetime(2022, 8, 11, 22, 59, tzinfo=UTC)) == []
    assert told(sent, datetime(2022, 8, 11, 23, 0, tzinfo=UTC)) == ["B1 2022-06 2022-07"]
    assert told(received(("ledger", "B1", "2022-07")), datetime(2022, 8, 12, tzinfo=UTC)) == []


@pytest.mark.parametrize(
    ("last_minute", "nation", "number"),
    [
        (datetime(2022, 3, 31, 22, 59, tzinfo=UTC), "ENG", 23),  # clocks went forward on the 27th
        (datetime(2022, 10, 31, 23, 59, tzinfo=UTC), "ENG", 21),  # clocks went back on the 30th
    ],
)
def test_clock_changes_move_no_day(last_minute: datetime, nation: str, number: int) -> None:
    freshness = Freshness(ledger=Expected(number))
    sent = received(("ledger", "B1", "2022-01" if last_minute.month == 3 else "2022-08"))
    assert told(sent, last_minute, freshness, nation) == []
    assert len(told(sent, last_minute + timedelta(minutes=1), freshness, nation)) == 1


def test_march_is_of_the_year_before_and_may_be_expected_later() -> None:
    """Its books close later: while it is not due, what was due before still is, and April does not wait for it."""
    until_february = received(("ledger", "B1", "2022-02"))
    year_end = Freshness(ledger=Expected(8, march_working_day=25))
    in_april, early_may, mid_may = (datetime(2022, *day, 12, tzinfo=UTC) for day in ((4, 20), (5, 6), (5, 17)))
    assert told(until_february, in_april) == ["B1 2022-02 2022-03"]
    assert told(until_february, in_april, year_end) == []
    assert told(received(("ledger", "B1", "2022-01")), in_april, year_end) == ["B1 2022-01 2022-02"]
    assert told(until_february, early_may, year_end) == []
    assert told(until_february, mid_may, year_end) == ["B1 2022-02 2022-04"]
    assert told(received(("ledger", "B1", "2022-12")), datetime(2023, 1, 31, tzinfo=UTC)) == []


def test_each_sender_for_itself() -> None:
    sent = received(
        ("ledger", "B1", "2022-07"),
        ("ledger", "B2", "2022-05"),
        ("ledger", "B3", "2021-01"),
        ("activity", "B2", "2022-01"),
    )
    gone = Freshness(ledger=Expected(8, no_longer=("B3",)))
    assert told(sent, datetime(2022, 8, 20, tzinfo=UTC), gone) == ["B2 2022-05 2022-07"]
    assert told(sent, datetime(2022, 8, 20, tzinfo=UTC), Freshness()) == []


def test_a_refused_batch_and_a_month_ahead_of_time_do_not_count() -> None:
    now = datetime(2022, 8, 20, tzinfo=UTC)
    ahead = received(("ledger", "B1", "2022-06"), ("ledger", "B1", "2062-07"))
    assert told(ahead, now) == ["B1 2022-06 2022-07"]
    assert told(received(("ledger", "B1", "2022-06"), refused=True), now) == []  # never sent anything that counts


def test_the_check_names_who_is_late_and_blocks_nothing() -> None:
    found = check_fresh(
        "ledger", received(("ledger", "B2", "2022-05")), EIGHTH, datetime(2022, 8, 20, tzinfo=UTC), "SCT"
    )
    assert (found.passed, found.blocks, found.figures) == (False, False, ({"sender": "B2", "last_month": "2022-05"},))
    assert "1 sender without 2022-07; expected it by 2022-08-11" in found.message
    assert check_fresh("survey", [], EIGHTH, datetime(2022, 8, 20, tzinfo=UTC), "SCT").passed


@given(st.datetimes(datetime(2016, 1, 1), datetime(2029, 12, 31), timezones=st.just(UTC)), st.integers(1, 40))
def test_due_moves_on_and_never_back(now: datetime, number: int) -> None:
    expected = Expected(number, march_working_day=number + 12)
    period, due = expected.last_due(now, "SCT")
    later, _ = expected.last_due(now + timedelta(days=1), "SCT")
    assert due < now.date() + timedelta(days=1) and period <= later


def test_every_feed_can_be_expected() -> None:
    assert {one.name for one in fields(Freshness)} == {*FEEDS}
