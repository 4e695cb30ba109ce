"""Huddles with clinical, finance and data people; coaches who went on, and what they gained by their own rating."""

from datetime import date

from vm_pipeline_tests.programme import Programme


def huddle(day: str, family: str) -> str:
    return f"B1,T1,huddle,{day},{day},{family},Somebody,,"


def test_a_week_is_extended_if_all_three_came_in_it(programme: Programme) -> None:
    programme.reference("unit_map", "B1,W1,T1,,")
    programme.reference(
        "role_log",
        *(huddle("2022-07-13", family) for family in ("clinical", "finance", "data", "data")),
        *(huddle("2022-07-20", family) for family in ("clinical", "pharmacy")),
        *(huddle("2022-07-25", "clinical"), huddle("2022-07-27", "finance"), huddle("2022-07-31", "data")),
        "B1,T1,post,2022-08-01,,finance,Coach,6,C1",
    )
    programme.activity(*({"measure_code": "huddle", "start_at": day} for day in ("2022-07-06", "2022-07-13")))
    programme.night()
    rows = programme.core().execute("SELECT * EXCLUDE (provider_code, team_code) FROM vm.huddle_week ORDER BY ALL")
    assert rows.fetchall() == [
        (date(2022, 7, 4), False, False, False, 0, False),
        (date(2022, 7, 11), True, True, True, 3, True),
        (date(2022, 7, 18), True, False, False, 2, False),
        (date(2022, 7, 25), True, True, True, 3, True),
    ]


def test_coaches_go_on_from_their_first_band_to_their_last(programme: Programme) -> None:
    programme.reference(
        "role_log",
        "B1,T1,post,2022-06-01,,improvement,Lead,7,C1",
        "B1,T1,post,2021-01-01,2022-05-31,improvement,Coach,6,C1",
        "B1,T1,post,2021-01-01,,improvement,Coach,6,C2",
        "B1,T1,post,2021-01-01,2021-12-31,improvement,Coach,7,C3",
        "B1,T1,post,2022-01-01,,improvement,Coach,6,C3",
        "B1,T1,post,2021-01-01,2021-12-31,improvement,Coach,,C4",
        "B1,T1,post,2022-01-01,,improvement,Coach,6,C4",
        "B1,T1,post,2021-01-01,2021-12-31,improvement,Clerk,5,C5",
        "B1,T1,post,2021-01-01,2021-12-31,improvement,Coach,6,C5",
        "B1,T1,post,2022-01-01,,improvement,Coach,6,C5",
        huddle("2022-07-13", "data"),
    )
    programme.night()
    con = programme.core()
    assert con.execute("SELECT count(*), count(progressed_on) FROM core.coach").fetchall() == [(5, 1)]
    rows = con.execute("SELECT * FROM vm.coach_progress").fetchall()
    assert rows == [("B1", 5, 1)], "down is not on, nor are two at once, and from an unknown band nobody knows"


def test_only_coaches_who_answered_twice_are_paired(programme: Programme) -> None:
    ratings = [("C1", 3, 6), ("C2", 5, 5), ("C3", 7, 6), ("C4", 9, None), ("C5", None, 10)]
    programme.reference(
        "coach_survey",
        *(f"B1,{coach},before,2021-01-01,SKILL,{before}" for coach, before, _ in ratings if before is not None),
        *(f"B1,{coach},after,2022-01-01,SKILL,{after}" for coach, _, after in ratings if after is not None),
    )
    programme.night()
    found = programme.core().execute("SELECT * FROM vm.coach_gain").fetchall()
    assert found == [("B1", "SKILL", 3, 2, 1, 1, 1)]


def test_a_programme_that_begins_has_no_second_wave_and_no_bands(programme: Programme) -> None:
    programme.reference("coach_survey", "B1,C1,before,2022-04-06,SKILL,3")
    programme.reference("role_log", "B1,T1,post,2022-07-06,,improvement,Coach,,C1")
    programme.night()
    con = programme.core()
    assert con.execute("SELECT * FROM vm.coach_gain").fetchall() == [("B1", "SKILL", 0, 0, 0, 1, 0)]
    assert con.execute("SELECT * FROM vm.coach_progress").fetchall() == [("B1", 1, 0)]
