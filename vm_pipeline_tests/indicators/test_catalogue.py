"""The catalogue says everything there is to say of an indicator, and every example of it is right."""

import duckdb
import pytest

from vm_pipeline.feeds.activity import MEASURES
from vm_pipeline.indicators.catalogue import BOX_SCORE, CATALOGUE, sources
from vm_pipeline.indicators.entry import BLOCKS, KINDS, Indicator, sign_and_name
from vm_pipeline.indicators.ingredients import INGREDIENT, INGREDIENTS
from vm_pipeline.indicators.profiles import PROFILES

EVERY = pytest.mark.parametrize("one", CATALOGUE, ids=lambda one: one.code)
FEEDS = {"ledger", "activity", "survey", "reference"}


def test_all_of_the_programme_s_indicators_are_declared_once() -> None:
    numbered = {"F": range(1, 13), "P": range(1, 15), "C": range(1, 6), "S": range(1, 4), "D": range(1, 6)}
    codes = [one.code for one in CATALOGUE]
    assert len(set(codes)) == len(codes)
    expected = {f"{block}{number:02}" for block, numbers in numbered.items() for number in numbers}
    assert expected | {"V01", "S06", "S07", "M01", "M02"} <= set(codes)


def value_of(one: Indicator, numerator: float, denominator: float | None) -> float:
    """Worked out by hand."""
    return one.factor * numerator / (1 if denominator is None else denominator)


@EVERY
def test_its_example_gives_what_it_says(one: Indicator) -> None:
    example = one.example
    assert value_of(one, example.numerator, example.denominator) == pytest.approx(example.value, abs=5e-5)
    assert (example.denominator is not None) == bool(one.denominator or one.kind == "completeness")
    assert example.said


def test_an_example_that_is_wrong_would_be_seen() -> None:
    returned = next(one for one in CATALOGUE if one.code == "P09")
    assert value_of(returned, 31, 100) == 31.0
    assert value_of(returned, 31, 408) != 31.0


@pytest.mark.parametrize(
    ("day", "hours"), [("2024-03-31", "37.5"), ("2024-04-30", "37"), ("2026-03-31", "37"), ("2026-04-30", "36")]
)
def test_one_works_the_full_time_week_of_the_day(day: str, hours: str) -> None:
    """As many hours as a month of that week has are one."""
    facts = INGREDIENT["worked_wte"].facts
    assert facts
    days = day[-2:]
    row = f"(SELECT ({hours} * {days} / 7)::DECIMAL(18,3) AS quantity, TIMESTAMP '{day} 23:30' AS start_at)"
    (counted,) = duckdb.sql(f"SELECT {facts.counts} FROM {row}").fetchall()[0]
    assert counted == pytest.approx(1, abs=1e-5)


@EVERY
def test_it_is_made_of_declared_ingredients(one: Indicator) -> None:
    for part in (*one.numerator, *one.denominator):
        assert sign_and_name(part)[1] in INGREDIENT
    assert bool(one.numerator) or one.kind in ("saving", "moment", "class", "completeness")
    assert one.formula and one.meaning and one.kind in KINDS
    assert set(one.grains) <= {"week", "month", "event"}
    assert {name.partition("/")[0] for name in sources(one)} <= FEEDS


@EVERY
def test_numerator_and_denominator_come_of_one_feed_each(one: Indicator) -> None:
    """Whether a feed was received is asked of one feed a side."""
    for side in (one.numerator, one.denominator):
        assert len({INGREDIENT[sign_and_name(part)[1]].feed for part in side}) <= 1


def test_every_ingredient_is_used_and_says_where_it_is_found() -> None:
    assert len(INGREDIENT) == len(INGREDIENTS)
    used = {sign_and_name(part)[1] for one in CATALOGUE for part in (*one.numerator, *one.denominator)}
    assert INGREDIENT.keys() - used == set()
    assert {one.feed for one in INGREDIENTS} <= FEEDS
    assert all(one.meaning and one.unit for one in INGREDIENTS)


def test_columns_of_the_box_score_are_its_own_and_in_a_block() -> None:
    columns = [one.column for one in BOX_SCORE]
    assert len(set(columns)) == len(columns)
    assert {one.block for one in BOX_SCORE} == set(BLOCKS)
    assert all("week" in one.grains for one in BOX_SCORE)


def test_what_is_judged_has_a_chart_that_its_profile_judges() -> None:
    for one in CATALOGUE:
        assert bool(one.chart) == bool(one.profile), one.code
        assert not one.profile or one.chart in PROFILES[one.profile].charts, one.code


def test_every_measure_of_an_indicator_is_one_of_the_feed() -> None:
    """What the page of the feeds lists is what figures are made of: a sender has no other list."""
    of_activity = [one for one in INGREDIENTS if one.feed == "activity"]
    named = {name for one in of_activity for name in one.source.partition("/")[2].partition(".")[0].split(" or ")}
    assert named - {"any record"} <= MEASURES.keys()
    assert all(one.outcome in MEASURES[one.measure] for one in of_activity if one.outcome)
