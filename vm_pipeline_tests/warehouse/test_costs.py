"""fact_cost and its dimensions: months by the ledger's own period, weeks by posting date, accounts and cost centres."""

from datetime import date
from decimal import Decimal

import pytest

from vm_pipeline_tests.programme import Programme


@pytest.mark.parametrize(
    ("year", "period", "month", "week"),
    [
        ("2022/23", "1", "2022-04", date(2022, 7, 11)),
        ("2022/23", "9", "2022-12", date(2022, 7, 11)),
        ("2022/23", "10", "2023-01", date(2022, 7, 11)),
        ("2022/23", "12", "2023-03", date(2022, 7, 11)),
        ("2022/23", "13", "2023-03", None),
        ("2022/23", "14", "2023-03", None),
        ("2022/23", "0", None, None),
        ("1999/00", "12", "2000-03", date(2022, 7, 11)),
        ("2199/00", "9", "2199-12", date(2022, 7, 11)),
        ("1900/01", "1", "1900-04", date(2022, 7, 11)),
    ],
)
def test_the_month_is_the_ledger_s_own_and_the_week_the_posting_date_s(
    programme: Programme, year: str, period: str, month: str | None, week: date | None
) -> None:
    """13 and 14 count in March and in no week; 0 in no month."""
    programme.ledger({"financial_year": year, "period": period, "posting_date": "2022-07-17"})
    programme.night()
    con = programme.core()
    rows = con.execute(
        "SELECT financial_year, ledger_period, period, week_start, amount_gbp FROM vm.fact_cost"
    ).fetchall()
    assert rows == [(year, int(period), month, week, Decimal("10.00"))]
    assert con.execute("SELECT difference_gbp FROM vm.reconciliation").fetchall() == [(0,)]


@pytest.mark.parametrize(("day", "monday"), [("2022-01-02", "2021-12-27"), ("2022-01-03", "2022-01-03")])
def test_a_week_is_named_by_its_monday(programme: Programme, day: str, monday: str) -> None:
    programme.ledger({"posting_date": day})
    programme.night()
    assert programme.core().execute("SELECT week_start::VARCHAR FROM vm.fact_cost").fetchall() == [(monday,)]


def test_every_accepted_line_leads_back_to_its_row(programme: Programme) -> None:
    programme.ledger({"amount": "1"}, {"amount": "?"}, {"amount": "3"})
    programme.night()
    batch = programme.receipt().content_id
    rows = programme.core().execute("SELECT batch_id, row_number, amount_gbp FROM vm.fact_cost ORDER BY 2").fetchall()
    assert rows == [(batch, 1, 1), (batch, 3, 3)]


def test_the_same_key_in_two_batches_is_kept_twice(programme: Programme) -> None:
    """Sources reuse journal numbers."""
    for period in ("2022-07", "2022-08"):
        programme.ledger({"journal_id": "J1", "line_no": "1"}, period=period)
    programme.night()
    assert programme.core().execute("SELECT count(*), sum(amount_gbp) FROM vm.fact_cost").fetchall() == [(2, 20)]


def test_accounts_mapped_and_met(programme: Programme) -> None:
    programme.reference(
        "account_map", "A1,Nurses,pay_bank,true,", "A2,Milk,food,false,spread", "A3,Rent,other,yes,dated"
    )
    programme.ledger({"account_code": "a1"}, {"account_code": "A9"})
    programme.night()
    con = programme.core()
    columns = "account_code, cost_category, is_direct, cost_timing, is_mapped"
    assert con.execute(f"SELECT {columns} FROM vm.dim_account ORDER BY ALL").fetchall() == [
        ("A1", "pay_bank", True, "spread", True),
        ("A2", "food", False, "spread", True),
        ("A3", "other", True, "dated", True),
        ("A9", "other", False, "dated", False),
    ]
    assert con.execute("SELECT account_code, cost_category, is_direct FROM vm.fact_cost ORDER BY ALL").fetchall() == [
        ("A1", "pay_bank", True),
        ("A9", "other", False),
    ]


def test_cost_centres_mapped_and_met(programme: Programme) -> None:
    """Valid from the first day that a row names to the last, and for ever where any row does not end."""
    quarters = ("B1,R3,T1,1,2022-04-01,2022-06-30", "B1,R3,T2,1,2022-07-01,2022-09-30")
    programme.reference(
        "cost_centre_map", "B1,R1,T1,1,2022-04-01,2022-06-30", "B1,R1,T2,1,2022-07-01,", "B1,R2,T1,1,,", *quarters
    )
    programme.ledger({}, {"cost_centre_code": "R9"})
    programme.night()
    rows = programme.core().execute("SELECT * EXCLUDE (provider_code) FROM vm.dim_cost_centre ORDER BY ALL").fetchall()
    assert rows == [
        ("R1", True, True, date(2022, 4, 1), None),
        ("R2", True, False, None, None),
        ("R3", True, False, date(2022, 4, 1), date(2022, 9, 30)),
        ("R9", False, True, None, None),
    ]


class TestReconciliation:
    """Received = rejected + superseded + shared out, for every ledger period of every batch in force."""

    COLUMNS = (
        "period, ledger_period, control_total_gbp, ledger_total_gbp, rejected_gbp, superseded_gbp, team_total_gbp, "
        "unallocated_gbp, difference_gbp"
    )

    def rows(self, programme: Programme) -> list[tuple[object, ...]]:
        con = programme.core()
        return con.execute(
            f"SELECT {self.COLUMNS} FROM vm.reconciliation JOIN vm.batch USING (batch_id) ORDER BY ALL"
        ).fetchall()

    def test_a_month(self, programme: Programme) -> None:
        programme.reference("cost_centre_map", "B1,R1,T1,0.7,,")
        programme.ledger(
            {"amount": "10.01"}, {"amount": "5", "wte": "?"}, {"amount": "1", "period": "17"}, {"amount": "?"}
        )
        programme.send(
            "ledger/B1/2022-07.control.csv",
            "provider_code,financial_year,period,row_count,total_amount\nB1,2022/23,4,3,15.01\nB1,2022/23,17,1,1\n",
        )
        programme.night()
        cents = [Decimal(text) for text in ("15.01", "15.01", "5.00", "0.00", "10.01", "3.00", "0.00")]
        assert self.rows(programme) == [
            ("2022-07", "17", 1, 1, 1, 0, 0, 0, 0),
            ("2022-07", "4", *cents),
        ]

    def test_the_superseded_part_of_an_extract_of_many_months(self, programme: Programme) -> None:
        """Of each month all lines, and none of the month of that number in another year."""
        year = [{"period": f"{n}", "amount": f"{n}.00"} for n in (1, 2, 3)]
        more = [{"period": "2", "amount": "0.25"}, {"period": "2", "amount": "7", "financial_year": "2021/22"}]
        programme.ledger(*year, *more, {"period": "2", "amount": "0.50", "account_code": ""}, period="2022-04_2022-06")
        programme.night()
        programme.ledger({"period": "2", "amount": "2.25"}, {"period": "3", "amount": "9.00"}, period="2022-05")
        programme.night()
        assert self.rows(programme) == [
            ("2022-04_2022-06", "1", None, 1, 0, 0, 1, 1, 0),
            ("2022-04_2022-06", "2", None, Decimal("2.75"), Decimal("0.50"), Decimal("2.25"), 0, 0, 0),
            ("2022-04_2022-06", "2", None, 7, 0, 0, 7, 7, 0),
            ("2022-04_2022-06", "3", None, 3, 0, 0, 3, 3, 0),
            ("2022-05", "2", None, Decimal("2.25"), 0, 0, Decimal("2.25"), Decimal("2.25"), 0),
            ("2022-05", "3", None, 9, 0, 0, 9, 9, 0),
        ]

    def test_late_journals_go_with_the_nearest_month_of_an_extract(self, programme: Programme) -> None:
        """A row outside every month of its extract is superseded with the first or the last of them."""
        rows = [{"period": "1", "amount": "1"}, {"period": "5", "amount": "5"}, {"period": "9", "amount": "9"}]
        programme.ledger(*rows, period="2022-06_2022-08")
        programme.ledger({"period": "3", "amount": "100"}, period="2022-06")
        programme.night()
        con = programme.core()
        assert con.execute("SELECT ledger_period, amount_gbp FROM vm.fact_cost ORDER BY 1").fetchall() == [
            (3, 100),
            (5, 5),
            (9, 9),
        ]
        assert con.execute("SELECT sum(abs(difference_gbp)) FROM vm.reconciliation").fetchall() == [(0,)]

    def test_only_what_is_in_force_is_reconciled(self, programme: Programme) -> None:
        for amount in ("1", "2"):
            programme.ledger({"amount": amount})
            programme.night()
        assert [row[3] for row in self.rows(programme)] == [2]


class TestBatches:
    """Every version received, in force or not."""

    def test_counts_and_pounds(self, programme: Programme) -> None:
        programme.ledger({"amount": "10"}, {"amount": "-1", "wte": "?"}, {"amount": "?"})
        programme.activity({}, {"quantity": "?"})
        programme.night()
        con = programme.core()
        columns = (
            "feed, provider_code, period, is_in_force, rows_received, rows_accepted, rows_rejected, "
            "amount_received_gbp, amount_accepted_gbp, amount_rejected_gbp, refused_because"
        )
        assert con.execute(f"SELECT {columns} FROM vm.batch ORDER BY ALL").fetchall() == [
            ("activity", "B1", "2022-07", True, 2, 1, 1, None, None, None, None),
            ("ledger", "B1", "2022-07", True, 3, 1, 2, 9, 10, -1, None),
        ]
        rejections = con.execute("SELECT feed, rule_code, rows, amount_gbp FROM vm.rejection ORDER BY ALL").fetchall()
        assert [row[:3] for row in rejections] == [
            ("activity", "bad_quantity", 1),
            ("ledger", "bad_amount", 1),
            ("ledger", "bad_wte", 1),
        ]
        assert sum(row[3] for row in rejections if row[0] == "ledger") == -1

    def test_refused_and_superseded_versions_stay_listed(self, programme: Programme) -> None:
        for content in ({"amount": "1"}, {"amount": "2"}):
            programme.ledger(content)
            programme.night()
        programme.send("ledger/B1/2022-07.csv", "")
        programme.night()
        rows = programme.core().execute(
            "SELECT is_in_force, superseded_at IS NOT NULL, refused_because IS NOT NULL, rows_received "
            "FROM vm.batch ORDER BY received_at"
        )
        assert rows.fetchall() == [(False, True, False, 1), (True, False, False, 1), (False, False, True, 0)]

    def test_an_older_content_that_came_back_is_a_batch_of_its_own(self, programme: Programme) -> None:
        for amount in ("1", "2", "1"):
            programme.ledger({"amount": amount}, {"amount": "?"})
            programme.night()
        con = programme.core()
        first = programme.receipts()[0].content_id
        assert con.execute("SELECT batch_id, amount_gbp FROM vm.fact_cost").fetchall() == [(f"{first}-2", 1)]
        rejected = con.execute("SELECT batch_id, is_in_force FROM vm.rejection").fetchall()
        assert {(first, False), (f"{first}-2", True)} <= set(rejected)
        assert con.execute("SELECT count(*), sum(difference_gbp) FROM vm.reconciliation").fetchall() == [(1, 0)]


def test_dates_cover_the_financial_years_that_have_data(programme: Programme) -> None:
    programme.ledger({"period": "12"}, period="2023-03")
    programme.activity({}, period="2022-01")
    programme.night()
    con = programme.core()
    days = con.execute("SELECT min(date)::VARCHAR, max(date)::VARCHAR, count(*) FROM vm.dim_date").fetchall()
    assert days == [("2021-04-01", "2023-03-31", 730)]
    assert con.execute(
        "SELECT period, days, working_days, financial_year, financial_quarter, ledger_period FROM vm.dim_period "
        "WHERE period IN ('2022-12', '2023-01') ORDER BY ALL"
    ).fetchall() == [("2022-12", 31, 20, "2022/23", 3, 9), ("2023-01", 31, 20, "2022/23", 4, 10)]


@pytest.mark.parametrize("period", ["1900-01", "2199-12"])
def test_the_ends_of_the_calendar(programme: Programme, period: str) -> None:
    """A file named for a far-off year is odd, and no reason for the night to fail."""
    programme.activity({"start_at": f"{period}-15"}, period=period)
    programme.night()
    con = programme.marts()
    assert con.execute("SELECT period, attendances FROM vm.team_month").fetchall() == [(period, 1)]
    assert con.execute(f"SELECT count(*) FROM vm.dim_date WHERE period = '{period}'").fetchall() == [(31,)]


def test_nothing_received_is_an_empty_warehouse(programme: Programme) -> None:
    programme.reference("providers", "B1,Board")
    programme.night()
    con = programme.core()
    assert con.execute("SELECT count(*) FROM vm.fact_cost").fetchall() == [(0,)]
    assert con.execute("SELECT team_code FROM vm.dim_team").fetchall() == [("UNALLOCATED",)]
