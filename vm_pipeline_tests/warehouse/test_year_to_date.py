"""Ledgers sent as balances of the year so far: months are what was spent in them, and add up to what was said last."""

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vm_pipeline.calendar import months
from vm_pipeline.home import Home
from vm_pipeline.quality.core import check_facts, check_key_again, check_reconciliation
from vm_pipeline.settings import Settings
from vm_pipeline.sources.files import FilesKeys, FilesSource
from vm_pipeline.sources.period import PeriodRule
from vm_pipeline.staging.layouts import Layout
from vm_pipeline.trace.fact import trace_fact
from vm_pipeline.trace.origin import Origins
from vm_pipeline_tests.programme import Programme

YEAR = list(months("2022-04", "2023-03"))
BALANCES = Layout.of(
    {
        "year_to_date": True,
        "columns": {
            "provider_code": {"batch": "provider_code"},
            "financial_year": {"batch": "financial_year"},
            "period": {"batch": "period"},
            "cost_centre_code": "CC",
            "account_code": "Account",
            "journal_id": {"const": "BALANCE"},
            "line_no": {"row_number": True},
            "posting_date": {"batch": "first_day"},
            "amount": "YTD",
        },
    }
)
Spent = dict[tuple[str, str], int]  # (month, cost centre) → pence


@pytest.fixture
def trust() -> Iterator[Programme]:
    with TemporaryDirectory() as root:
        yield from sent_year_to_date(Path(root))


def balances(root: Path, layout: Layout = BALANCES, files: str = "balances/*.csv", covers: str = "") -> FilesSource:
    period = PeriodRule(covers=covers) if covers else PeriodRule(pattern=r"(?P<period>.{7})\.csv")
    keys = FilesKeys(feed="ledger", provider="B1", files=files, period=period)
    return keys.source(root, "B1", layout.to_json())


def sent_year_to_date(root: Path) -> Iterator[Programme]:
    programme = Programme(root)
    (root / "balances").mkdir()
    programme.sources.append(balances(root))
    programme.reference("cost_centre_map", "B1,R1,T1,0.4,,", "B1,R1,T2,0.6,,", "B1,R2,T2,1,,")
    yield programme
    programme.close()


def send(programme: Programme, month: str, spent: Spent) -> None:
    """The balances of a month as such a ledger prints them: none of zero."""
    so_far = [(code, pence) for (when, code), pence in sorted(spent.items()) if YEAR[0] <= when <= month]
    totals = {code: sum(pence for one, pence in so_far if one == code) for code, _ in so_far}
    rows = [f"{code},3001A,{Decimal(pence) / 100:.2f}" for code, pence in totals.items() if pence]
    path = programme.root / "balances" / f"{month}.csv"
    path.write_text("\n".join(["CC,Account,YTD", *rows]) + "\n")


def by_month(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], int]:
    found = con.execute(
        "SELECT period, cost_centre_code, (sum(amount_gbp) * 100)::BIGINT FROM vm.fact_cost GROUP BY ALL"
    ).fetchall()
    return {(period, code): pence for period, code, pence in found if pence}


def test_a_line_of_the_year_so_far_keeps_the_day_it_was_posted_on(trust: Programme) -> None:
    told = json.loads(BALANCES.to_json())
    told["columns"]["posting_date"] = {"const": "2022-04-04"}
    trust.sources[-1] = balances(trust.root, Layout.of(told))
    send(trust, "2022-09", {("2022-04", "R1"): 1000})
    trust.night()
    assert "dated_far" not in {warned.code for warned in trust.summary("ledger/B1/2022-09").warnings}


def test_a_month_is_what_was_spent_in_it_and_traces_to_two_rows(trust: Programme) -> None:
    spent = {("2022-04", "R1"): 1000, ("2022-05", "R1"): 250, ("2022-05", "R2"): 700, ("2022-06", "R2"): -700}
    for month in YEAR[:3]:
        send(trust, month, spent)
    trust.night()
    con = trust.core()
    assert by_month(con) == spent
    rows = con.execute(
        "SELECT row_number, cost_centre_code, sum(amount_gbp) FROM vm.fact_cost WHERE period = '2022-05' "
        "GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    assert rows == [(-1, "R1", Decimal("-10.00")), (1, "R1", Decimal("12.50")), (2, "R2", Decimal("7.00"))]
    assert con.execute(
        "SELECT ledger_period, ledger_total_gbp, year_to_date_before_gbp, team_total_gbp, difference_gbp "
        "FROM vm.reconciliation ORDER BY ledger_period"
    ).fetchall() == [
        ("1", Decimal("10.00"), Decimal("0.00"), Decimal("10.00"), 0),
        ("2", Decimal("19.50"), Decimal("10.00"), Decimal("9.50"), 0),
        ("3", Decimal("12.50"), Decimal("19.50"), Decimal("-7.00"), 0),
    ]


def test_a_month_that_was_never_sent_is_in_the_next(trust: Programme) -> None:
    spent = {("2022-04", "R1"): 1000, ("2022-05", "R1"): 250, ("2022-06", "R1"): 100}
    for month in ("2022-04", "2022-06"):
        send(trust, month, spent)
    trust.reference("account_map", "3001A,Bread,food,true,dated")
    trust.night()
    con = trust.marts()
    assert by_month(con) == {("2022-04", "R1"): 1000, ("2022-06", "R1"): 350}
    assert con.execute(
        "SELECT period, value, status, qualifier FROM vm.indicator_value WHERE indicator_code = 'F01' "
        "AND level = 'provider' AND grain = 'month' ORDER BY period"
    ).fetchall() == [
        ("2022-04", 10.0, "final", None),
        ("2022-05", None, "provisional", "no_ledger"),
        ("2022-06", 3.5, "provisional", "no_ledger"),
    ]


def test_balances_that_are_all_gone_are_all_taken_off(trust: Programme) -> None:
    """June has a header and no row; July follows an empty month."""
    spent = {("2022-05", "R1"): 300, ("2022-06", "R1"): -300, ("2022-07", "R2"): 5}
    for month in YEAR[1:4]:
        send(trust, month, spent)
    trust.night()
    con = trust.core()
    assert by_month(con) == spent
    assert check_reconciliation(con).passed


def test_lines_that_say_their_own_month_are_taken_off_where_they_stand(trust: Programme) -> None:
    """All lines since April again, and a balance brought forward; the week and the team are those of the line."""
    own = {"period": "Period", "posting_date": "Posted", "financial_year": "Year"}
    layout = Layout.of({"year_to_date": True, "columns": {**BALANCES.columns, **own}})
    trust.sources[:] = [balances(trust.root, layout)]
    trust.reference("account_map", "3001A,Bread,food,true,dated")
    trust.reference("cost_centre_map", "B1,R1,T1,1,,2022-04-30", "B1,R1,T2,1,2022-05-01,")
    lines = [
        "R1,3001A,500.00,2022/23,0,2022-04-01",
        "R1,3001A,7.00,2021/22,12,2022-03-31",
        "R1,3001A,10.00,2022/23,1,2022-04-12",
        "R1,3001A,2.50,2022/23,2,2022-05-12",
    ]
    for month, sent in (("2022-04", lines[:3]), ("2022-05", lines)):
        text = "\n".join(["CC,Account,YTD,Year,Period,Posted", *sent]) + "\n"
        (trust.root / "balances" / f"{month}.csv").write_text(text)
    trust.night()
    con = trust.marts()
    found = con.execute(
        "SELECT period, team_code, week_start, (sum(amount_gbp) * 100)::BIGINT FROM vm.fact_cost GROUP BY ALL "
        "ORDER BY ALL"
    ).fetchall()
    assert found == [
        ("2022-03", "T1", date(2022, 3, 28), 700),
        ("2022-04", "T1", date(2022, 4, 11), 1000),
        ("2022-05", "T2", date(2022, 5, 9), 250),
        (None, "T1", None, 50000),
    ]
    assert check_reconciliation(con).passed
    assert check_key_again(con).passed  # every line again, and none counts twice


def test_several_months_in_one_extract_are_refused(trust: Programme) -> None:
    """-1 would be row 1 of April's batch, and of its own May: two facts with one key stop everybody's night."""
    trust.sources.append(balances(trust.root, files="year/*.csv", covers="2022-05_2022-06"))
    (trust.root / "year").mkdir()
    (trust.root / "year" / "year.csv").write_text("CC,Account,YTD\nR1,3001A,12.50\n")
    send(trust, "2022-04", {("2022-04", "R1"): 1000})
    trust.night()
    assert trust.summary("ledger/B1/2022-05_2022-06").refused_code == "several_months"
    assert by_month(trust.core()) == {("2022-04", "R1"): 1000}


def test_a_year_begins_at_nothing(trust: Programme) -> None:
    send(trust, "2023-03", {("2022-04", "R1"): 1000})
    (trust.root / "balances" / "2023-04.csv").write_text("CC,Account,YTD\nR1,3001A,7.00\n")
    trust.night()
    assert by_month(trust.core()) == {("2023-03", "R1"): 1000, ("2023-04", "R1"): 700}


spending = st.dictionaries(
    st.tuples(st.sampled_from(YEAR), st.sampled_from(["R1", "R2", "R9"])), st.integers(-99999, 99999), max_size=20
)


def test_another_board_and_another_system_have_balances_of_their_own(trust: Programme) -> None:
    """They begin in May, after the April of B1's ledger: that is taken off neither of them, and is no April of B2."""
    send(trust, "2022-04", {("2022-04", "R1"): 100})
    for provider, part in (("B1", "pay"), ("B2", "")):
        folder = trust.root / f"{provider}{part}"
        folder.mkdir()
        (folder / "2022-05.csv").write_text("CC,Account,YTD\nR1,3001A,7.00\n")
        by_name = PeriodRule(pattern=r"(?P<period>.{7})\.csv")
        keys = FilesKeys(feed="ledger", provider=provider, files=f"{folder.name}/*.csv", period=by_name, part=part)
        trust.sources.append(keys.source(trust.root, provider, BALANCES.to_json()))
    trust.night()
    con = trust.core()
    spent = con.execute("SELECT provider_code, period, sum(amount_gbp) FROM vm.fact_cost GROUP BY ALL ORDER BY ALL")
    assert spent.fetchall() == [("B1", "2022-04", 1), ("B1", "2022-05", 7), ("B2", "2022-05", 7)]
    whole = con.execute("SELECT provider_code, starts_on FROM core.feed_span WHERE grain = 'month'")
    assert whole.fetchall() == [("B1", date(2022, 4, 1))]


@settings(max_examples=7, deadline=None)
@given(before=spending, after=spending, order=st.permutations(YEAR))
def test_any_order_of_arrival_and_any_restatement_add_up(before: Spent, after: Spent, order: list[str]) -> None:
    """Every month is sent, then the whole year again, restated: months in any order, over three nights."""
    with TemporaryDirectory() as root:
        for programme in sent_year_to_date(Path(root)):
            for spent, some in ((before, order[:5]), (before, order[5:]), (after, order)):
                for month in some:
                    send(programme, month, spent)
                programme.night()
            con = programme.core()
            assert by_month(con) == {cell: pence for cell, pence in after.items() if pence}
            assert check_reconciliation(con).passed
            keys = {"fact_cost": ("batch_id", "row_number", "team_code")}
            assert check_facts(con, keys)[0].passed


def test_below_zero_is_a_row_of_the_batch_before(trust: Programme) -> None:
    for month in ("2022-04", "2022-05", "2022-06"):
        send(trust, month, {("2022-04", "R1"): 1000, ("2022-05", "R1"): 250, ("2022-06", "R2"): 5})
    trust.night()
    con = trust.warehouse()
    april, may, june = (trust.receipt(f"ledger/B1/2022-0{month}").content_id for month in (4, 5, 6))
    origins = Origins(con, Home(Settings(home=trust.home, warehouse=trust.home / "warehouse.duckdb")))
    below = trace_fact(con, origins, may, -1)
    assert f"row 1 of that batch, {april}" in below.explained[0]
    assert below.amount == -10
    assert may in trace_fact(con, origins, april, 1).explained[0]
    assert june not in trace_fact(con, origins, april, 1).explained[0]
