"""What only a whole table can show: volume, missing months, rejections, refusals, controls."""

import pytest

from vm_pipeline.calendar import months
from vm_pipeline.quality.history import Thresholds
from vm_pipeline.quality.verdict import SHOWN, Verdict
from vm_pipeline.quality.whole_table import check_whole_table
from vm_pipeline_tests.quality.damage import by_code, failing
from vm_pipeline_tests.quality.received import Made


def verdicts(made: Made, thresholds: Thresholds | None = None, *blocking: str) -> dict[str, Verdict]:
    return by_code(check_whole_table(made.feed, made.known(), thresholds, frozenset(blocking)))


def periods(verdict: Verdict) -> list[object]:
    return [figure["period"] for figure in verdict.figures]


@pytest.mark.parametrize("feed", ["ledger", "activity", "survey"])
def test_a_quiet_year_passes_and_every_check_speaks(feed: str) -> None:
    found = verdicts(Made(feed).each("2022-04", "2023-03"))
    assert failing(found.values()) == set()
    assert all(verdict.subject == feed and verdict.message.startswith(f"{feed}: ") for verdict in found.values())
    codes = {"volume", "month_present", "share_rejected", "outside_period", "refused"}
    assert found.keys() == codes | ({"dated_far", "no_control"} if feed == "ledger" else set())


@pytest.mark.parametrize(
    ("rows", "odd"), [(49, True), (50, False), (51, False), (199, False), (200, False), (201, True), (0, True)]
)
def test_volume_is_judged_against_half_and_double_the_median(rows: int, odd: bool) -> None:
    verdict = verdicts(Made().each("2022-04", "2022-08").batch("2022-09", rows))["volume"]
    assert verdict.passed is not odd
    assert periods(verdict) == (["2022-09"] if odd else [])


def test_volume_tells_rows_and_what_is_usual() -> None:
    (figure,) = verdicts(Made().each("2022-04", "2022-08").batch("2022-09", 250))["volume"].figures
    assert figure == {"provider_code": "B1", "period": "2022-09", "rows": 250, "usual_rows": 100, "ratio": 2.5}


@pytest.mark.parametrize(("earlier_until", "judged"), [("2022-05", False), ("2022-06", True)])
def test_a_short_past_says_nothing(earlier_until: str, judged: bool) -> None:
    verdict = verdicts(Made().each("2022-04", earlier_until).batch("2022-08", 900))["volume"]
    assert verdict.passed is not judged


def test_only_the_last_twelve_months_say_what_is_usual() -> None:
    made = Made().each("2020-01", "2021-12", rows=10).each("2022-01", "2022-12", rows=100)
    assert "2023-01" not in periods(verdicts(made.batch("2023-01", 150))["volume"])


def test_providers_are_judged_by_their_own_past() -> None:
    made = Made().each("2022-04", "2022-09", rows=10).each("2022-04", "2022-09", rows=5000, provider="B2")
    assert verdicts(made)["volume"].passed


def test_systems_of_one_provider_are_judged_each_by_its_own_past() -> None:
    made = Made("activity")
    for month in months("2022-04", "2022-09"):
        made.batch(month, 10, part="beds").batch(month, 5000, part="emergency")
    assert failing(verdicts(made).values()) == set()
    made.batch("2022-11", 10, part="beds").batch("2022-10", 5000, part="emergency")
    assert [(f["provider_code"], f["period"]) for f in verdicts(made)["month_present"].figures] == [
        ("B1/beds", "2022-10")
    ]


def test_a_month_that_was_still_running_is_not_judged() -> None:
    made = Made().each("2022-04", "2022-08").batch("2022-09", 3, received_at="2022-09-10T02:00:00.000000+00:00")
    assert verdicts(made)["volume"].passed


def test_an_extract_of_several_months_counts_evenly() -> None:
    made = Made().batch("2022-04_2022-09", 600).batch("2022-10", 100)
    assert verdicts(made)["volume"].passed
    assert not verdicts(made.batch("2022-11", 600))["volume"].passed


def test_the_version_in_force_is_judged() -> None:
    made = Made().each("2022-04", "2022-09").batch("2022-09", 10)
    assert periods(verdicts(made)["volume"]) == ["2022-09"]
    assert verdicts(made.batch("2022-09", 101))["volume"].passed


def test_the_worst_come_first_and_not_all_of_them() -> None:
    made = Made()
    for place in range(SHOWN + 10):
        made.each("2022-04", "2022-08", provider=f"P{place:02}").batch("2022-09", 300 + place, f"P{place:02}")
    verdict = verdicts(made)["volume"]
    assert len(verdict.figures) == SHOWN
    assert verdict.figures[0]["rows"] == 300 + SHOWN + 9
    assert "found 60 months" in verdict.message


def test_a_missing_june_is_named() -> None:
    made = Made().each("2022-04", "2022-09", provider="B2").each("2022-04", "2022-05").each("2022-07", "2022-09")
    verdict = verdicts(made)["month_present"]
    assert not verdict.passed
    assert verdict.figures == ({"provider_code": "B1", "period": "2022-06", "refused": 0},)


def test_a_month_missing_because_it_was_refused_says_so() -> None:
    made = Made().each("2022-04", "2022-05").batch("2022-06", refused="control_mismatch").each("2022-07", "2022-09")
    assert verdicts(made)["month_present"].figures == ({"provider_code": "B1", "period": "2022-06", "refused": 1},)


def test_months_before_the_first_and_after_the_last_are_not_missing() -> None:
    made = Made().each("2022-04", "2022-09").each("2022-06", "2022-07", provider="B2")
    assert verdicts(made)["month_present"].passed


def test_a_survey_comes_by_wave() -> None:
    found = verdicts(Made("survey").batch("2022-04", 10).batch("2022-09", 5000))
    assert found["month_present"].passed
    assert found["volume"].passed
    assert "not judged" in found["volume"].message


@pytest.mark.parametrize(("rejected", "odd"), [(5, False), (6, True), (100, True)])
def test_share_rejected(rejected: int, odd: bool) -> None:
    verdict = verdicts(Made().batch("2022-04").batch("2022-05", rejected=rejected))["share_rejected"]
    assert verdict.passed is not odd
    assert periods(verdict) == (["2022-05"] if odd else [])
    assert f"{rejected} of 200 rows" in verdict.message


@pytest.mark.parametrize(("rejected", "odd"), [(4, False), (5, True)])
def test_one_bad_row_of_a_small_batch_is_no_share(rejected: int, odd: bool) -> None:
    verdict = verdicts(Made("survey").batch("2022-04", rows=8, rejected=rejected))["share_rejected"]
    assert verdict.passed is not odd


def test_share_rejected_names_the_rule() -> None:
    (figure,) = verdicts(Made().batch("2022-05", rejected=40))["share_rejected"].figures
    assert (figure["rule"], figure["rows"], figure["share"]) == ("bad_date", 40, 0.4)


def test_empty_batches_are_no_shares() -> None:
    assert failing(verdicts(Made().batch("2022-04", 0)).values()) == set()


@pytest.mark.parametrize(("outside", "odd"), [(25, False), (26, True)])
def test_rows_outside_their_month(outside: int, odd: bool) -> None:
    verdict = verdicts(Made("activity").batch("2022-04", outside=outside))["outside_period"]
    assert verdict.passed is not odd
    assert verdict.message.startswith(f"activity: {outside} accepted rows")


@pytest.mark.parametrize(("far", "odd"), [(25, False), (26, True)])
def test_days_far_from_their_month(far: int, odd: bool) -> None:
    verdict = verdicts(Made().batch("2022-04", far=far).batch("2022-05"))["dated_far"]
    assert verdict.passed is not odd
    assert not verdict.blocks
    assert verdict.message.startswith(f"ledger: {far} accepted rows")
    assert periods(verdict) == (["2022-04"] if odd else [])


def test_a_ledger_without_control_is_named() -> None:
    verdict = verdicts(Made().batch("2022-04", control=False).batch("2022-05"))["no_control"]
    assert not verdict.passed
    assert periods(verdict) == ["2022-04"]


def test_what_is_told_names_the_months_of_providers_as_far_as_a_person_reads() -> None:
    made = Made().batch("2022-04", control=False)
    assert verdicts(made)["no_control"].told.endswith(" Where: B1/2022-04.")
    for month in range(5, 13):
        made.batch(f"2022-{month:02}", control=False)
    assert verdicts(made)["no_control"].told.endswith("B1/2022-07, B1/2022-08 and 4 more.")
    passed = verdicts(made)["refused"]
    assert passed.told == passed.message


def test_a_refused_batch_waits_until_it_is_sent_again() -> None:
    made = Made().batch("2022-04").batch("2022-04", 7, refused="control_mismatch")
    verdict = verdicts(made)["refused"]
    assert not verdict.passed
    assert [(figure["refused_code"], figure["rows"]) for figure in verdict.figures] == [("control_mismatch", 7)]
    assert "Quux" not in repr(verdict)
    assert verdicts(made.batch("2022-04"))["refused"].passed


def test_a_refused_batch_of_several_months_waits_for_all_of_them() -> None:
    made = Made().batch("2022-04_2022-05", refused="broken_rows").batch("2022-04")
    assert not verdicts(made)["refused"].passed
    assert verdicts(made.batch("2022-05"))["refused"].passed


def test_another_provider_does_not_stand_in() -> None:
    assert not verdicts(Made().batch("2022-04", refused="broken_rows").batch("2022-04", provider="B2"))[
        "refused"
    ].passed


def test_a_feed_may_be_made_to_block() -> None:
    bad = Made().each("2022-04", "2022-08").batch("2022-10", 900, rejected=90, control=False)
    assert {code for code, verdict in verdicts(bad, None, "ledger").items() if verdict.blocks} == {
        "volume",
        "month_present",
        "share_rejected",
    }
    assert not any(verdict.blocks for verdict in verdicts(bad, None, "activity").values())


def test_thresholds_are_a_programme_s_own() -> None:
    made = Made().each("2022-04", "2022-08").batch("2022-09", 900, rejected=90)
    easy = Thresholds(most_ratio=10, share_rejected=0.2)
    assert failing(verdicts(made).values()) == {"volume", "share_rejected"}
    assert failing(verdicts(made, easy).values()) == set()


def test_nothing_received_passes() -> None:
    assert failing(verdicts(Made()).values()) == set()
