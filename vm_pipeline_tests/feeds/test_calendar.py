"""Months, financial years, ledger periods and weeks."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vm_pipeline import calendar

DAYS = st.dates(calendar.FIRST_DAY, calendar.LAST_DAY)


@pytest.mark.parametrize("text", ["1900-01", "2022-07", "2199-12"])
def test_a_month(text: str) -> None:
    assert calendar.is_period(text)
    assert calendar.period_of(calendar.month_number(text)) == text
    assert f"{calendar.first_day(text):%Y-%m-%d}" == f"{text}-01"
    assert f"{calendar.last_day(text) + timedelta(days=1):%d}" == "01"
    assert f"{calendar.last_day(text):%Y-%m}" == text


@pytest.mark.parametrize(
    "text",
    ["", "2022-7", "2022-00", "2022-13", "1899-12", "2200-01", "2022-07\n", " 2022-07", "20２２-０７", "2022/07"],
)
def test_no_month(text: str) -> None:
    assert not calendar.is_period(text)
    with pytest.raises(ValueError, match="no month"):
        calendar.month_number(text)


@given(DAYS)
def test_financial_years_run_from_april_to_march(day: date) -> None:
    year = calendar.financial_year(day)
    assert date(int(year[:4]), 4, 1) <= day < date(int(year[:4]) + 1, 4, 1)
    assert int(year[5:]) == (int(year[:4]) + 1) % 100
    first = date(int(year[:4]), 4, 1)
    assert calendar.ledger_period(day) == (day.year - first.year) * 12 + day.month - first.month + 1


@pytest.mark.parametrize("text", ["2022/23", "1999/00", "1900/01", "2199/00"])
def test_a_financial_year(text: str) -> None:
    assert calendar.is_financial_year(text)


@pytest.mark.parametrize("text", ["", "2022", "2020/22", "2022/2023", "22/23", "1899/00", "2200/01", "abcd/ef"])
def test_no_financial_year(text: str) -> None:
    assert not calendar.is_financial_year(text)


@given(DAYS)
def test_quarters_are_three_months_of_both_years(day: date) -> None:
    named = ("Jan-Mar", "Apr-Jun", "Jul-Sep", "Oct-Dec")[(day.month - 1) // 3]
    assert calendar.quarter_name(day) == f"{named} {day.year}"
    assert calendar.financial_quarter(day) == {"Apr-Jun": 1, "Jul-Sep": 2, "Oct-Dec": 3, "Jan-Mar": 4}[named]


@given(DAYS)
def test_a_week_begins_on_its_monday(day: date) -> None:
    monday = calendar.week_start(day)
    assert monday.weekday() == 0
    assert 0 <= (day - monday).days < 7


@given(st.tuples(DAYS, DAYS).map(sorted))
def test_months_from_first_to_last(days: list[date]) -> None:
    found = list(calendar.months(*(f"{day:%Y-%m}" for day in days)))
    assert found == sorted(set(found))
    assert (found[0], found[-1]) == (f"{days[0]:%Y-%m}", f"{days[1]:%Y-%m}")
    assert len(found) == (days[1].year - days[0].year) * 12 + days[1].month - days[0].month + 1


def test_the_current_month_is_london_s() -> None:
    assert calendar.current_month(datetime(2022, 7, 31, 23, 30, tzinfo=UTC)) == "2022-08"
    assert calendar.current_month(datetime(2022, 12, 31, 23, 30, tzinfo=UTC)) == "2022-12"
