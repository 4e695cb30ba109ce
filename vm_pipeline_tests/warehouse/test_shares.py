"""A ledger line shared to teams in whole pence, against the rule reckoned again in Python's integers."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vm_pipeline.staging.known import Known
from vm_pipeline.warehouse.build import build_core
from vm_pipeline.warehouse.statements import statements
from vm_pipeline.warehouse.workspace import open_workspace, run
from vm_pipeline_tests.programme import Programme
from vm_pipeline_tests.warehouse.reckoning import MILLION, share_out

DAY = date(2022, 7, 12)
Shared = dict[str, int]
Mapping = tuple[str, int, date | None, date | None]  # team, millionths, first day, last day


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The core of an empty programme, to put maps and lines into."""
    programme = Programme(tmp_path_factory.mktemp("shares"))
    with open_workspace(programme.home / "shares.duckdb", threads=1) as con:
        build_core(con, Known((), {}), programme.staging, "SCT")
        con.execute("INSERT INTO staging.month_in_force VALUES ('c', 'batch', 'B1', 0)")
        yield con


def values(row: Sequence[object]) -> str:
    """A row of an SQL VALUES list."""
    cells = ("NULL" if cell is None else f"DATE '{cell}'" if isinstance(cell, date) else repr(cell) for cell in row)
    return f"({', '.join(cells)})"


def shared_by_core(
    con: duckdb.DuckDBPyConnection, maps: Sequence[tuple[str, Mapping]], lines: Sequence[tuple[str, date, int]]
) -> list[Shared]:
    """What core makes of lines (cost centre, posting date, pence), by line."""
    con.execute("DELETE FROM staging.cost_centre_map; DELETE FROM vm.fact_cost")
    numbered = [(n, *line) for n, line in enumerate(lines)]
    con.execute(
        "CREATE OR REPLACE TABLE staging.ledger AS SELECT 'c' AS content_id, 0 AS batch_month, row_number, "
        "centre AS cost_centre_code, 'A' AS account_code, day AS posting_date, 2022 AS financial_year, "
        "4 AS ledger_period, (pence::DECIMAL(20,0) * 0.01)::DECIMAL(18,2) AS amount "
        f"FROM (VALUES {', '.join(map(values, numbered))}) AS sent (row_number, centre, day, pence)"
    )
    rows = [(centre, team, f"{Decimal(part).scaleb(-6)}", first, last) for centre, (team, part, first, last) in maps]
    if rows:
        con.execute(
            "INSERT INTO staging.cost_centre_map BY NAME SELECT 'B1' AS provider_code, cost_centre_code, team_code, "
            "share::DECIMAL(9,6) AS share, valid_from::DATE AS valid_from, valid_to::DATE AS valid_to "
            f"FROM (VALUES {', '.join(map(values, rows))}) "
            "AS map (cost_centre_code, team_code, share, valid_from, valid_to)"
        )
    for statement in statements("core"):
        if statement.name in ("cost_centre_share", "fact_cost"):
            run(con, statement)
    found: list[Shared] = [{} for _ in lines]
    for number, team, amount in con.execute("SELECT row_number, team_code, amount_gbp FROM vm.fact_cost").fetchall():
        assert team not in found[number], "one row a team"
        found[number][team] = int(amount.scaleb(2))
    return found


@pytest.fixture(scope="module", autouse=True)
def _ledger_is_a_table_here(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("DROP VIEW staging.ledger")


PENCE = st.one_of(
    st.integers(-1000, 1000),
    st.integers(-(10**17), 10**17),
    st.integers(10**17 - 10**6, 10**17),
    st.sampled_from([0, 1, -1, 10**18 - 1, -(10**18) + 1]),
)
TEAMS = st.sampled_from(["T1", "T2", "T10", "t", "A", "UNALLOCATED", "Z9", "É", "T03", "T3", "T4", "T5"])


@st.composite
def units(draw: st.DrawFn) -> list[tuple[str, int]]:
    """Shares of one cost centre that sum to 1 at most, or to 1 within 0.00001; a team may stand there twice."""
    kind = draw(st.sampled_from(["thirds", "sevenths", "edge", "any"]))
    if kind == "thirds":
        parts = [333_333] * draw(st.integers(1, 3))
    elif kind == "sevenths":
        parts = [142_857] * draw(st.integers(1, 7))
    elif kind == "edge":
        total = MILLION + draw(st.sampled_from([-12, -11, -10, -9, -1, 0, 1, 9, 10]))
        cut = sorted(draw(st.lists(st.integers(0, total), max_size=3)))
        parts = [high - low for low, high in zip([0, *cut], [*cut, total], strict=True)]
    else:
        left = MILLION
        parts = []
        for wanted in draw(st.lists(st.integers(0, MILLION), min_size=1, max_size=8)):
            parts.append(min(wanted, left))
            left -= parts[-1]
    return [(draw(TEAMS), part) for part in parts]


@given(lines=st.lists(st.tuples(units(), PENCE), min_size=1, max_size=12))
@example(lines=[([("T1", 333_333), ("T2", 333_333), ("T3", 333_333)], 100), ([("T2", 500_000), ("T1", 500_000)], -1)])
@example(  # a team with as much as an even share would be, beside others
    lines=[([("A", 250_000), ("T1", 500_000), ("T2", 125_000), ("T3", 125_000)], pence) for pence in (1, 2, 5)]
)
@example(lines=[([("T1", MILLION - 10)], 10**9), ([("T1", MILLION - 11)], 10**9)])  # the whole, and all but 0.000011
@example(lines=[([("T1", 142_857)] * 7, 10**17 - 1), ([("T1", MILLION)], 123_456_789_012_345_67)])
def test_shares_are_whole_pence_by_largest_remainder(
    con: duckdb.DuckDBPyConnection, lines: list[tuple[list[tuple[str, int]], int]]
) -> None:
    """Thirds, sevenths, parts; negative and huge amounts; the parts of a line always add up to it."""
    maps = [(f"C{n}", (team, part, None, None)) for n, (parts, _) in enumerate(lines) for team, part in parts]
    found = shared_by_core(con, maps, [(f"C{n}", DAY, pence) for n, (_, pence) in enumerate(lines)])
    for shared, (parts, pence) in zip(found, lines, strict=True):
        assert sum(shared.values()) == pence
        assert shared == share_out(pence, parts)


SPAN_DAYS = st.one_of(st.none(), st.integers(0, 40).map(lambda n: date(2022, 7, 1) + timedelta(days=n)))


@st.composite
def spans(draw: st.DrawFn) -> list[Mapping]:
    """Rows of one cost centre over spans of days, overlapping or not, with gaps; together never above 1."""
    number = draw(st.integers(0, 5))
    rows: list[Mapping] = []
    for _ in range(number):
        first, last = draw(SPAN_DAYS), draw(SPAN_DAYS)
        if first and last and last < first:
            first, last = last, first
        rows.append((draw(TEAMS), draw(st.integers(0, MILLION // number)), first, last))
    return rows


@given(rows=spans(), pence=st.lists(PENCE, min_size=3, max_size=3))
@example(rows=[("T1", MILLION, date(2022, 7, 2), date(2022, 7, 2))], pence=[100, 1, -7])
@example(rows=[("T1", MILLION, None, date(2022, 7, 13)), ("T2", MILLION, date(2022, 7, 14), None)], pence=[1, 2, 3])
def test_the_map_of_the_posting_date_counts(
    con: duckdb.DuckDBPyConnection, rows: list[Mapping], pence: list[int]
) -> None:
    """Both days included, an empty one open; changes in mid month and days that no row maps."""
    days = [date(2022, 6, 28) + timedelta(days=n) for n in range(50)] + [date(1900, 1, 1), date(2199, 12, 31)]
    lines = [("C", day, pence[n % len(pence)]) for n, day in enumerate(days)]
    found = shared_by_core(con, [("C", row) for row in rows], lines)
    for shared, (_, day, amount) in zip(found, lines, strict=True):
        valid = [(team, part) for team, part, first, last in rows if (first or day) <= day <= (last or day)]
        assert shared == share_out(amount, valid), day


def test_another_provider_s_map_does_not_apply(programme: Programme) -> None:
    programme.reference("cost_centre_map", "B2,R1,T9,1,,", "B1,R2,T1,1,,")
    programme.ledger({}, {"cost_centre_code": "R2"})
    programme.ledger({}, provider="B2")
    programme.night()
    rows = programme.core().execute("SELECT provider_code, cost_centre_code, team_code FROM vm.fact_cost ORDER BY ALL")
    assert rows.fetchall() == [("B1", "R1", "UNALLOCATED"), ("B1", "R2", "T1"), ("B2", "R1", "T9")]


def test_leading_zeros_and_case_of_codes(programme: Programme, tmp_path: Path) -> None:
    programme.reference("cost_centre_map", "b1,0012a,t1,1,,")
    programme.ledger({"cost_centre_code": "0012A"}, {"cost_centre_code": "12A"}, {"cost_centre_code": " 0012a "})
    programme.night()
    teams = programme.core().execute("SELECT team_code FROM vm.fact_cost ORDER BY row_number").fetchall()
    assert [team for (team,) in teams] == ["T1", "UNALLOCATED", "T1"]


def test_the_sum_over_teams_is_the_ledger(programme: Programme) -> None:
    """End to end: the reconciliation finds no difference, and UNALLOCATED is part of it."""
    programme.reference(
        "cost_centre_map", *(f"B1,R1,T{n},0.142857,," for n in range(7)), "B1,R2,T1,0.7,,", "B1,R3,T1,1,,2022-07-11"
    )
    amounts = ["0.01", "-0.01", "1,000,000.03", "(123,456,789,012.34)", "999,999,999,999.99"]
    programme.ledger(*({"cost_centre_code": f"R{n}", "amount": amount} for amount in amounts for n in range(1, 5)))
    programme.night()
    (row,) = (
        programme.core()
        .execute("SELECT ledger_total_gbp, team_total_gbp, unallocated_gbp, difference_gbp FROM vm.reconciliation")
        .fetchall()
    )
    total = 4 * (Decimal("1000000.03") - Decimal("123456789012.34") + Decimal("999999999999.99"))
    assert row[:2] == (total, total)
    assert 0 < row[2] < total
    assert row[3] == 0
