"""Cost by week: spread over the days of its month or by posting date, and to the penny of the month."""

from datetime import date, timedelta
from decimal import Decimal

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from vm_pipeline.warehouse.statements import statements
from vm_pipeline_tests.programme import Programme

ACCOUNTS = ["PAY,Nurses,pay_substantive,true,", "BANK,Bank,pay_bank,true,dated", "FOOD,Bread,food,true,"]
Weeks = dict[date, Decimal]


def weeks(con: duckdb.DuckDBPyConnection, where: str = "true") -> Weeks:
    found = con.execute(f"SELECT week_start, sum(amount_gbp) FROM vm.cost_week WHERE {where} GROUP BY ALL").fetchall()
    return dict(found)


def test_weeks_of_the_small_world_add_up_to_its_months(built: duckdb.DuckDBPyConnection) -> None:
    """Ledger periods 0, 13 and 14 are in no week."""
    lost = built.execute(
        "WITH month AS (SELECT provider_code, team_code, cost_category, is_direct, period, sum(amount_gbp) AS pounds "
        "FROM vm.fact_cost WHERE ledger_period BETWEEN 1 AND 12 GROUP BY ALL), "
        "week AS (SELECT provider_code, team_code, cost_category, is_direct, period, sum(amount_gbp) AS pounds "
        "FROM vm.cost_week GROUP BY ALL) "
        "SELECT count(*), count(*) FILTER (month.pounds IS DISTINCT FROM week.pounds) FROM month FULL JOIN week "
        "USING (provider_code, team_code, cost_category, is_direct, period)"
    ).fetchone()
    assert lost is not None
    assert lost[0] > 50
    assert lost[1] == 0
    assert built.execute("SELECT count(*) FROM vm.fact_cost WHERE ledger_period IN (0, 13, 14)").fetchone() != (0,)


def test_pay_is_spread_and_dated_cost_stands_where_it_was_posted(programme: Programme) -> None:
    programme.reference("account_map", *ACCOUNTS)
    programme.ledger(
        {"account_code": "PAY", "amount": "310.00", "posting_date": "2022-07-28"},
        {"account_code": "BANK", "amount": "7.00", "posting_date": "2022-07-12"},
        {"account_code": "FOOD", "amount": "5.00", "posting_date": "2022-08-03"},  # a late posting of July's period
        {"account_code": "PAY", "amount": "99.00", "period": "0"},
    )
    programme.night()
    con = programme.marts()
    assert weeks(con, "cost_timing = 'spread'") == {
        date(2022, 6, 27): 30,  # 1 to 3 July
        date(2022, 7, 4): 70,
        date(2022, 7, 11): 70,
        date(2022, 7, 18): 70,
        date(2022, 7, 25): 70,
    }
    assert weeks(con, "cost_timing = 'dated'") == {date(2022, 7, 11): 7, date(2022, 8, 1): 5}
    assert con.execute("SELECT DISTINCT period FROM vm.cost_week").fetchall() == [("2022-07",)]


def test_a_week_across_a_month_end_has_part_of_both(programme: Programme) -> None:
    programme.reference("account_map", *ACCOUNTS)
    programme.ledger({"account_code": "PAY", "amount": "310.00"})
    programme.ledger(
        {"account_code": "PAY", "amount": "-31.00", "period": "5", "posting_date": "2022-08-31"}, period="2022-08"
    )
    programme.ledger(
        {"account_code": "PAY", "amount": "30.00", "period": "13", "financial_year": "2021/22"}, period="2022-03"
    )
    programme.night()
    con = programme.marts()
    assert con.execute(
        "SELECT period, amount_gbp FROM vm.cost_week WHERE week_start = DATE '2022-08-01' ORDER BY ALL"
    ).fetchall() == [("2022-08", -7)]
    assert con.execute(
        "SELECT count(*) FROM vm.cost_week WHERE week_start BETWEEN DATE '2022-02-28' AND DATE '2022-03-31'"
    ).fetchone() == (0,), "period 13 is in no week"


def test_week_53(programme: Programme) -> None:
    """28 December 2026 to 3 January 2027 is one week of two months and two years."""
    programme.reference("account_map", *ACCOUNTS)
    for period, number in (("2026-12", "9"), ("2027-01", "10")):
        line = {"account_code": "PAY", "amount": "31.00", "period": number, "financial_year": "2026/27"}
        programme.ledger({**line, "posting_date": f"{period}-15"}, period=period)
    programme.night()
    con = programme.marts()
    assert con.execute(
        "SELECT period, amount_gbp FROM vm.cost_week WHERE week_start = DATE '2026-12-28' ORDER BY ALL"
    ).fetchall() == [("2026-12", 4), ("2027-01", 3)]
    assert con.execute("SELECT DISTINCT iso_week FROM vm.dim_date WHERE week_start = DATE '2026-12-28'").fetchall() == [
        (53,)
    ]


@settings(max_examples=25)
@given(
    amounts=st.lists(st.integers(-(10**15), 10**15), min_size=1, max_size=6),
    month=st.dates(date(2019, 1, 1), date(2028, 12, 31)),
)
def test_any_amount_is_shared_in_whole_pence_by_days(amounts: list[int], month: date) -> None:
    """Weeks add up to the penny, and each is within a penny of its days' part, whatever the sign."""
    first = month.replace(day=1)
    days = ((first + timedelta(days=31)).replace(day=1) - first).days
    for team, pence in enumerate(amounts):
        shared = _shared(f"T{team}", pence, first)
        assert sum(shared.values()) == Decimal(pence) / 100
        for monday, pounds in shared.items():
            inside = sum((first + timedelta(days=n) - monday).days in range(7) for n in range(days))
            assert abs(pounds * 100 * days - pence * inside) < days


def _shared(team: str, pence: int, first: date) -> Weeks:
    """One team's spread pay of one month, through the statement itself."""
    (statement,) = (one for one in statements("marts") if one.name == "cost_week")
    with duckdb.connect() as con:
        con.execute("ATTACH ':memory:' AS core")
        con.execute(
            "CREATE TABLE core.cost_part AS SELECT 'B1' AS provider_code, ? AS team_code, 'pay_bank' AS cost_category, "
            "true AS is_direct, 'spread' AS cost_timing, ? AS period, true AS is_in_year, NULL::DATE AS week_start, "
            "(? / 100)::DECIMAL(38,2) AS amount_gbp, 0 AS size_gbp",
            [team, f"{first:%Y-%m}", Decimal(pence)],
        )
        return dict(con.execute(f"SELECT week_start, amount_gbp FROM ({statement.sql})").fetchall())


def test_figures_as_large_as_cells_take_stop_nobody_s_night(programme: Programme) -> None:
    """Mistyped by many digits, and put right: one sender's cell must not keep the others from their page."""
    programme.reference("account_map", *ACCOUNTS)
    programme.ledger(
        {"account_code": "PAY", "amount": "3000000000000.00"},
        {"account_code": "PAY", "amount": "-3000000000000.00"},
        {"account_code": "PAY", "amount": "1000000000000.03", "period": "5"},
        {"account_code": "BANK", "amount": "1000000000000.00"},
    )
    programme.activity(*[{"measure_code": "visit", "quantity": "499999999999"}] * 2)
    programme.night()
    con = programme.marts()
    found = con.execute("SELECT cost_timing, period, sum(amount_gbp) FROM vm.cost_week GROUP BY ALL").fetchall()
    assert sorted(found) == [
        ("dated", "2022-07", 10**12),
        ("spread", "2022-07", 0),
        ("spread", "2022-08", Decimal("1000000000000.03")),
    ]
    assert con.execute("SELECT sum(quantity) FROM core.activity_day").fetchone() == (10**12 - 2,)
