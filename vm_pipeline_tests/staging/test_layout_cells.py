"""What each word of a cell makes of a text: a table of cases, and what fails."""

import tomllib
from typing import Any

import duckdb
import pytest

from vm_pipeline.feeds import ACTIVITY, LEDGER
from vm_pipeline.feeds.values import MONEY, TEXT
from vm_pipeline.staging.cells import Spec, cell_schema, check, has_steps
from vm_pipeline.staging.making import File, made, simple
from vm_pipeline.staging.parsing import parsed
from vm_pipeline.staging.steps import FAILED
from vm_pipeline.staging.words import SOURCES, STEPS, WORDS

FAILS = "fails"


def cell(column: str, spec: Spec, *rows: str | tuple[str | None, ...] | None) -> list[str | None]:
    """The cell of each row, from headers A, B …; FAILS where it cannot be made."""
    check(column, spec)
    cells = [row if isinstance(row, tuple) else (row,) for row in rows]
    header = [chr(ord("A") + place) for place in range(len(cells[0]))]
    values = ", ".join(f"({place}, {', '.join('?' * len(header))})" for place in range(len(cells)))
    names = ", ".join(f'"{name}"' for name in header)
    relation = f"(SELECT * FROM (VALUES {values}) AS sent(place, {names}))"
    value = {**LEDGER.by_name, **ACTIVITY.by_name}[column].value
    found = made({column: spec}, {column: value}, relation, File(header, {"period": "7"}))
    made_of = found.columns[column]
    return [
        text
        for (text,) in duckdb.execute(
            f"SELECT CASE WHEN starts_with({made_of}, {FAILED}) THEN '{FAILS}' ELSE {made_of} END "
            f"FROM {found.relation} ORDER BY place",
            [one for row in cells for one in row],
        ).fetchall()
    ]


@pytest.mark.parametrize(
    ("forms", "texts", "dates"),
    [
        ("%m/%d/%Y", ["4/5/2020", "04/13/2020", "13/04/2020"], ["2020-04-05", "2020-04-13", FAILS]),
        ("%d/%m/%y", ["05/04/20", "05/04/69", "05/04/70"], ["2020-04-05", "2069-04-05", "1970-04-05"]),
        ("%d %B %Y", ["5 APRIL 2020", "5 april 2020"], ["2020-04-05", "2020-04-05"]),
        ("%d-%b-%Y", ["05-aPr-2020", "31-Apr-2020"], ["2020-04-05", FAILS]),
        ("%d.%m.%Y", ["2020-04-05", "2020-04-31", None], ["2020-04-05", FAILS, None]),  # ISO is never in doubt
        ("%d.%m.%Y %H:%M", ["05.04.2020 13:45"], ["2020-04-05"]),
        (
            "excel",
            ["43926", "43926.75", "1", "59", "60", "61"],
            ["2020-04-05"] * 2 + ["1900-01-01", "1900-02-28", FAILS, "1900-03-01"],
        ),
        ("excel1904", ["42464", "0"], ["2020-04-05", "1904-01-01"]),
        (["excel", "%d/%m/%Y"], ["43926", "05/04/2020", "5 April"], ["2020-04-05", "2020-04-05", FAILS]),
        (["%d/%m/%Y", "%d/%m/%y"], ["05/04/2020", "05/04/20"], ["2020-04-05", "2020-04-05"]),
    ],
)
def test_dates(forms: Any, texts: list[str], dates: list[str]) -> None:
    assert cell("posting_date", {"header": "A", "date": forms}, *texts) == dates


def test_a_pivot_says_the_century() -> None:
    spec = {"header": "A", "date": "%d/%m/%y", "pivot": 30}
    assert cell("posting_date", spec, "29/02/20", "01/01/30", "29/02/00") == ["2020-02-29", "1930-01-01", "2000-02-29"]


def test_a_moment_keeps_its_time_where_the_feed_has_one() -> None:
    assert cell("start_at", {"header": "A", "date": ["%d/%m/%Y %H:%M", "excel"]}, "05/04/2020 13:45", "43926.75") == [
        "2020-04-05T13:45:00",
        "2020-04-05T18:00:00",
    ]


@pytest.mark.parametrize(
    ("spec", "texts", "amounts"),
    [
        (
            {"decimal": ","},
            ["1.234,56", "-1 234,56", "1234", "(1.234,5)", "1,234.56", "12.34"],
            ["1234.56", "-1234.56", "1234", "(1234.5)", FAILS, FAILS],
        ),
        (
            {"minus": ["Cr", "–"]},
            ["12.00 cr", "CR 12.00", "–12.00", "12.00", "–12.00Cr"],
            ["-12.00", "-12.00", "-12.00", "12.00", "--12.00"],
        ),
        ({"minus": "C", "plus": "D"}, ["1,234.50 C", "1,234.50 D"], ["-1,234.50", "1,234.50"]),
        (
            {"unit": "pence"},
            ["123456", "-5", "5-", "1,234", "0.5", "x"],
            ["1234.56", "-0.05", "-0.05", "12.34", FAILS, FAILS],
        ),
        ({"unit": "thousands"}, ["1.23456", "(0.5)", "1.234567", "2"], ["1234.56", "-500.00", FAILS, "2000.00"]),
        (
            {"negate": True},
            ["12.34", "12.34CR", "(1,000.00)", "0", "twelve", None],
            ["-12.34", "12.34", "1000.00", "0.00", FAILS, None],
        ),
        ({"default": "0"}, [None, "3"], ["0", "3"]),
        ({"empty": ["-", "nil"], "default": "0"}, ["-", "NIL", "3-"], ["0", "0", "3-"]),
        ({"unit": "pence", "negate": True}, ["99999999999999999"], ["-999999999999999.99"]),  # a float would lose it
    ],
)
def test_amounts(spec: dict[str, Any], texts: list[str], amounts: list[str]) -> None:
    assert cell("amount", {"header": "A", **spec}, *texts) == amounts


def test_a_sign_twice_is_no_amount() -> None:
    assert duckdb.sql(f"SELECT {parsed(MONEY, repr('--12.00'))}").fetchall() == [(None,)]


def test_an_amount_whose_side_stands_beside_it() -> None:
    spec: Spec = {"header": "A", "sign": {"header": "B", "debit": ["D", "Dr"], "credit": "C"}}
    rows = [("5.00", "dr"), ("5.00", "C"), ("5.00", "X"), ("5.00", None), (None, "C"), ("five", "C")]
    assert cell("amount", spec, *rows) == ["5.00", "-5.00", FAILS, FAILS, None, FAILS]


def test_debit_and_credit() -> None:
    rows = [("5.00", None), (None, "7.25"), ("5.00", "7.25"), ("5.00", "0.00"), ("0", "0"), (None, None), ("5", "x")]
    assert cell("amount", {"debit": "A", "credit": "B"}, *rows) == [
        "5.00", "-7.25", FAILS, "5.00", "0.00", None, FAILS,
    ]  # fmt: skip
    comma: Spec = {"debit": "A", "credit": "B", "decimal": ",", "negate": True}
    assert cell("amount", comma, ("1.000,50", None), (None, "0,5")) == ["-1000.50", "0.50"]


@pytest.mark.parametrize(
    ("spec", "texts", "codes"),
    [
        ({"extract": r"\(id:(\d+)\)"}, ["(id:42270) Haematology", "Haematology", None], ["42270", FAILS, None]),
        ({"strip": ["id:", "."]}, ["id: 007", "id:id:7", "7.", "ID:7 ."], ["007", "id:7", "7", "7"]),
        ({"pad": 6}, ["123", "12E345", "1234567", "000123", None], ["000123", "12E345", "1234567", "000123", None]),
        ({"replace": {"–": "-", "a": "b", "ab": "c"}}, ["1–2", "ab"], ["1-2", "c"]),
        ({"lookup": {"Seen": "x", "dna": "y"}}, ["SEEN", "DNA", "gone", None], ["x", "y", FAILS, None]),
        ({"lookup": {"Seen": "x", "*": "z"}}, ["seen", "gone", None], ["x", "z", None]),
        ({"extract": r"^(\w+)", "pad": 4}, ["12 Ward", "-"], ["0012", FAILS]),  # what failed stays so
        ({"extract": r"(\d*)$"}, ["no number"], [FAILS]),
    ],
)
def test_codes(spec: dict[str, Any], texts: list[str], codes: list[str]) -> None:
    assert cell("cost_centre_code", {"header": "A", **spec}, *texts) == codes


def test_cells_joined() -> None:
    rows = [("J1", "04"), ("J1", None)]
    assert cell("journal_id", {"join": ["A", "B"], "with": "-", "default": "none"}, *rows) == ["J1-04", "none"]
    assert cell("journal_id", {"join": ["A", "B"], "strip": "J"}, *rows) == ["104", None]


def test_months_and_years() -> None:
    months = ["Apr-20", "MAR-21", "Jan-21", "Q1"]
    assert cell("period", {"header": "A", "month": "%b-%y"}, *months) == ["1", "12", "10", FAILS]
    assert cell("financial_year", {"header": "A", "month": "%b-%y"}, *months) == [
        "2020/21",
        "2020/21",
        "2020/21",
        FAILS,
    ]
    assert cell("period", {"header": "A", "month": "%B"}, "april", "March") == ["1", "12"]
    assert cell("period", {"header": "A", "extract": r"^P(\d\d)-"}, "P01-2021", "P13-2021") == ["01", "13"]
    ends: Spec = {"header": "A", "extract": r"-(\d+)$", "year": "end"}
    assert cell("financial_year", ends, "P01-2021", "P01-21", "P01-1") == ["2020/21", "2020/21", FAILS]
    assert cell("financial_year", {"header": "A", "year": "start"}, "1999", "99") == ["1999/00", "2099/00"]
    both = ["2020-21", "20/21", "2020-2021", "2020 / 21", "2020", "2020-22"]
    assert cell("financial_year", {"header": "A", "year": "both"}, *both) == [
        *["2020/21"] * 4, FAILS, "2020/22",  # that it follows is the feed's rule
    ]  # fmt: skip


def test_facts_beside_headers() -> None:
    file = File(["A"], {"period": "7", "file_name": "Ward 12 - June.csv"})
    assert simple({"file_name": r"^Ward (\w+) "}, file) == "'12'"
    assert simple({"batch": "period"}, file) == "'7'"
    assert not has_steps({"batch": "period"})


@pytest.mark.parametrize(
    ("column", "spec", "reason"),
    [
        (
            "amount",
            {"header": "A", "unit": "pounds"},
            "found unit = 'pounds', expected `pence` or `thousands`.",
        ),
        ("amount", {"debit": "A"}, "found debit without credit, expected both."),
        ("amount", {"header": "A", "credit": "B"}, "found credit without debit, expected both."),
        ("amount", {"header": "A", "sgin": {}}, "The closest is 'sign'."),
        ("amount", {"header": "A", "sign": {"header": "B"}}, "expected a table of `header`, `debit` and `credit`."),
        ("amount", {"header": "A", "const": "1"}, "expected a header, several, or one of header, const, "),
        ("amount", {"negate": True}, "expected a header, several, or one of header, const, "),
        ("amount", {"sql": "1", "negate": True}, "found sql beside negate, expected the SQL to"),
        ("account_code", {"header": "A", "extract": r"\d+"}, "expected a regular expression with a group, without"),
        ("account_code", {"header": "A", "extract": "("}, "expected a regular expression with a group, without"),
        ("account_code", {"header": "A", "pad": 0}, "expected a whole number from 1 to 99."),
        ("account_code", {"header": "A", "month": "%b"}, "found month, expected it for"),
        ("financial_year", {"header": "A", "month": "%b"}, "expected forms with a year."),
        ("posting_date", {"header": "A", "date": "dd/mm/yyyy"}, "expected a form of dates such as `%d/%m/%Y`, or"),
        ("posting_date", {"header": "A", "pivot": 30}, "found pivot without date or month"),
        ("posting_date", [], "expected a header, several, or one of header, const, "),
    ],
)
def test_what_is_no_cell_is_said_in_words(column: str, spec: Any, reason: str) -> None:
    with pytest.raises(ValueError, match=r"^in \w+: found ") as raised:
        check(column, spec)
    assert reason in str(raised.value)


@pytest.mark.parametrize("word", [word for word in WORDS.values() if not word.beside], ids=lambda word: word.name)
def test_the_example_of_a_word_is_a_cell_of_the_schema(word: Any) -> None:
    """What the reference page shows can be written: checks, the schema and the SQL agree on it."""
    import jsonschema

    spec = tomllib.loads(f"cell = {word.example}")["cell"]
    assert word.name in spec
    column = {"month": "period"}.get(word.name, "financial_year")
    check(column, spec)
    jsonschema.validate(spec, cell_schema())
    file = File(
        [
            "Cost Centre",
            "Dr",
            "Cr",
            "Journal",
            "Month",
            "WTE",
            "Transaction number",
            "Account",
            "Amount",
            "Date",
            "Expense area",
            "Status",
            "FY",
            "Betrag",
            "Dr/Cr",
            "£000",
            "Net",
            "Quantity",
            "Ward",
            "Beds",
        ],
        {"file_name": "Ward A 1.csv"},
    )
    rows = "(SELECT " + ", ".join(f"NULL::VARCHAR AS {file.cell(name)}" for name in file.header) + ")"
    rows = f'(SELECT *, 1 AS "row  number" FROM {rows})'
    assert duckdb.sql(f"SELECT * FROM {made({column: spec}, {column: TEXT}, rows, file).relation}").fetchall()


def test_every_step_has_its_place() -> None:
    assert {word.name for word in SOURCES} & {word.name for word in STEPS} == set()
    assert all(word.says.endswith(".") and (word.example or word.beside) for word in WORDS.values())
