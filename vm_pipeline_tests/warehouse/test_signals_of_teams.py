"""Signals in the warehouse: what pauses, baselines and recorded decisions do to the points of a team.

One measure, the share of appointments not attended (P11, control chart), of some teams over two years of months; and
a unit that people hardly ever leave.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from vm_pipeline.calendar import months
from vm_pipeline_tests.programme import Cells, Programme

MONTHS = list(months("2021-04", "2023-03"))
SEEN = 20  # appointments a month
LOW, HIGH = (4, 5), (11, 12)
SHIFTED = [(LOW if n < 12 else HIGH)[n % 2] for n in range(24)]
PAUSED = [6 if 8 <= n < 11 else 3 if n % 2 else 5 for n in range(24)]
AWAY = [
    0 if 16 <= n < 19 else LOW[n % 2] if n > 10 else 4 if n % 2 else 9 for n in range(24)
]  # ten low, but for a pause
RARE = [6 if n == 15 else 1 for n in range(24)]  # fewer than two are expected of a month, and once six come
MISSED = {
    "PAUSED": PAUSED,
    "FIXED": SHIFTED,
    "DECIDED": SHIFTED,
    "SHORT": SHIFTED[8:17],
    "MOVED": SHIFTED,
    "AWAY": AWAY,
    "SHUT": AWAY,  # of a board that was paused as a whole
    "RARE": RARE,
}


def appointments(unit: str, month: str, missed: int) -> list[Cells]:
    return [
        {
            "unit_code": unit,
            "record_id": f"{unit}{month}{n}",
            "measure_code": "attendance",
            "start_at": f"{month}-{n % 28 + 1:02}T10:00",
            "outcome_code": "dna" if n < missed else "attended",
        }
        for n in range(SEEN)
    ]


def stays(unit: str) -> list[Cells]:
    """One person more each month, and nobody leaves: whoever is in was in the month before."""
    return [
        {"unit_code": unit, "record_id": f"{unit}{month}", "measure_code": "inpatient_stay", "start_at": f"{month}-05"}
        for month in MONTHS
    ]


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    programme = Programme(Path(tmp_path_factory.mktemp("signals")))
    boards = {team: "B2" if team == "SHUT" else "B1" for team in (*MISSED, "LONG")}
    programme.reference("unit_map", *(f"{board},{team},{team},," for team, board in boards.items()))
    programme.reference("teams", *(f"{board},{team},{team},,clinic,," for team, board in boards.items()))
    programme.reference("pauses", "B1,PAUSED,2021-12,2022-02,Redeployed", "B1,AWAY,2022-08,2022-10,Closed",
                        "B2,,2022-08,2022-10,Closed")  # fmt: skip
    programme.reference(
        "targets",
        "B1,FIXED,P11,2021-04,2022-03,22.5,10,,2025-03-31",
        "B1,FIXED,P11,2021-04,2022-09,30,99,2027-04-01,",
        "B1,SHORT,P01,2021-09,2021-10,20,30,,",
    )  # the second begins after the last receipt
    programme.reference("rebases", "B1,DECIDED,P11,2022-04,2022-05-01,Clinical lead,New booking system")
    rows = [
        row
        for team, missed in MISSED.items()
        for month, count in zip(MONTHS, missed, strict=False)
        if count
        for row in appointments(team, month, count)
    ]
    shut = [row for row in rows if row["unit_code"] == "SHUT"]
    rows = [row for row in rows if row["unit_code"] != "SHUT"]
    programme.activity(*rows, *stays("LONG"), period=f"{MONTHS[0]}_{MONTHS[-1]}")
    programme.activity(*shut, period=f"{MONTHS[0]}_{MONTHS[-1]}", provider="B2")
    programme.night()
    yield programme.warehouse()
    programme.close()


def points(con: duckdb.DuckDBPyConnection, team: str, columns: str) -> list[tuple[Any, ...]]:
    """Columns of a team's months, in order."""
    return con.execute(
        f"SELECT {columns} FROM vm.indicator_signal WHERE indicator_code = 'P11' AND level = 'team' "
        "AND team_code = ? AND grain = 'month' ORDER BY starts_on",
        [team],
    ).fetchall()


def series(con: duckdb.DuckDBPyConnection, team: str, columns: str) -> tuple[Any, ...]:
    (row,) = con.execute(
        f"SELECT {columns} FROM vm.indicator_series WHERE indicator_code = 'P11' AND level = 'team' "
        "AND team_code = ? AND grain = 'month'",
        [team],
    ).fetchall()
    return tuple(row)


def per_cent(missed: list[int]) -> float:
    return 100 * sum(missed) / (SEEN * len(missed))


def test_paused_months_take_no_part(con: duckdb.DuckDBPyConnection) -> None:
    """They are shown, raise no signal, and move no line."""
    found = points(con, "PAUSED", "value, is_final, signal, centre_line")
    others = [count for n, count in enumerate(PAUSED) if not 8 <= n < 11]
    assert [row[0] for row in found] == [100 * count / SEEN for count in PAUSED]
    assert [n for n, row in enumerate(found) if not row[1]] == [8, 9, 10]
    assert not any(row[2] for row in found)
    assert {round(row[3], 9) for row in found if row[1]} == {round(per_cent(others), 9)}
    assert series(con, "PAUSED", "points") == (21,)


@pytest.mark.parametrize("team", ["AWAY", "SHUT"])
def test_nothing_is_carried_across_a_pause_of_which_there_are_no_figures(
    con: duckdb.DuckDBPyConnection, team: str
) -> None:
    """Five months low, three without an appointment, five low: no ten low in a row, and nothing proposed of them."""
    found = points(con, team, "value < centre_line, signal")
    assert [row[0] for row in found[-10:]] == [True] * 10 and len(found) == 21
    assert not any(row[1] for row in found)
    assert series(con, team, "longest_run, rebase_proposed_from") == (5, None)


def test_a_declared_baseline_makes_the_line_and_what_lies_apart_from_it_signals(
    con: duckdb.DuckDBPyConnection,
) -> None:
    found = points(con, "FIXED", "centre_line, is_baseline, signal, rule")
    assert {round(row[0], 9) for row in found} == {round(per_cent(SHIFTED[:12]), 9)}
    assert [row[1] for row in found] == [True] * 12 + [False] * 12
    assert [row[2] for row in found] == [False] * 11 + [True] * 13  # the run began in the last month of the baseline
    judged, signals, baseline, phases = series(con, "FIXED", "points_judged, signals, has_baseline, phases")
    assert (judged, signals, baseline, phases) == (12, 12, True, 1)
    assert set(points(con, "FIXED", "target")) == {(10.0,)}


def test_a_baseline_of_months_is_made_of_the_weeks_that_lie_within_them(con: duckdb.DuckDBPyConnection) -> None:
    """September 2021 begins on a Wednesday, October ends on a Sunday."""
    found = con.execute(
        "SELECT min(starts_on), max(starts_on), count(*) FROM vm.indicator_signal WHERE indicator_code = 'P01' "
        "AND level = 'team' AND team_code = 'SHORT' AND grain = 'week' AND is_baseline"
    )
    assert found.fetchall() == [(date(2021, 9, 6), date(2021, 10, 25), 8)]


def test_a_recorded_decision_begins_a_phase_with_a_line_of_its_own(con: duckdb.DuckDBPyConnection) -> None:
    found = points(con, "DECIDED", "phase, centre_line, signal")
    assert [row[0] for row in found] == [0] * 12 + [1] * 12
    assert [round(row[1], 9) for row in found] == [
        round(per_cent(half), 9) for half in (SHIFTED[:12], SHIFTED[12:]) for _ in half
    ]
    assert not any(row[2] for row in found)
    assert con.execute("SELECT team_code, rebase_from, decided_by FROM vm.rebase").fetchall() == [
        ("DECIDED", "2022-04", "Clinical lead")
    ]


def test_without_a_decision_a_move_is_proposed_and_nothing_follows_of_itself(con: duckdb.DuckDBPyConnection) -> None:
    """The same figures as those with a decision: one line over both years, and a date for people to decide on."""
    found = points(con, "MOVED", "phase, centre_line, signal")
    assert {(row[0], round(row[1], 9)) for row in found} == {(0, round(per_cent(SHIFTED), 9))}
    assert sum(row[2] for row in found) == series(con, "MOVED", "signals")[0] > 0
    assert series(con, "MOVED", "rebase_proposed_from") == (date(2022, 4, 1),)
    assert series(con, "DECIDED", "rebase_proposed_from") == (None,)
    assert series(con, "PAUSED", "rebase_proposed_from") == (None,)


def test_a_line_of_nine_points_raises_no_signal(con: duckdb.DuckDBPyConnection) -> None:
    """Four months low and five high: with ten points its limits would be judged by."""
    found = points(con, "SHORT", "is_tentative, signal, rule, tier, centre_line")
    assert len(found) == 9
    assert {row[:4] for row in found} == {(True, False, None, None)}
    assert {round(row[4], 9) for row in found} == {round(per_cent(SHIFTED[8:17]), 9)}
    assert series(con, "SHORT", "points, points_judged, signals") == (9, 0, 0)


def test_rare_events_are_points_that_noise_was_asked_of_whether_they_signal_or_not(
    con: duckdb.DuckDBPyConnection,
) -> None:
    """Only what lies outside is told of them. Counted alone it would be one point of one, and none of noise."""
    assert [n for n, (signal,) in enumerate(points(con, "RARE", "signal")) if signal] == [15]
    assert series(con, "RARE", "points_judged, signals, signals_tier_a") == (24, 1, 1)
    assert series(con, "RARE", "false_alarm_share") == series(con, "MOVED", "false_alarm_share")


@pytest.mark.parametrize("grain", ["week", "month"])
def test_points_that_hang_together_raise_no_signal(con: duckdb.DuckDBPyConnection, grain: str) -> None:
    """Of those who are in now most were in before: every point would signal, and none is judged or proposed of."""
    of = f"FROM vm.{{}} WHERE indicator_code = 'P03' AND team_code = 'LONG' AND level = 'team' AND grain = '{grain}'"
    found = con.execute(
        "SELECT bool_or(in_shift AND is_final), bool_or(signal), bool_and(is_tentative), count(centre_line) > 20 "
        + of.format("indicator_signal")
    )
    assert found.fetchall() == [(True, False, True, True)]
    found = con.execute(
        "SELECT points > 20, points_judged, signals, rebase_proposed_from " + of.format("indicator_series")
    )
    assert found.fetchall() == [(True, 0, 0, None)]


def test_every_series_says_what_noise_alone_would_raise(con: duckdb.DuckDBPyConnection) -> None:
    """More with length, and never for one that is not judged."""
    share, false_points = series(con, "MOVED", "false_alarm_share, false_alarm_points")
    fewer, _ = series(con, "PAUSED", "false_alarm_share, false_alarm_points")
    assert 0 < fewer <= share < 1 and 0 < false_points < 24
    assert series(con, "SHORT", "false_alarm_share, false_alarm_points") == (0, 0)
