"""Any odd layout of a ledger gives the typed rows of the canonical file it was made from, to the penny.

A ledger is made in the canonical layout; each column is rendered in one of the spellings that a layout can say, with
totals and headings between the rows; both files are read, typed and judged.
"""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vm_pipeline.feeds import LEDGER
from vm_pipeline.sources.receipts import Slot
from vm_pipeline.staging import judging
from vm_pipeline.staging.layouts import Layout
from vm_pipeline.staging.leaving_out import check_totals
from vm_pipeline.staging.making import File
from vm_pipeline.staging.matching import AS_SENT, match_canonical, match_layout
from vm_pipeline.staging.reading import read_sheet

Line = dict[str, str]
Cells = dict[str, str]
BATCH = {"provider_code": "B1", "financial_year": "2022/23", "period": "1", "first_day": "2022-04-01"}


@dataclass(frozen=True)
class Way:
    """One odd way to write a column: the cells it becomes, the spec that reads them, and when it can be used."""

    cells: Callable[[Line], Cells]
    spec: Any
    fits: Callable[[Line], bool] = lambda _: True


def day(line: Line) -> date:
    return date.fromisoformat(line["posting_date"])


def pounds(line: Line) -> Decimal:
    return Decimal(line["amount"])


def dated(form: str, **words: Any) -> Way:
    return Way(lambda line: {"Day": day(line).strftime(form)}, {"header": "Day", "date": form, **words})


def serial(zero: date, name: str) -> Way:
    return Way(
        lambda line: {"Day": str((day(line) - zero).days) if day(line).day % 2 else day(line).strftime("%d.%m.%Y")},
        {"header": "Day", "date": [name, "%d.%m.%Y"]},
    )


def european(amount: Decimal) -> str:
    return f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))


DATES = [
    dated("%m/%d/%Y"),
    dated("%d/%m/%y", pivot=60),
    dated("%d %B %Y"),
    dated("%b %d, %Y"),
    serial(date(1899, 12, 30), "excel"),
    serial(date(1904, 1, 1), "excel1904"),
]
AMOUNTS = [
    Way(lambda line: {"£": european(pounds(line))}, {"header": "£", "decimal": ","}),
    Way(
        lambda line: {"£": f"{abs(pounds(line))} {'Cr' if pounds(line) < 0 else 'Dr'}"},
        {"header": "£", "minus": "Cr", "plus": "Dr"},
    ),
    Way(lambda line: {"£": str(-pounds(line))}, {"header": "£", "negate": True}),
    Way(lambda line: {"£": str(int(pounds(line) * 100))}, {"header": "£", "unit": "pence"}),
    Way(lambda line: {"£": f"{pounds(line) / 1000:.5f}"}, {"header": "£", "unit": "thousands"}),
    Way(
        lambda line: {"£": str(abs(pounds(line))), "Side": "C" if pounds(line) < 0 else "D"},
        {"header": "£", "sign": {"header": "Side", "debit": "D", "credit": ["C", "Cr"]}},
    ),
    Way(
        lambda line: {"Dr": str(max(pounds(line), 0)), "Cr": str(-pounds(line)) if pounds(line) < 0 else ""},
        {"debit": "Dr", "credit": "Cr"},
    ),
]  # fmt: skip
CENTRES = [
    Way(
        lambda line: {"Centre": f"(id:{line['cost_centre_code']}) Ward 9"},
        {"header": "Centre", "extract": r"^\(id:(\w+)\)"},
    ),
    Way(lambda line: {"Centre": f"CC {line['cost_centre_code']} "}, {"header": "Centre", "strip": "CC"}),
    Way(
        lambda line: {"Centre": line["cost_centre_code"].lstrip("0")},
        {"header": "Centre", "pad": 6},
        lambda line: line["cost_centre_code"].isdigit(),
    ),
    Way(
        lambda line: {"A": line["cost_centre_code"][:2], "B": line["cost_centre_code"][2:]},
        {"join": ["A", "B"]},
    ),
    Way(lambda line: {"Centre": line["cost_centre_code"]}, {"header": "Centre", "fill_down": True}),
]  # fmt: skip
MONTHS = [
    (
        Way(lambda line: {"Period": f"P{int(line['period']):02}-20{line['financial_year'][-2:]}"},
            {"header": "Period", "extract": r"^P(\d\d)-"}),
        {"header": "Period", "extract": r"-(\d{4})$", "year": "end"},
    ),
    (
        Way(lambda line: {"Period": f"{line['financial_year'].replace('/', '-')} {line['period']}"},
            {"header": "Period", "extract": r" (\d+)$"}),
        {"header": "Period", "extract": r"^(\S+) ", "year": "both"},
    ),
    (
        Way(lambda line: {"Period": calendar_month(line).strftime("%b-%y")}, {"header": "Period", "month": "%b-%y"},
            lambda line: 1 <= int(line["period"]) <= 12),
        {"header": "Period", "month": "%b-%y"},
    ),
]  # fmt: skip


def calendar_month(line: Line) -> date:
    months = int(line["financial_year"][:4]) * 12 + 2 + int(line["period"])
    return date(months // 12, months % 12 + 1, 1)


codes = st.one_of(st.from_regex(r"[0-9]{6}", fullmatch=True), st.from_regex(r"[A-Z0-9]{4}E[0-9]", fullmatch=True))
lines = st.builds(
    lambda year, period, centre, account, journal, posted, pence: {
        "provider_code": "B1",
        "financial_year": f"{year}/{(year + 1) % 100:02}",
        "period": str(period),
        "cost_centre_code": centre,
        "account_code": account,
        "journal_id": journal,
        "posting_date": (date(2015, 1, 1) + timedelta(days=posted)).isoformat(),
        "amount": str(Decimal(pence) / 100),
    },
    st.integers(2015, 2030), st.integers(0, 14), codes, codes, st.from_regex(r"J[0-9]{1,4}", fullmatch=True),
    st.integers(0, 6000), st.integers(-(10**13), 10**13),
)  # fmt: skip


@st.composite
def ledgers(draw: st.DrawFn) -> tuple[list[Line], list[Cells], Layout]:
    """Canonical lines, the rows of an odd file of them, and the layout that says how to read these."""
    ledger = draw(st.lists(lines, min_size=1, max_size=12))
    ledger = [{**line, "line_no": str(place)} for place, line in enumerate(ledger, 1)]
    month, year = draw(st.sampled_from([pair for pair in MONTHS if all(map(pair[0].fits, ledger))]))
    ways = {"period": month, "posting_date": draw(st.sampled_from(DATES)), "amount": draw(st.sampled_from(AMOUNTS))}
    ways["cost_centre_code"] = draw(st.sampled_from([way for way in CENTRES if all(map(way.fits, ledger))]))
    columns = {
        "provider_code": {"batch": "provider_code"}, "financial_year": year, "account_code": "Account",
        "journal_id": "Journal", "line_no": {"header": "Journal line", "replace": {"#": ""}},
    } | {name: way.spec for name, way in ways.items()}  # fmt: skip
    rows: list[Cells] = []
    for line in ledger:
        cells = {
            "Kind": "",
            "Account": line["account_code"],
            "Journal": line["journal_id"],
            "Journal line": f"#{line['line_no']}",
        }
        rows.append({**cells, **{name: text for way in ways.values() for name, text in way.cells(line).items()}})
    repeat = ways["cost_centre_code"].spec
    if isinstance(repeat, dict) and "fill_down" in repeat:
        shown = [row["Centre"] for row in rows]
        for before, row in zip(shown, rows[1:], strict=False):
            row["Centre"] = "" if row["Centre"] == before else row["Centre"]
    total = {**dict.fromkeys(rows[0], ""), "Kind": "Total", **total_cells(ledger, ways["amount"])}
    place = draw(st.integers(0, len(rows)))
    rows = [*rows[:place], {**dict.fromkeys(rows[0], "x"), "Kind": "Page 2"}, *rows[place:], total]
    skip = [
        {"name": "page", "header": "Kind", "matches": "^Page"},
        {"name": "total", "header": "Kind", "matches": "^Total$", "check_total": columns["amount"]},
    ]
    return ledger, rows, Layout.of({"columns": columns, "skip": skip})


def total_cells(ledger: list[Line], way: Way) -> Cells:
    return way.cells({"amount": str(sum(map(pounds, ledger), Decimal(0)))})


def write(path: Path, rows: list[Cells]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def typed(con: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    """Rules and values; a row that breaks no rule has its batch's provider, so that is not among them."""
    columns = ", ".join(column.stored for column in LEDGER.stored_columns if column.name != "provider_code")
    return con.execute(f"SELECT rule_code, {columns} FROM judged ORDER BY row_number").fetchall()


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 1})


@given(made=ledgers())
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_an_odd_file_gives_the_rows_of_the_canonical_one(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, made: tuple[list[Line], list[Cells], Layout]
) -> None:
    ledger, rows, layout = made
    slot = Slot("ledger", "B1", "2022-04", "2022-04")
    canonical = read_sheet(write(tmp_path / "canonical.csv", ledger), tmp_path)
    for statement in judging.judge(LEDGER, [slot], match_canonical(LEDGER, [canonical]).select):
        con.execute(statement)
    expected = typed(con)

    odd = read_sheet(write(tmp_path / "odd.csv", rows), tmp_path)
    matched = match_layout(LEDGER, odd, layout, BATCH)
    con.execute(f"CREATE OR REPLACE TEMP TABLE {AS_SENT} AS {matched.first}")
    for statement in judging.judge(LEDGER, [slot], matched.select, own_layout=True):
        con.execute(statement)
    assert typed(con) == expected
    assert all(rule is None for rule, *_ in expected)
    check_totals(con, AS_SENT, layout, File(odd.header, BATCH))
