"""indicator_value: what adds up, what is found again at each level, and what is said of each value."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vm_pipeline.sources.files import FilesKeys
from vm_pipeline.sources.period import PeriodRule
from vm_pipeline.warehouse.statements import statements
from vm_pipeline_tests.programme import Cells, Programme, ledger

MAPS = {
    "providers": ("B1,One", "B2,Two"),
    "teams": (
        "B1,T1,Ward 1,Medicine,ward,,",
        "B1,T2,Ward 2,Medicine,ward,,",
        "B1,T3,Ward 3,Surgery,ward,,",
        "B2,T9,Ward 9,Medicine,ward,,",
    ),
    "cost_centre_map": ("B1,R1,T1,1,,", "B1,R2,T2,1,,", "B1,R3,T3,1,,", "B2,R1,T9,1,,"),
    "unit_map": ("B1,W1,T1,,", "B1,W2,T2,,", "B1,W3,T3,,", "B2,W1,T9,,"),
    "account_map": ("3001A,Bread,food,true,dated", "PAY,Nurses,pay_substantive,true,", "BANK,Bank,pay_bank,true,dated"),
    "survey_team_map": ("B1,PULSE,Team One,T1",),
    "survey_questions": ("PULSE,Q1,I am heard,agree5,Strongly agree|Agree",),
}
BY_NAME = PeriodRule(pattern=r"(?P<period>.{7})\.csv")
DAYS = {"measure_code": "bed_day", "outcome_code": ""}


@pytest.fixture
def wards(programme: Programme) -> Programme:
    for name, rows in MAPS.items():
        programme.reference(name, *rows)
    return programme


def stay(start: str, end: str = "", **more: str) -> Cells:
    return {"measure_code": "inpatient_stay", "outcome_code": "", "start_at": start, "end_at": end, **more}


def values(con: duckdb.DuckDBPyConnection, code: str, where: str = "true") -> list[tuple[Any, ...]]:
    """(level, provider, service, team, start, numerator, denominator, value, status, qualifier)."""
    return con.execute(
        "SELECT level, provider_code, service, team_code, starts_on, numerator, denominator, value, status, qualifier "
        f"FROM vm.indicator_value WHERE indicator_code = ? AND {where} ORDER BY ALL",
        [code],
    ).fetchall()


def state(con: duckdb.DuckDBPyConnection, code: str, grain: str, start: str) -> tuple[Any, ...]:
    """Value, status and qualifier of team T1."""
    ((*_, value, status, qualifier),) = values(
        con, code, f"team_code = 'T1' AND grain = '{grain}' AND starts_on = DATE '{start}'"
    )
    return value, status, qualifier


def test_numerators_and_denominators_of_a_roll_up_add_up(built: duckdb.DuckDBPyConnection) -> None:
    """Every ratio and sum of the small world, at every level, by week and month."""
    found = built.execute(
        """
        WITH member AS (
            SELECT value.*, team.service AS own_service
            FROM vm.indicator_value AS value
            JOIN vm.dim_indicator AS one USING (indicator_code)
            JOIN vm.dim_team AS team ON team.provider_code = value.provider_code AND team.team_code = value.team_code
            WHERE value.level = 'team' AND one.kind IN ('ratio', 'sum')
        ),
        added AS (
            SELECT indicator_code, 'provider' AS level, provider_code, '*' AS service, grain, starts_on,
                   sum(numerator) AS numerator, sum(denominator) AS denominator FROM member GROUP BY ALL
            UNION ALL
            SELECT indicator_code, 'service', provider_code, own_service, grain, starts_on,
                   sum(numerator), sum(denominator)
            FROM member WHERE own_service IS NOT NULL GROUP BY ALL
            UNION ALL
            SELECT indicator_code, 'all', '*', '*', grain, starts_on, sum(numerator), sum(denominator)
            FROM member GROUP BY ALL
        )
        SELECT rolled.level, count(*), count(*) FILTER (rolled.numerator IS DISTINCT FROM added.numerator
                                                        OR rolled.denominator IS DISTINCT FROM added.denominator)
        FROM vm.indicator_value AS rolled
        JOIN added USING (indicator_code, level, provider_code, service, grain, starts_on)
        GROUP BY rolled.level ORDER BY rolled.level
        """
    ).fetchall()
    assert [level for level, _, _ in found] == ["all", "provider", "service"]
    assert all(rows > 100 for _, rows, _ in found)
    assert [wrong for _, _, wrong in found] == [0, 0, 0]


def test_a_value_is_its_factor_times_numerator_over_denominator(built: duckdb.DuckDBPyConnection) -> None:
    rows = built.execute(
        "SELECT count(*), count(*) FILTER (value <> factor * value.numerator::DOUBLE / value.denominator::DOUBLE) "
        "FROM vm.indicator_value AS value JOIN vm.dim_indicator AS one USING (indicator_code) "
        "WHERE one.kind = 'ratio' AND value.denominator <> 0 AND value IS NOT NULL"
    ).fetchone()
    assert rows is not None
    assert rows[0] > 500
    assert rows[1] == 0


def test_team_months_agree_with_team_month(built: duckdb.DuckDBPyConnection) -> None:
    """Where an indicator has a column in both."""
    columns = built.execute(
        "SELECT indicator_code, team_month_column FROM vm.dim_indicator WHERE team_month_column IS NOT NULL"
    ).fetchall()
    assert len(columns) == 6
    for code, column in columns:
        compared = built.execute(
            f"SELECT count(*), count(*) FILTER (value.value IS DISTINCT FROM month.{column}) "
            "FROM vm.indicator_value AS value JOIN vm.team_month AS month USING (provider_code, team_code, period) "
            "WHERE indicator_code = ? AND level = 'team' AND value.value IS NOT NULL",
            [code],
        ).fetchone()
        assert compared is not None
        assert compared[0] > 0
        assert compared[1] == 0, code


def test_a_ratio_rolls_up_as_a_sum_over_a_sum(wards: Programme) -> None:
    """£100 over 1 bed day and £100 over 9 are £20 a day, not the mean of 100.00 and 11.11. T3 has cost and no beds."""
    wards.ledger(
        {"amount": "100.00"},
        {"amount": "100.00", "cost_centre_code": "R2"},
        {"amount": "7.00", "cost_centre_code": "R3"},
    )
    wards.activity({**DAYS, "quantity": "1"}, {**DAYS, "quantity": "9", "unit_code": "W2"})
    wards.night()
    found = values(wards.marts(), "F03", "grain = 'month'")
    assert [(row[:4], row[7]) for row in found] == [
        (("all", "*", "*", "*"), 20.0),
        (("provider", "B1", "*", "*"), 20.0),
        (("service", "B1", "Medicine", "*"), 20.0),
        (("team", "B1", "*", "T1"), 100.0),
        (("team", "B1", "*", "T2"), pytest.approx(100 / 9)),
    ]


def test_one_patient_on_two_wards_is_one_at_their_provider(wards: Programme) -> None:
    """A transfer goes on with its journey; an admission a week later is another."""
    wards.activity(
        stay("2022-07-04T10:00", "2022-07-06T09:00", patient_ref="P", discharge_code="TRANSFER"),
        stay("2022-07-06T10:00", "2022-07-08T09:00", patient_ref="P", discharge_code="HOME", unit_code="W2"),
        stay("2022-07-20T10:00", "2022-07-21T09:00", patient_ref="P", discharge_code="HOME", unit_code="W2"),
        stay("2022-07-05T10:00", patient_ref="Q"),
        stay("2022-07-05T11:00", quantity="3"),
    )
    wards.night()
    con = wards.marts()
    found = {row[:4]: row[7] for row in values(con, "P01", "grain = 'month'")}
    assert found == {
        ("team", "B1", "*", "T1"): 5,
        ("team", "B1", "*", "T2"): 2,
        ("service", "B1", "Medicine", "*"): 6,
        ("provider", "B1", "*", "*"): 6,
        ("all", "*", "*", "*"): 6,
    }
    assert [row[5:8] for row in values(con, "P07", "team_code = 'T2' AND grain = 'month'")] == [(1, 2, 50.0)]
    assert not [
        c
        for t in ("vm.fact_activity", "vm.indicator_value")
        for (c, *_) in con.execute(f"DESCRIBE {t}").fetchall()
        if "patient" in c
    ]


def test_medians_and_gaps_are_found_again_at_each_level(wards: Programme) -> None:
    """Medians 2 of T1 and 9 of T2 give 3 together; gaps of 10 days each give shorter ones together."""
    nights = {"W1": (1, 2, 3), "W2": (9,)}
    stays = [
        stay("2022-07-01T10:00", f"2022-07-{1 + n:02}T13:00", unit_code=unit)
        for unit, all in nights.items()
        for n in all
    ]
    falls = [
        {"measure_code": "fall", "outcome_code": "harm", "start_at": f"2022-07-{day:02}T10:00", "unit_code": unit}
        for unit, days in {"W1": (1, 11), "W2": (5, 15)}.items()
        for day in days
    ]
    none = {**falls[0], "start_at": "2022-07-08T10:00", "quantity": "0"}
    wards.activity(*stays, *falls, none)
    wards.night()
    con = wards.marts()
    assert {row[3]: row[7] for row in values(con, "P02M", "grain = 'month'")} == {"T1": 2, "T2": 9, "*": 2.5}
    assert {row[3]: row[7] for row in values(con, "P06", "grain = 'month'")} == {
        "T1": 10,
        "T2": 10,
        "*": pytest.approx(14 / 3),
    }
    gaps = values(con, "P06", "grain = 'event' AND level = 'all'")
    assert [(row[4].day, row[7], row[8], row[9]) for row in gaps] == [
        (5, 4, "final", None),
        (11, 6, "final", None),
        (15, 4, "final", None),
        (31, 16, "provisional", "open_gap"),
    ]


def test_a_stay_s_days_hours_and_noon(wards: Programme) -> None:
    wards.activity(
        stay("2022-07-01T10:00", "2022-07-05T11:59"),
        stay("2022-07-01T10:00", "2022-07-05T12:00"),
        stay("2022-07-01T10:00", "2022-07-06"),
        stay("2022-07-30T10:00", "2022-07-31T09:00"),
        stay("2022-07-29T10:00"),
        stay("2022-07-31T10:00"),
    )
    wards.night()
    con = wards.marts()
    where = "team_code = 'T1' AND grain = 'month'"
    assert [row[5:7] for row in values(con, "P02", where)] == [(14, 4)]
    assert [row[5:7] for row in values(con, "P08", where)] == [(2, 3)]
    assert [row[5:7] for row in values(con, "P03", where)] == [(4, 2)], "who left on the last day is not in at its end"


def test_referrals_are_decided_in_working_days(wards: Programme) -> None:
    """Friday to Tuesday is 2; pending ones do not count. Four of a week are too few to say more of, five are not."""
    others = {"2022-07-05": 3, "2022-07-12": 5}
    wards.activity(
        *(
            {"measure_code": "referral", "outcome_code": "accepted", "start_at": day, "end_at": ""}
            for day, referrals in others.items()
            for _ in range(referrals)
        ),
        {"measure_code": "referral", "outcome_code": "accepted", "start_at": "2022-07-08", "end_at": "2022-07-12"},
        {"measure_code": "referral", "outcome_code": "pending", "start_at": "2022-07-01", "end_at": ""},
    )
    wards.night()
    con = wards.marts()
    assert state(con, "P10", "month", "2022-07-01") == (2, "provisional", "too_little_activity")
    assert state(con, "P09", "week", "2022-07-04") == (0.0, "provisional", "too_little_activity")
    assert state(con, "P09", "week", "2022-07-11") == (0.0, "final", None)


class TestStatus:
    def test_a_zero_denominator_has_no_value(self, wards: Programme) -> None:
        wards.ledger({"amount": "10.00", "posting_date": "2022-07-05"}, {"amount": "10.00"})
        wards.activity({**DAYS, "start_at": "2022-07-05"}, {**DAYS, "quantity": "0"})
        wards.night()
        con = wards.marts()
        assert state(con, "F03", "week", "2022-07-04") == (10.0, "final", None)
        assert state(con, "F03", "week", "2022-07-11") == (None, "zero_denominator", "nothing_to_divide_by")

    def test_a_missing_week_has_a_row(self, wards: Programme) -> None:
        wards.activity(
            *({**DAYS, "start_at": f"2022-07-{day}"} for day in ("05", "19")),
            {"measure_code": "fall", "outcome_code": "harm", "start_at": "2022-07-05"},
        )
        wards.night()
        con = wards.marts()
        assert state(con, "P05", "week", "2022-07-11") == (None, "missing", "no_data")
        assert state(con, "P05", "week", "2022-07-18") == (0.0, "final", None), "no fall on record is none"
        assert len(values(con, "P05", "team_code = 'T1' AND grain = 'week'")) == 3

    def test_a_month_whose_ledger_has_not_come(self, wards: Programme) -> None:
        """Of a week across the month's end half the cost is known, and the week says so. B2's June is no June of B1."""
        for period in ("2022-07", "2022-08"):
            wards.activity({**DAYS, "start_at": f"{period}-03", "quantity": "7"}, period=period)
        wards.activity({**DAYS, "start_at": "2022-08-20", "record_id": "Z"}, period="2022-08")
        wards.activity({**DAYS, "start_at": "2022-07-28"}, {**DAYS, "start_at": "2022-08-03", "record_id": "9"})
        wards.ledger({"account_code": "PAY", "amount": "310.00"})
        june = {"account_code": "PAY", "amount": "30.00", "period": "3", "posting_date": "2022-06-15"}
        wards.ledger(june, period="2022-06", provider="B2")
        august = {**june, "period": "5", "posting_date": "2022-08-05"}
        wards.ledger(august, period="2022-08", provider="B2")
        wards.activity({**DAYS, "start_at": "2022-08-05", "quantity": "3"}, period="2022-08", provider="B2")
        wards.night()
        con = wards.marts()
        assert [row[7:] for row in values(con, "F01", "team_code = 'T9' AND starts_on = DATE '2022-06-27'")] == [
            (4.0, "provisional", "no_ledger")
        ]
        assert [
            row[7:] for row in values(con, "F03", "level = 'all' AND starts_on = DATE '2022-08-01' AND grain = 'month'")
        ] == [(10.0, "provisional", "no_ledger")], "of B2 alone"
        assert state(con, "F03", "month", "2022-08-01") == (None, "provisional", "no_ledger")
        assert state(con, "F01", "week", "2022-06-27") == (30.0, "provisional", "no_ledger"), (
            "June's has not come either"
        )
        assert state(con, "F01", "week", "2022-07-04") == (70.0, "final", None)

    def test_a_month_of_which_one_system_has_not_come(self, wards: Programme) -> None:
        """Payroll comes beside the ledger: without it a month's cost is not whole. Three months it is waited for.

        Nothing else of that month is in doubt: neither its activity nor the cost of a board that has one system.
        """
        months = {"2022-04": "1", "2022-05": "2", "2022-06": "3", "2022-07": "4", "2022-08": "5", "2022-09": "6"}
        for part, sent in (("gl", 6), ("pay", 2)):
            keys = FilesKeys(feed="ledger", provider="B1", files=f"{part}/*.csv", period=BY_NAME, part=part)
            wards.sources.append(keys.source(wards.root, "B1", ""))
            (wards.root / part).mkdir()
            for month, period in [*months.items()][:sent]:
                text = ledger({"period": period, "posting_date": f"{month}-05", "journal_id": part})
                (wards.root / part / f"{month}.csv").write_text(text)
        wards.activity({"start_at": "2022-06-05"}, period="2022-06")
        wards.ledger({"period": "3", "posting_date": "2022-06-05"}, period="2022-06", provider="B2")
        wards.night()
        con = wards.marts()
        assert state(con, "P01", "month", "2022-06-01") == (1.0, "final", None)
        assert [row[7:] for row in values(con, "F01", "team_code = 'T9' AND grain = 'month'")] == [
            (10.0, "final", None)
        ]
        found = {month: state(con, "F01", "month", f"{month}-01")[:2] for month in months}
        assert found == {
            **dict.fromkeys(("2022-04", "2022-05"), (20.0, "final")),
            **dict.fromkeys(("2022-06", "2022-07", "2022-08"), (10.0, "provisional")),
            "2022-09": (10.0, "final"),
        }

    @pytest.mark.parametrize(
        ("code", "grain", "start", "night", "status"),
        [
            ("F01", "month", "2022-07-01", "2022-07-31", "provisional"),
            ("F01", "month", "2022-07-01", "2022-08-01", "final"),
            ("F01", "week", "2022-07-11", "2022-07-17", "provisional"),
            ("F01", "week", "2022-07-11", "2022-07-18", "final"),
            ("F06", "month", "2022-07-01", "2022-08-31", "provisional"),
            ("F06", "month", "2022-07-01", "2022-09-01", "final"),
            ("F06", "week", "2022-07-11", "2022-08-14", "provisional"),
            ("F06", "week", "2022-07-11", "2022-08-15", "final"),
        ],
    )
    def test_a_period_is_open_at_the_last_receipt_not_by_the_clock(
        self, wards: Programme, code: str, grain: str, start: str, night: str, status: str
    ) -> None:
        """Supplementary staffing comes a month late."""
        wards.ledger({"account_code": "BANK", "amount": "10.00"}, {"account_code": "PAY", "amount": "31.00"})
        wards.night(datetime.fromisoformat(f"{night}T10:00").replace(tzinfo=UTC))
        _, found, qualifier = state(wards.marts(), code, grain, start)
        assert (found, qualifier) == (status, "open_period" if status == "provisional" else None)

    def test_a_week_that_begins_with_its_month_is_over_before_it(self, wards: Programme) -> None:
        line = {"account_code": "PAY", "amount": "31.00", "period": "5", "posting_date": "2022-08-05"}
        wards.ledger(line, period="2022-08")
        wards.night(datetime(2022, 8, 10, tzinfo=UTC))
        con = wards.marts()
        assert state(con, "F01", "week", "2022-08-01") == (7.0, "final", None)
        assert state(con, "F01", "month", "2022-08-01") == (31.0, "provisional", "open_period")

    def test_what_came_since_of_another_feed_ends_no_week(self, wards: Programme) -> None:
        """Activity to the 11th came on the 12th, a ledger two weeks later: nobody knows of patients after the 11th."""
        seen = [{"start_at": f"2022-07-{day:02}T10:00"} for day in range(1, 12)]
        wards.activity(*seen, {"measure_code": "fall", "outcome_code": "harm", "start_at": "2022-07-08T10:00"},
                       {"measure_code": "fall", "outcome_code": "harm", "start_at": "2022-07-02T10:00"})  # fmt: skip
        wards.night(datetime(2022, 7, 12, 3, tzinfo=UTC))
        wards.ledger(*({"posting_date": f"2022-07-{day:02}"} for day in range(1, 27)))
        wards.night(datetime(2022, 7, 27, 3, tzinfo=UTC))
        con = wards.marts()
        assert state(con, "P01", "week", "2022-07-04")[1:] == ("final", None)
        assert state(con, "P01", "week", "2022-07-11") == (1, "provisional", "open_period")
        assert state(con, "F02", "week", "2022-07-11") == (70, "provisional", "open_period")
        assert state(con, "F01", "week", "2022-07-11") == (70, "final", None)
        told = dict(con.execute("SELECT week_start, not_final FROM vm.team_week WHERE team_code = 'T1'").fetchall())
        assert told[date(2022, 7, 4)] is None
        assert (
            told[date(2022, 7, 11)]
            == "cost_per_patient_gbp, cost_per_attendance_gbp, patients, dna_pct, completeness_pct"
        )
        assert values(con, "P01", "grain = 'week' AND starts_on = DATE '2022-07-11' AND status = 'final'") == []
        assert values(con, "P06", "team_code = 'T1' AND grain = 'event'")[-1][4:8] == (date(2022, 7, 12), 4, 1, 4)

    def test_what_is_made_of_other_indicators_or_chosen_by_a_file_waits_for_their_feeds(self, wards: Programme) -> None:
        """A ledger to the 11th came on the 12th, activity after the month: what was spent against a budget is open."""
        wards.reference("budget", *(f"B1,R1,3001A,2022/23,{period},100," for period in range(4, 6)))
        wards.ledger({"posting_date": "2022-07-05"})
        wards.night(datetime(2022, 7, 12, 3, tzinfo=UTC))
        wards.activity({**DAYS, "start_at": "2022-07-05"}, {**DAYS, "start_at": "2022-07-20"})
        wards.night(datetime(2022, 8, 5, 3, tzinfo=UTC))
        con = wards.marts()
        for code in ("F01", "F09"):
            assert state(con, code, "month", "2022-07-01")[1:] == ("provisional", "open_period"), code
        assert state(con, "M02", "week", "2022-07-04")[1:] == ("final", None)
        assert state(con, "M02", "week", "2022-07-11")[1:] == ("provisional", "open_period")

    def test_every_system_of_a_feed_is_waited_for(self, wards: Programme) -> None:
        """July's ledger came on the 12th, its payroll in August. A system that stopped in March is not asked."""
        for part in ("gl", "pay", "old"):
            keys = FilesKeys(feed="ledger", provider="B1", files=f"{part}/*.csv", period=BY_NAME, part=part)
            wards.sources.append(keys.source(wards.root, "B1", ""))
            (wards.root / part).mkdir()

        def status_once(day: str, part: str, month: str, amount: str = "1.00") -> str:
            line = {"period": "4" if month == "2022-07" else "12", "financial_year": "2022/23", "journal_id": part}
            line |= {"financial_year": "2021/22"} if month == "2022-03" else {}
            text = ledger(line | {"posting_date": f"{month}-05", "amount": amount})
            (wards.root / part / f"{month}.csv").write_text(text)
            wards.night(datetime.fromisoformat(f"{day}T03:00+00:00"))
            return state(wards.marts(), "F01", "month", f"{month}-01")[1]

        status_once("2022-03-20", "old", "2022-03")
        status_once("2022-07-12", "gl", "2022-07")
        assert status_once("2022-08-02", "pay", "2022-07") == "provisional"
        assert status_once("2022-08-05", "gl", "2022-07", "2.00") == "final"

    def test_midnight_is_london_s(self, wards: Programme) -> None:
        wards.ledger({"amount": "10.00"})
        wards.night(datetime(2022, 7, 31, 23, 30, tzinfo=UTC))  # 00:30 on 1 August in London
        assert state(wards.marts(), "F01", "month", "2022-07-01")[1] == "final"

    def test_too_little_activity(self, wards: Programme) -> None:
        wards.activity(
            *(
                {"measure_code": "referral", "outcome_code": "accepted", "start_at": f"2022-07-0{d}"}
                for d in (4, 5, 6, 7)
            ),
            *(
                {"measure_code": "referral", "outcome_code": "returned", "start_at": f"2022-07-{d}"}
                for d in range(11, 16)
            ),
        )
        wards.night()
        con = wards.marts()
        assert state(con, "P09", "week", "2022-07-04") == (0.0, "provisional", "too_little_activity")
        assert state(con, "P09", "week", "2022-07-11") == (100.0, "final", None)

    def test_a_sample_is_not_carried_forward(self, wards: Programme) -> None:
        hours = {"contracted_hours": "10", "direct_hours": "6", "indirect_hours": "5"}
        wards.activity(
            *(
                {"measure_code": measure, "outcome_code": "", "quantity": n, "start_at": f"2022-07-{day}"}
                for measure, n in hours.items()
                for day in ("05", "19")
            )
        )
        wards.night()
        con = wards.marts()
        assert state(con, "C01", "week", "2022-07-04") == (60.0, "final", "sampled")
        assert state(con, "C01", "week", "2022-07-11") == (None, "missing", "not_sampled")
        assert state(con, "C03", "week", "2022-07-18") == (-10.0, "final", "below_zero")
        assert con.execute(
            "SELECT week_start, direct_time_pct, last_sampled_week FROM vm.team_week WHERE team_code = 'T1' ORDER BY 1"
        ).fetchall() == [
            (date(2022, 7, 4), 60.0, date(2022, 7, 4)),
            (date(2022, 7, 11), None, date(2022, 7, 4)),
            (date(2022, 7, 18), 60.0, date(2022, 7, 18)),
        ]

    def test_a_pause_of_one_team_and_of_all(self, wards: Programme) -> None:
        """Values stay. One team's pause is no pause of its provider."""
        for month, period in (("2022-07", "4"), ("2022-08", "5"), ("2022-09", "6")):
            lines = [
                {"amount": "10.00", "period": period, "posting_date": f"{month}-15", "cost_centre_code": c}
                for c in ("R1", "R2")
            ]
            wards.ledger(*lines, period=month)
        wards.reference("pauses", "B1,T1,2022-08,2022-08,Moved", "B1,,2022-09,2022-09,Winter")
        falls = ("2022-07-05", "2022-07-10", "2022-10-06", "2022-10-08", "2022-11-01")
        harm = {"measure_code": "fall", "outcome_code": "harm"}
        wards.activity(*({**harm, "start_at": f"{day}T10:00"} for day in falls), period="2022-07_2022-11")
        wards.night()
        con = wards.marts()
        rows = values(con, "F01", "grain = 'month'")
        assert len(rows) == len({row[:5] for row in rows}), "1 August begins a week that is paused, too"
        assert {(row[0], row[3], row[4].month) for row in rows if row[9] == "paused"} == {
            ("team", "T1", 8),
            ("team", "T1", 9),
            ("team", "T2", 9),
            ("service", "*", 9),
            ("provider", "*", 9),
            ("all", "*", 9),
        }
        assert {row[7] for row in rows if row[3] == "T1"} == {10.0}
        assert {row[8] for row in rows} == {"final"}
        assert state(con, "F01", "week", "2022-08-15")[2] == "paused"
        gaps = values(con, "P06", "grain = 'event' AND team_code = 'T1'")
        assert [(row[7], row[9]) for row in gaps] == [
            (5, None),
            (88, "paused"),
            (2, None),
            (24, None),
            (29, "open_gap"),
        ]
        assert [row[9] for row in values(con, "P06", "grain = 'month' AND team_code = 'T1'")] == [None, "paused", None]

    def test_year_end_adjustments_are_in_march_and_in_no_week(self, wards: Programme) -> None:
        line = {"financial_year": "2021/22", "posting_date": "2022-03-15", "amount": "10.00"}
        wards.ledger({**line, "period": "12"}, {**line, "period": "13"}, {**line, "period": "0"}, period="2022-03")
        wards.night()
        con = wards.marts()
        assert state(con, "F01", "month", "2022-03-01")[0] == 20.0
        assert state(con, "F01", "week", "2022-03-14")[0] == 10.0
        assert len(values(con, "F01", "team_code = 'T1' AND grain = 'month'")) == 1

    def test_a_roll_up_that_lacks_a_member(self, wards: Programme) -> None:
        """T2 counted no beds in the middle week; the ward that did is not all of the provider."""
        falls = [
            {"measure_code": "fall", "outcome_code": "harm", "unit_code": u, "start_at": "2022-07-05"}
            for u in ("W1", "W2")
        ]
        beds = [{**DAYS, "start_at": f"2022-07-{d}", "unit_code": "W1"} for d in ("05", "12", "19")]
        beds += [{**DAYS, "start_at": f"2022-07-{d}", "unit_code": "W2"} for d in ("05", "19")]
        wards.activity(*falls, *beds)
        wards.night()
        found = values(wards.marts(), "P05", "level = 'provider' AND grain = 'week'")
        assert [(row[6], row[8], row[9]) for row in found] == [
            (2, "final", None),
            (1, "provisional", "incomplete"),
            (2, "final", None),
        ]


class TestWhatIsAbsent:
    def test_an_indicator_says_what_it_lacks(self, wards: Programme) -> None:
        wards.ledger({})
        wards.activity({**DAYS})
        wards.night()
        con = wards.marts()
        found = dict(con.execute("SELECT indicator_code, absent_because FROM vm.dim_indicator").fetchall())
        assert found["F03"] is None
        assert found["P04"] == "nothing was received of activity/staffed_bed_day"
        assert found["F09"] == "nothing was received of reference/budget"
        assert found["F10"] == "it is in the table saving"
        assert values(con, "P04") == []

    def test_it_comes_with_its_source(self, wards: Programme) -> None:
        """Occupancy above 100% is legal; budgets are shared as costs are, and run from April: March is another year."""
        wards.reference("cost_centre_map", "B1,R1,T1,0.5,,", "B1,R1,T2,0.5,,")
        wards.reference("budget", "B1,R1,3001A,2022/23,3,40.00,", "B1,R1,3001A,2022/23,4,40.00,2.00",
                        "B1,R1,3001A,2021/22,12,900.00,")  # fmt: skip
        march = {"amount": "800.00", "financial_year": "2021/22", "period": "12", "posting_date": "2022-03-15"}
        wards.ledger(march, period="2022-03")
        wards.ledger({"amount": "50.00", "period": "3", "posting_date": "2022-06-15"}, period="2022-06")
        wards.ledger({"amount": "38.00"})
        staffed = {"measure_code": "staffed_bed_day", "outcome_code": "", "quantity": "20"}
        worked = {"measure_code": "worked_hours", "outcome_code": "", "quantity": "166.071"}  # 37.5 hours for 31 days
        wards.activity({**DAYS, "quantity": "21"}, staffed, worked)
        wards.night()
        con = wards.marts()
        assert state(con, "P04", "month", "2022-07-01") == (105.0, "final", None)
        assert state(con, "F09", "month", "2022-06-01")[0] == 25.0
        assert state(con, "F09", "month", "2022-07-01")[0] == 10.0
        assert state(con, "C05", "month", "2022-07-01")[0] == pytest.approx(100, abs=1e-3)


def test_a_budget_that_nobody_spends_counts_and_that_of_capital_does_not(wards: Programme) -> None:
    """Thirds of a budget add up to it; a month without a ledger is not known, nor is the year to date after it."""
    thirds = [f"B1,R3,{team},0.333333,," for team in ("T1", "T2", "T3")]
    wards.reference("cost_centre_map", "B1,R1,T1,1,,", *thirds)
    wards.reference("account_map", *MAPS["account_map"], "CAP,Beds,capital,false,")
    months = [f"B1,R3,3001A,2022/23,{month},100.00,0.125" for month in (3, 4, 6)] + ["B1,R3,PAY,2022/23,13,,5"]
    wards.reference("budget", "B1,R1,3001A,2022/23,3,40.00,", "B1,R1,CAP,2022/23,3,900.00,", *months)
    wards.ledger({"amount": "50.00", "period": "3"}, {"amount": "800.00", "account_code": "CAP"}, period="2022-06")
    wards.ledger({"amount": "1.00", "cost_centre_code": "R9"})
    wards.ledger({"amount": "1.00", "cost_centre_code": "R1", "period": "6"}, period="2022-09")
    wards.night()
    con = wards.marts()
    found = values(con, "F09", "level IN ('team', 'provider') AND status <> 'missing'")
    assert [(row[3], f"{row[4]:%Y-%m}", *row[5:7]) for row in found] == [
        ("*", "2022-06", -90, 140),
        ("*", "2022-07", -190, 240),
        ("T1", "2022-06", Decimal("-23.34"), Decimal("73.34")),
        ("T1", "2022-07", Decimal("-56.68"), Decimal("106.68")),
        ("T2", "2022-06", Decimal("-33.33"), Decimal("33.33")),
        ("T2", "2022-07", Decimal("-66.66"), Decimal("66.66")),
        ("T3", "2022-06", Decimal("-33.33"), Decimal("33.33")),
        ("T3", "2022-07", Decimal("-66.66"), Decimal("66.66")),
    ]
    assert state(con, "F09", "month", "2022-09-01") == (None, "missing", "no_data")
    wte = con.execute("SELECT sum(amount) FROM core.ingredient WHERE ingredient = 'funded_wte' AND team_code = 'T1'")
    assert wte.fetchone() == (Decimal("0.125000001"),), "a third is 0.041666667, not 0.042"


def test_the_box_score_has_baselines_and_targets(wards: Programme) -> None:
    """Of a week those that hold on its last day."""
    wards.reference("targets", "B1,T1,F01,2022-04,2022-06,120.50,90,2022-07-10,2022-07-10", "B1,T1,F03,,,2,1,,")
    wards.ledger({"amount": "10.00", "posting_date": "2022-07-05"}, {"amount": "20.00", "posting_date": "2022-07-19"})
    wards.activity({**DAYS, "start_at": "2022-07-05"})
    wards.night()
    con = wards.marts()
    assert con.execute(
        "SELECT week_start, direct_cost_gbp, direct_cost_gbp_baseline, direct_cost_gbp_target, cost_per_bed_day_gbp, "
        "cost_per_bed_day_gbp_target, cells, cells_filled, completeness_pct "
        "FROM vm.team_week WHERE team_code = 'T1' ORDER BY 1"
    ).fetchall() == [
        (date(2022, 7, 4), 10, pytest.approx(120.5), 90, 10.0, 1.0, 2, 2, 100.0),
        (date(2022, 7, 11), 0, None, None, None, 1.0, 2, 1, 50.0),
        (date(2022, 7, 18), 20, None, None, None, 1.0, 2, 1, 50.0),
    ]


def test_huddles_and_coaches(wards: Programme) -> None:
    """A huddle without finance is none of the extended kind; a coach progressed once in a higher band."""
    huddle = "B1,T1,huddle,2022-07-{0},2022-07-{0},{1},x,,"
    wards.reference(
        "role_log",
        *(huddle.format("06", family) for family in ("clinical", "finance", "data")),
        *(huddle.format("13", family) for family in ("clinical", "data")),
        "B1,T1,post,2022-07-01,2022-07-14,improvement,Coach,6,C1",
        "B1,T1,post,2022-07-15,,improvement,Lead,7,C1",
        "B1,T1,post,2022-07-01,,improvement,Coach,6,C2",
    )
    wards.reference(
        "coach_survey",
        *(
            f"B1,{who},{wave},2022-{month}-01,{item},{rating}"
            for who, wave, month, item, rating in (
                ("C1", "before", "04", "CONFIDENCE", 4),
                ("C1", "after", "07", "CONFIDENCE", 7),
                ("C2", "before", "04", "CONFIDENCE", 5),
                ("C2", "after", "07", "CONFIDENCE", 6),
                ("C2", "before", "04", "SKILL", 1),
                ("C2", "after", "07", "SKILL", 9),
                ("C3", "before", "04", "CONFIDENCE", 2),
            )
        ),
    )
    wards.ledger({})
    wards.night()
    con = wards.marts()
    assert [row[5:8] for row in values(con, "S06", "level = 'all'")] == [(4, 2, 2.0)]
    assert [row[5:8] for row in values(con, "M01", "team_code = 'T1' AND grain = 'month'")] == [(1, 2, 50.0)]
    assert [row[5:8] for row in values(con, "S07", "level = 'all'")] == [(1, 2, 50.0)]


def bread_of_a_kitchen(wards: Programme, first: str, second: str) -> None:
    """Saving cases of the kitchen's bread over the bed days of the two wards it feeds, and of milk, after a night."""
    wards.send(
        "reference/saving_cases.csv",
        "provider_code,case_code,case_name,method,team_code,baseline_from,baseline_to,after_from,after_to,account_code,"
        "activity_measure,activity_team_codes,is_cash_releasing\n"
        "B1,BREAD,Bread,window,T3,2022-06-01,2022-06-30,2022-07-01,2022-07-31,3001A,bed_day,T1|T2,true\n"
        "B1,BREAD AGAIN,Bread,window,T3,2022-06-01,2022-06-30,2022-08-01,2022-08-31,3001A,bed_day,T2,true\n"
        "B1,MILK,Milk,window,T3,2022-06-01,2022-06-30,2022-07-01,2022-07-31,MILK,bed_day,T1|T2,true\n",
    )
    wards.ledger({"amount": "30.00", "cost_centre_code": "R3"})
    wards.activity({**DAYS, "quantity": first}, {**DAYS, "quantity": second, "unit_code": "W2"})
    wards.night()


def test_a_commodity_of_a_saving_case(wards: Programme) -> None:
    bread_of_a_kitchen(wards, "4", "6")
    assert [row[5:8] for row in values(wards.marts(), "F08", "level = 'team'")] == [(30, 10, 3.0)]  # each once


def test_amounts_by_month_have_three_decimals(wards: Programme) -> None:
    """Cost has two, and is added up beside them."""
    bread_of_a_kitchen(wards, "0.125", "2.001")
    found = wards.marts().execute("SELECT amount FROM core.ingredient WHERE ingredient = 'commodity_base'")
    assert found.fetchall() == [(Decimal("2.126"),)]


def test_restatements_have_a_size(wards: Programme) -> None:
    """Of a month, by its own board: an extract of several months replaces none of them alone."""
    wards.ledger({"amount": "7.00"}, provider="B2")
    for amount in ("200.00", "190.00"):
        wards.ledger({"amount": amount})
        wards.ledger({"amount": amount, "period": "5"}, period="2022-08_2022-09")
        wards.night()
    assert [row[5:8] for row in values(wards.marts(), "D03", "level = 'provider'")] == [(10, 200, 5.0)]


def test_nothing_of_a_negative_whole_is_zero_without_a_sign(wards: Programme) -> None:
    """-0 is the same number to a database, which keeps either; a reader and a fingerprint print another."""
    wards.ledger({"account_code": "PAY", "amount": "-10.00"})
    wards.night()
    con = wards.warehouse()
    for table in ("indicator_value", "indicator_signal"):
        found = con.execute(f"SELECT DISTINCT value::VARCHAR FROM vm.{table} WHERE indicator_code = 'F06'").fetchall()
        assert ("0.0",) in found and ("-0.0",) not in found


def test_response_rates(wards: Programme) -> None:
    wards.reference("survey_issued", "B1,PULSE,2022-07-15,Team One,4")
    wards.survey(*({"respondent_ref": ref} for ref in "abc"))
    wards.night()
    con = wards.marts()
    assert [row[5:8] for row in values(con, "S01", "team_code = 'T1'")] == [(3, 4, 75.0)]
    assert state(con, "S03", "month", "2022-07-01") == (100.0, "provisional", "too_little_activity")


def test_more_answers_than_questionnaires_are_marked(wards: Programme) -> None:
    wards.reference("survey_issued", "B1,PULSE,2022-07-15,Team One,2", "B1,PULSE,2022-08-15,Team One,3")
    for month in ("2022-07", "2022-08"):
        wards.survey(*({"respondent_ref": ref, "wave_date": f"{month}-15"} for ref in "abc"), period=month)
    wards.night()
    found = values(wards.marts(), "S01", "team_code = 'T1' AND grain = 'month'")
    assert [row[7:] for row in found] == [(150.0, "final", "above_100"), (100.0, "final", "sampled")]


_AMOUNT = st.none() | st.integers(-(10**12), 10**12)


@settings(max_examples=25)
@given(
    members=st.dictionaries(
        st.tuples(st.sampled_from(["B1", "B2"]), st.sampled_from(["T1", "T2", "T3"])),
        st.tuples(st.sampled_from([None, "X", "Y"]), _AMOUNT, _AMOUNT),
        min_size=1,
    )
)
def test_any_numerators_and_denominators_add_up(
    members: dict[tuple[str, str], tuple[str | None, int | None, int | None]],
) -> None:
    """At every level the sums are those of the teams of which both are known."""
    expected: dict[tuple[str, str, str], list[int]] = {}
    for (provider, _), (service, upper, lower) in members.items():
        keys = [("provider", provider, "*"), ("all", "*", "*")] + ([("service", provider, service)] if service else [])
        for key in keys if upper is not None and lower is not None else ():
            sums = expected.setdefault(key, [0, 0])
            sums[0] += upper
            sums[1] += lower
    assert _rolled_up(members) == {key: tuple(sums) for key, sums in expected.items()}


def _rolled_up(members: dict[tuple[str, str], tuple[str | None, int | None, int | None]]) -> dict[Any, Any]:
    """Levels above the team, through the statements themselves."""
    sql = {one.name: one.sql for one in statements("marts")}
    with duckdb.connect() as con:
        con.execute(
            "ATTACH ':memory:' AS core; "
            "CREATE TABLE core.indicator AS SELECT 'F03' AS indicator_code, 'ratio' AS kind, 'beds' AS denominator, "
            "'team|service|provider|all' AS levels; "
            "CREATE TABLE core.patient_count (level VARCHAR, provider_code VARCHAR, service VARCHAR, "
            "team_code VARCHAR, grain VARCHAR, starts_on DATE, patients DECIMAL(38,9)); "
            "CREATE TABLE core.indicator_member (indicator_code VARCHAR, provider_code VARCHAR, team_code VARCHAR, "
            "service VARCHAR, grain VARCHAR, starts_on DATE, numerator DECIMAL(18,3), denominator DECIMAL(18,3), "
            "is_known BOOLEAN, lacks_ledger BOOLEAN, lacks_activity BOOLEAN)"
        )
        con.executemany(
            "INSERT INTO core.indicator_member "
            "VALUES ('F03', ?, ?, ?, 'week', DATE '2022-07-04', ?, ?, ?, false, false)",
            [[*key, *value, value[1] is not None and value[2] is not None] for key, value in members.items()],
        )
        con.execute(f"CREATE TABLE core.indicator_of_all AS {sql['indicator_of_all']}")
        rows = con.execute(
            "SELECT level, provider_code, service, numerator, denominator "
            f"FROM ({sql['indicator_level']}) WHERE is_known"
        ).fetchall()
    return {row[:3]: row[3:] for row in rows}
