"""indicator_value at its edges: silent teams, periods that are not whole, stays that overlap, years of nothing.

Belongs here: figures worked by hand where a plain sum would mislead. Does not belong here: what is said of a value, and
what adds up (test_indicator_value).
"""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from vm_pipeline_tests.programme import Cells, Programme
from vm_pipeline_tests.warehouse.test_indicator_value import DAYS, MAPS, state, stay, values

FALL = {"measure_code": "fall", "outcome_code": "no_harm"}


@pytest.fixture
def wards(programme: Programme) -> Programme:
    for name, rows in MAPS.items():
        programme.reference(name, *rows)
    return programme


def beds(first: date, days: int, unit: str = "W1") -> list[Cells]:
    return [{**DAYS, "start_at": f"{first + timedelta(n)}", "quantity": "2", "unit_code": unit} for n in range(days)]


def test_a_team_that_falls_silent_is_incomplete_not_forgotten(wards: Programme) -> None:
    """Ward 2 sends nothing from 27 June: 0 of the 7 that were usual, and its provider has half."""
    wards.activity(*beds(date(2022, 4, 4), 112), *beds(date(2022, 4, 4), 84, "W2"), period="2022-04_2022-08")
    wards.night()
    con = wards.marts()
    shown = "grain = 'week' AND starts_on IN (DATE '2022-06-27', DATE '2022-09-12', DATE '2022-09-19') AND level = "
    assert [row[4:9] for row in values(con, "D04", f"{shown} 'team' AND team_code = 'T2'")] == [
        (date(2022, 6, 27), 0, 7, 0.0, "final")
    ], "activity to August was received; twelve weeks on nothing is usual any more"
    assert [row[4:8] for row in values(con, "D04", f"{shown} 'provider'")] == [(date(2022, 6, 27), 7, 14, 50.0)]


def test_who_sends_once_a_month_is_not_asked_by_the_week(wards: Programme) -> None:
    wards.activity(*beds(date(2022, 4, 4), 112), *beds(date(2022, 5, 1), 1, "W2"), *beds(date(2022, 6, 1), 1, "W2"),
                   *beds(date(2022, 7, 1), 1, "W2"), period="2022-04_2022-08")  # fmt: skip
    wards.night()
    con = wards.marts()
    assert values(con, "D04", "team_code = 'T1'") and not values(con, "D04", "team_code = 'T2' AND value IS NOT NULL")


def test_a_team_is_of_the_service_it_had_on_the_last_day_of_a_period(wards: Programme) -> None:
    """Ward 1 went to Surgery on a Sunday, ward 2 closed on a Monday and is of none since. B2 has a T1, too."""
    wards.reference("teams", "B1,T1,Ward 1,Medicine,ward,,2022-07-23", "B1,T1,Ward 1,Surgery,ward,2022-07-24,",
                    "B1,T2,Ward 2,Medicine,ward,,2022-07-11", "B2,T1,Clinic,Medicine,clinic,2022-07-01,")  # fmt: skip
    closed = ({"start_at": day, "unit_code": "W2"} for day in ("2022-07-11", "2022-08-02"))
    wards.activity({"start_at": "2022-07-12"}, {"start_at": "2022-07-19"}, *closed, period="2022-07_2022-08")
    wards.night()
    found = wards.marts().execute(
        "SELECT service, grain, starts_on, numerator FROM vm.indicator_value "
        "WHERE indicator_code = 'P01' AND level = 'service' AND numerator > 0 ORDER BY ALL"
    )
    assert found.fetchall() == [
        ("Medicine", "month", date(2022, 7, 1), 1),
        ("Medicine", "week", date(2022, 7, 11), 2),
        ("Surgery", "month", date(2022, 7, 1), 2),
        ("Surgery", "week", date(2022, 7, 18), 1),
    ]


def test_available_time_is_not_known_where_a_part_was_not_sampled(wards: Programme) -> None:
    """10 hours less 4 of direct care are no 6 available: nobody looked at the rest."""
    hours = {"05": {"contracted_hours": "10", "direct_hours": "4", "indirect_hours": "5"},
             "19": {"contracted_hours": "10", "direct_hours": "4"},
             "26": {"contracted_hours": "10", "direct_hours": "4", "indirect_hours": "6"}}  # fmt: skip
    wards.activity(
        *(
            {"measure_code": measure, "outcome_code": "", "quantity": n, "start_at": f"2022-07-{day}"}
            for day, sample in hours.items()
            for measure, n in sample.items()
        )
    )
    wards.night()
    con = wards.marts()
    assert state(con, "C03", "week", "2022-07-04") == (10.0, "final", "sampled")
    assert state(con, "C01", "week", "2022-07-18") == (40.0, "final", "sampled")
    assert state(con, "C03", "week", "2022-07-18") == (None, "missing", "not_sampled")
    assert state(con, "C03", "week", "2022-07-25") == (0.0, "final", "sampled"), "none left is not below none"
    assert values(con, "C03", "team_code = 'T1' AND grain = 'month'")[0][5:7] == (Decimal("7"), Decimal("30")), (
        "a month has what was sampled in it"
    )


def test_no_fall_in_a_week_that_is_not_whole_is_none_so_far(wards: Programme) -> None:
    """September has not come. On three days of August ward 1 had a fall, ward 2 none: 1 in 12 bed days, not 1 in 6."""
    wards.activity({**FALL, "start_at": "2022-06-28"}, {**FALL, "start_at": "2022-06-28", "unit_code": "W2"},
                   {**FALL, "start_at": "2022-06-30"}, *beds(date(2022, 6, 28), 3), *beds(date(2022, 6, 28), 3, "W2"),
                   {**FALL, "start_at": "2022-08-29"}, *beds(date(2022, 8, 29), 3), *beds(date(2022, 8, 29), 3, "W2"),
                   period="2022-06_2022-08")  # fmt: skip
    wards.night()
    shown = "level IN ('team', 'provider') AND grain = 'week' AND starts_on = DATE '2022-08-29'"
    assert [(row[3], *row[5:7], *row[8:]) for row in values(wards.marts(), "P05", shown)] == [
        ("*", 1, 12, "provisional", "no_activity"),
        ("T1", 1, 6, "provisional", "no_activity"),
        ("T2", 0, 6, "provisional", "no_activity"),
    ]


def test_days_without_a_fall_are_not_known_where_a_month_was_not_received(wards: Programme) -> None:
    """August's activity has not come: from July to September nobody knows of 67 days without harm."""
    for month, days in {"2022-07": ("01", "05"), "2022-09": ("10", "20")}.items():
        falls = (
            {**FALL, "outcome_code": "harm", "start_at": f"{month}-{d}", "record_id": f"{month}-{d}"} for d in days
        )
        wards.activity(*falls, period=month)
    wards.night()
    found = values(wards.marts(), "P06", "level IN ('team', 'all')")
    told = [(row[0], row[4], row[5], *row[8:]) for row in found if row[9] != "open_gap"]
    assert told == [
        line
        for level in ("all", "team")
        for line in (
            (level, date(2022, 7, 1), 4, "final", None),
            (level, date(2022, 7, 5), 4, "final", None),
            (level, date(2022, 9, 1), 77, "provisional", "no_activity"),
            (level, date(2022, 9, 10), 67, "provisional", "no_activity"),
            (level, date(2022, 9, 20), 10, "final", None),
        )
    ]


def test_what_another_board_lacks_says_nothing_of_days_without_a_fall(wards: Programme) -> None:
    """August of B2 has not come: of B1 57 days are known, of both they are not. The last fall ends what B1 sent."""
    for month, day in {"2022-07": "05", "2022-08": "31"}.items():
        harm = {**FALL, "outcome_code": "harm", "record_id": month}
        wards.activity({**harm, "start_at": f"{month}-{day}"}, period=month)
    for month in ("2022-07", "2022-09"):
        wards.activity({"start_at": f"{month}-05"}, period=month, provider="B2")
    wards.night()
    found = values(wards.marts(), "P06", "grain = 'event' AND level IN ('team', 'all')")
    assert [(row[0], row[4], row[5], *row[8:]) for row in found] == [
        ("all", date(2022, 8, 31), 57, "provisional", "no_activity"),
        ("all", date(2022, 9, 30), 30, "provisional", "open_gap"),
        ("team", date(2022, 8, 31), 57, "final", None),
    ]


def test_nobody_came_in_the_last_week_is_none(wards: Programme) -> None:
    """A series of patients ends where the ward's records do, not with its last patient."""
    wards.activity({"start_at": "2022-07-12"}, *beds(date(2022, 7, 11), 14))
    wards.night()
    con = wards.marts()
    assert state(con, "P01", "week", "2022-07-18") == (0.0, "final", None)
    assert values(con, "P01", "grain = 'week' AND starts_on > DATE '2022-07-18'") == []


def test_a_journey_counts_in_the_week_it_began_wherever_it_goes_on(wards: Programme) -> None:
    """Moved to ward 2 in the week after, and back: one patient of each ward, and one of their provider, once."""
    moved = {"patient_ref": "P", "discharge_code": "TRANSFER"}
    wards.activity(
        stay("2022-07-08T10:00", "2022-07-11T09:00", **moved),
        stay("2022-07-11T10:00", "2022-07-18T09:00", **moved, unit_code="W2"),
        stay("2022-07-18T10:00", "2022-07-20T09:00", patient_ref="P", discharge_code="HOME"),
    )
    wards.night()
    found = values(wards.marts(), "P01", "level IN ('team', 'provider') AND grain = 'week' AND numerator > 0")
    assert [(row[3], row[4].day, row[5]) for row in found] == [("*", 4, 1), ("T1", 4, 1), ("T2", 11, 1)]


def test_a_day_case_within_a_stay_hides_no_readmission(wards: Programme) -> None:
    """In from the 1st to the 20th, for an hour on the 4th elsewhere; back on the 28th."""
    back = {"patient_ref": "P", "discharge_code": "HOME"}
    wards.activity(
        stay("2022-07-01T10:00", "2022-07-20T09:00", **back),
        stay("2022-07-04T10:00", "2022-07-04T11:00", **back, unit_code="W2"),
        stay("2022-07-28T10:00", "2022-07-29T09:00", **back),
    )
    wards.night()
    con = wards.marts()
    assert [row[5:7] for row in values(con, "P07", "team_code = 'T1' AND grain = 'month'")] == [(1, 2)]
    assert [row[5:7] for row in values(con, "P07", "team_code = 'T2' AND grain = 'month'")] == [(1, 1)]


def test_a_journey_goes_on_after_any_of_two_transfers(wards: Programme) -> None:
    """A short stay elsewhere ended in a transfer while a long one, which will end in one, had not ended."""
    moved = {"patient_ref": "P", "discharge_code": "TRANSFER"}
    wards.activity(
        stay("2022-07-01T10:00", "2022-07-20T09:00", **moved),
        stay("2022-07-04T10:00", "2022-07-05T09:00", **moved, unit_code="W2"),
        stay("2022-07-05T10:00", "2022-07-08T09:00", patient_ref="P", discharge_code="HOME"),
    )
    wards.night()
    assert wards.core().execute("SELECT count(DISTINCT journey) FROM core.stay").fetchall() == [(2,)]


def test_a_year_with_falls_after_one_without_is_worse(wards: Programme) -> None:
    months = [f"{2020 + n // 12}-{n % 12 + 1:02}" for n in range(24)]
    wards.ledger(
        *({"financial_year": f"{y}/{y - 1999}", "period": f"{(m - 4) % 12 + 1}", "posting_date": f"{month}-05",
           "amount": "10.00"} for month in months for y, m in [(int(month[:4]) - (month[5:] < "04"), int(month[5:]))]),
        period="2020-01_2021-12",
    )  # fmt: skip
    seen = [{"start_at": f"{month}-05"} for month in months]
    days = [{**DAYS, "start_at": f"{month}-05"} for month in months]
    wards.activity(*seen, *days, {**FALL, "start_at": "2021-06-05"}, period="2020-01_2021-12")
    wards.night()
    assert state(wards.marts(), "V01", "month", "2021-12-01") == (0.0, "final", "cheaper_worse")


def test_a_provider_whose_year_is_not_known_is_missed_by_all(wards: Programme) -> None:
    """May's ledger of B1 has not come: nobody knows what it spent since April, in June neither, and `all` says so.

    B2's team has the same code, and another year.
    """
    wards.reference("cost_centre_map", "B1,R1,T1,1,,", "B2,R1,T1,1,,")
    wards.reference("budget", *(f"{p},R1,3001A,2022/23,{m},100," for p in ("B1", "B2") for m in (1, 2, 3)))
    for provider, months in (("B1", (4, 6)), ("B2", (4, 5, 6))):
        for month in months:
            line = {"period": f"{month - 3}", "posting_date": f"2022-{month:02}-05", "amount": "110.00"}
            wards.ledger(line, period=f"2022-{month:02}", provider=provider)
    wards.night()
    found = values(wards.marts(), "F09", "level IN ('provider', 'all') AND starts_on > DATE '2022-04-01'")
    assert [(row[1], row[4].month, row[7], *row[8:]) for row in found] == [
        ("*", 5, 10.0, "provisional", "incomplete"),
        ("*", 6, 10.0, "provisional", "incomplete"),
        ("B1", 5, None, "missing", "no_data"),
        ("B1", 6, None, "missing", "no_data"),
        ("B2", 5, 10.0, "final", None),
        ("B2", 6, 10.0, "final", None),
    ]


def test_two_names_of_a_team_send_the_questionnaires_of_both(wards: Programme) -> None:
    """Added up by their sender: 15 by day, 12 by night. The question most answered stands for the questionnaires."""
    wards.reference("survey_team_map", "B1,PULSE,Day,T1", "B1,PULSE,Night,T1")
    wards.reference("survey_issued", "B1,PULSE,2022-07-15,Day,20", "B1,PULSE,2022-07-15,Night,20")
    answered = {("Day", "Q1"): "15", ("Night", "Q1"): "12", ("Day", "Q2"): "14", ("Night", "Q2"): "12"}
    wards.counts(*({"team_name": t, "question_code": q, "answered": n} for (t, q), n in answered.items()))
    wards.night()
    assert [row[5:8] for row in values(wards.marts(), "S01", "team_code = 'T1'")] == [(27, 40, 67.5)]
    late = {**answered, ("Day", "Q1"): "17"}
    wards.counts(*({"team_name": t, "question_code": q, "answered": n} for (t, q), n in late.items()), period="2022-08")
    wards.night()
    found = [row[5:8] for row in values(wards.marts(), "S01", "team_code = 'T1'")]
    assert found == [(29, 40, 72.5)], "the wave once more, with those who were late, in the extract of the month after"
