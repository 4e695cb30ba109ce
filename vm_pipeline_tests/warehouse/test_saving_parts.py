"""The arithmetic of a saving, for any case: its parts add up to the penny, and agree with fractions reckoned apart."""

import random
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from vm_pipeline_tests.warehouse.saving_world import Case, Counted, Savings, Side, reckoned

PART = {
    "baseline": "baseline_gbp",
    "saving": "saving_gbp",
    "price": "price_gbp",
    "activity": "activity_gbp",
    "efficiency": "efficiency_gbp",
}
BILLION_POUNDS, MILLION_UNITS = 10**11, 10**9
_SAVINGS: list[Savings] = []


def savings() -> Savings:
    """One database for all examples."""
    if not _SAVINGS:
        _SAVINGS.append(Savings())
    return _SAVINGS[0]


def counted(days: int, low: int, high: int) -> some.SearchStrategy[Counted]:
    return some.lists(some.tuples(some.integers(0, days - 1), some.integers(low, high)), max_size=4)


@some.composite
def sides(draw: some.DrawFn, priced: bool) -> Side:
    days = draw(some.integers(1, 364))
    largest = draw(some.sampled_from([10, 100_000, BILLION_POUNDS]))
    units = draw(some.sampled_from([1, 5_000, MILLION_UNITS]))
    return Side(
        days,
        draw(counted(days, -largest // 10, largest)),
        draw(counted(days, 0, units)),
        draw(counted(days, 0, units)),
        draw(some.integers(0, 2_000_000)) if priced else None,
    )


@some.composite
def cases(draw: some.DrawFn) -> Case:
    priced = draw(some.booleans())
    return Case(
        draw(sides(priced)),
        draw(sides(priced)),
        draw(some.sampled_from(["days", "activity"])),
        draw(some.booleans()) or priced,
        draw(some.booleans()),
    )


@given(cases(), some.randoms(use_true_random=False))
def test_any_saving_agrees_with_fractions_in_whatever_order_rows_come(case: Case, order: random.Random) -> None:
    found = savings().of(case, order)
    assert {name: found[column] for name, column in PART.items()} == reckoned(case)
    if found["efficiency_gbp"] is not None:
        assert found["price_gbp"] + found["activity_gbp"] + found["efficiency_gbp"] == found["saving_gbp"]
        assert found["activity_gbp"] + found["price_and_efficiency_gbp"] == found["saving_gbp"]
    assert (found["efficiency_gbp"] is None) == (found["reason"] is not None)
    if found["saving_gbp"] is not None:
        assert found["baseline_gbp"] - found["actual_gbp"] == found["saving_gbp"] == found["net_saving_gbp"]


@given(cases(), some.integers(2, 9))
def test_money_times_a_factor_saves_the_factor(case: Case, factor: int) -> None:
    """To the penny of every part, that is to the factor itself in pence."""
    once, more = savings().of(case), savings().of(case.times(factor))
    for column in PART.values():
        if once[column] is not None and more[column] is not None:
            assert abs(more[column] - factor * once[column]) <= Decimal(factor) / 100 * 3, column


@given(cases(), some.integers(1, 364))
def test_windows_of_one_length_changed_round_turn_the_sign(case: Case, days: int) -> None:
    kept = [replace(side, days=days, cost=[(d % days, p) for d, p in side.cost]) for side in (case.before, case.after)]
    case = replace(case, before=kept[0], after=kept[1], scale_by="days", has_volume=False, has_activity=False)
    one, other = savings().of(case)["saving_gbp"], savings().of(case.swapped())["saving_gbp"]
    if one is not None and other is not None:
        assert one == -other


def milk(**changes: object) -> Case:
    """A year of milk, as in the docs."""
    before = Side(365, [(0, 67_900_00)], [(9, 84_875_000)], [(9, 27_504_000)], 800_000)
    after = Side(365, [(0, 57_715_00)], [(9, 67_900_000)], [(9, 27_517_000)], 850_000)
    return replace(Case(before, after), **changes)  # type: ignore[arg-type]


def test_milk_by_hand() -> None:
    found = savings().of(milk())
    assert (found["baseline_gbp"], found["saving_gbp"], found["saving_pct"]) == (67_900, 10_185, 15.0)
    parts = [found[name] for name in ("price_gbp", "activity_gbp", "efficiency_gbp")]
    assert parts == [Decimal("-3395.00"), Decimal("-32.09"), Decimal("13612.09")]


def test_a_leap_year_moves_the_baseline() -> None:
    """366 days after 365: 67,900.00 become 68,086.03."""
    case = milk()
    found = savings().of(replace(case, after=replace(case.after, days=366)))
    assert (found["baseline_cost_gbp"], found["baseline_gbp"]) == (67_900, Decimal("68086.03"))
    assert found["saving_gbp"] == Decimal("10371.03")
    assert found["activity_gbp"] == Decimal("153.93"), "a day more of activity was to be expected, and did not come"


BY_ACTIVITY = milk(scale_by="activity")
UNKNOWN = [
    (milk(has_volume=False), {"price", "efficiency"}, "no_volume"),
    (milk(has_activity=False), {"activity", "efficiency"}, "no_activity"),
    (milk(after=replace(milk().after, volume=[])), {"price", "efficiency"}, "no_volume"),
    (milk(before=replace(milk().before, volume=[])), {"price", "activity", "efficiency"}, "no_volume"),
    (milk(after=replace(milk().after, activity=[])), {"activity", "efficiency"}, "no_activity"),
    (milk(after=replace(milk().after, price=0)), {"price", "efficiency"}, "no_price"),
    (milk(before=replace(milk().before, price=0)), {"price", "activity", "efficiency"}, "no_price"),
    (milk(before=replace(milk().before, cost=[(0, -1)])), {"saving", "price", "activity", "efficiency"}, "no_baseline"),
    (milk(before=replace(milk().before, cost=[])), {"saving", "price", "activity", "efficiency"}, "no_baseline"),
    (replace(BY_ACTIVITY, before=replace(milk().before, activity=[])), set(PART), "no_baseline, no_activity"),
]


@pytest.mark.parametrize(("case", "unknown", "reason"), UNKNOWN)
def test_what_cannot_be_known_is_empty_and_says_why(case: Case, unknown: set[str], reason: str) -> None:
    found = savings().of(case)
    assert {name for name, column in PART.items() if found[column] is None} == unknown
    assert found["reason"] == reason
    assert found["net_saving_gbp"] == found["saving_gbp"]
    assert (found["saving_pct"] is None) == ("saving" in unknown)


def test_a_case_too_large_to_be_exact_stops_nothing() -> None:
    case = milk()
    huge = replace(case.before, volume=[(0, 10**15)], cost=[(0, 10**14)])
    found = savings().of(replace(case, before=huge))
    assert (found["saving_gbp"], found["efficiency_gbp"]) == (None, None)
    assert found["reason"].startswith("too_large")


def test_scaled_to_activity_there_is_no_activity_effect() -> None:
    found = savings().of(BY_ACTIVITY)
    assert found["baseline_gbp"] == Decimal("67932.09"), "67,900.00 * 27,517 / 27,504"
    assert (found["activity_gbp"], found["saving_gbp"]) == (0, Decimal("10217.09"))


def test_a_part_no_table_holds_is_too_large() -> None:
    """It stopped the night: a billion pounds, and five million times the activity of before."""
    one, many = Side(cost=[(0, BILLION_POUNDS)], activity=[(0, 1)]), Side(activity=[(0, 5_000_000)])
    found = savings().of(Case(one, many, "days", has_volume=False).times(2))
    assert (found["saving_gbp"], found["activity_gbp"], found["reason"]) == (None, None, "too_large, no_volume")
