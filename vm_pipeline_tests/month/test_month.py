"""What `make month` declares and how it judges; the month itself is too long for a test."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage

import pytest

from vm_pipeline.alerts.cause import KINDS
from vm_pipeline_tests.month import scenario
from vm_pipeline_tests.month.judging import Came, amiss, of_letter, table
from vm_pipeline_tests.month.scenario import NIGHTS, Night

REFUSED = date(2026, 3, 4)
ROWS = {"runs": 3, "event_logs": 1200, "job_ticks": 40}


def as_declared(day: date) -> Came:
    """A night that came out as it should."""
    night = scenario.night(day)
    retried = sum(run in night.runs[:at] for at, run in enumerate(night.runs))
    due = (scenario.tick(day),)
    return Came(day, night, due, night.runs, retried, night.told, night.told, ROWS)


def test_the_month_has_every_kind_of_alert_and_each_that_lasts_is_over_in_it() -> None:
    told = [one for day in scenario.days(31) for one in scenario.night(day).told]
    assert {kind for kind, _, _ in told} == {*KINDS} - {"failed_run"}  # one that is tried again is told to nobody
    begun = [one[:2] for one in told if not one[2] and one[0] != scenario.RESTATED]
    assert sorted(begun) == sorted(one[:2] for one in told if one[2])


def test_every_night_that_is_declared_is_one_of_the_month() -> None:
    assert NIGHTS.keys() <= {*scenario.days(31)} and len(scenario.days(99)) == 31
    assert {day for day, night in NIGHTS.items() if night == Night()} == set()


def test_the_schedule_goes_by_london() -> None:
    hours = [scenario.tick(date(2026, 3, day)).hour for day in (28, 29, 30)]
    assert hours == [2, 1, 1]
    assert scenario.tick(date(2026, 3, 29)) - timedelta(seconds=20) == datetime(2026, 3, 29, 0, 59, 40, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"ticks": ()}, "ticked at nothing"),
        ({"ticks": (datetime(2026, 3, 4, 2, tzinfo=UTC),) * 2}, "the schedule ticked at"),
        ({"runs": ("land", "stage failed", "stage", "build")}, "runs were land, stage failed"),
        ({"posted": ()}, "by HTTP was told nothing"),
        ({"mailed": ((scenario.LATE, "ledger/B1", False),)}, "by SMTP was told ('late_extract'"),
    ],
)
def test_what_is_not_as_declared_is_said(changed: dict[str, object], says: str) -> None:
    came = as_declared(REFUSED)
    assert list(amiss(came)) == []
    (said,) = amiss(replace(came, **changed))  # type: ignore[arg-type]
    assert said.startswith("2026-03-04: ") and says in said


def test_a_run_that_may_fail_is_told_of_and_made_up_for_the_night_after() -> None:
    (day,) = [day for day, night in NIGHTS.items() if night.may_fail]
    told, over = (("failed_run", "stage staging__ledger", is_over) for is_over in (False, True))
    failed = replace(as_declared(day), runs=("land", "stage failed"), posted=(told,), mailed=(told,))
    after = replace(as_declared(day + timedelta(1)), runs=scenario.PUBLISHED, posted=(over,), mailed=(over,))
    assert list(amiss(failed)) == list(amiss(after, failed)) == list(amiss(as_declared(day))) == []
    assert len(list(amiss(replace(failed, posted=())))) == 1
    assert len(list(amiss(after, as_declared(day)))) == len(list(amiss(as_declared(day + timedelta(1)), failed))) == 3


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("over", [False, True])
def test_a_letter_tells_what_a_post_does(kind: str, over: bool) -> None:
    letter = EmailMessage()
    letter["Subject"] = f"[Board X] {'Over: ' if over else ''}{KINDS[kind]}: ledger/B1/2026-02"
    assert of_letter(letter) == (kind, "ledger/B1/2026-02", over)


def test_the_table_has_a_line_a_night_and_their_sums() -> None:
    nights = [as_declared(day) for day in scenario.days(31)]
    head, *lines, last = table(nights).splitlines()
    assert len(lines) == 31 and head.startswith("night")
    assert "a bad file" in lines[2] and lines[2].count("refused_batch") == 2 and "02:00" in lines[2]
    assert "01:00" in lines[27]
    assert last.split()[:3] == ["31", "nights", "31"]
