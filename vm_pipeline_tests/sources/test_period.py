"""How a file's name tells its months: by digits or names, and never by an error, whatever else the name is."""

import pytest

from vm_pipeline.sources.period import PeriodRule

NAMED = r"(?P<month>[^ ]+) (?P<year>\d{4})"


@pytest.mark.parametrize(
    ("name", "month"),
    [
        ("GL 04 2026.csv", "2026-04"),
        ("GL Apr 2026.csv", "2026-04"),
        ("GL april 2026.csv", "2026-04"),
        ("GL Sept 2026.csv", "2026-09"),
        ("GL Mar 2026.csv", "2026-03"),
        ("GL Ma 2026.csv", None),
        ("GL Spetember 2026.csv", None),
        ("GL 13 2026.csv", None),
        ("GL ² 2026.csv", None),
        ("GL final 2026.csv", None),
        ("readme.txt", None),
    ],
)
def test_a_month_in_digits_or_by_its_name(name: str, month: str | None) -> None:
    assert PeriodRule(pattern=NAMED).months(name) == (month and (month, month))


@pytest.mark.parametrize(("name", "month"), [("06", "2020-09"), ("6", "2020-09"), ("13", None), ("June", None)])
def test_a_month_of_the_financial_year_is_digits(name: str, month: str | None) -> None:
    rule = PeriodRule(pattern="^(?P<financial_month>.*)$", financial_year="2020/21")
    assert rule.months(name) == (month and (month, month))
