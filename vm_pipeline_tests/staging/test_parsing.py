"""Every accepted spelling of a cell, and nothing else: DuckDB's reading against a second reader in Python."""

import string
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

import duckdb
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vm_pipeline.feeds import values
from vm_pipeline.feeds.values import Value
from vm_pipeline.staging.parsing import BLANKS, parsed, text, trimmed
from vm_pipeline_tests.staging import spellings

READERS: dict[Value, Callable[[str], object]] = {
    values.MONEY: spellings.money,
    values.DATE: spellings.day,
    values.TIMESTAMP: spellings.moment,
    values.FINANCIAL_YEAR: spellings.financial_year,
    values.LEDGER_PERIOD: spellings.ledger_period,
    values.INTEGER: spellings.whole,
    values.QUANTITY: spellings.decimals(15, 3),
    values.WTE: spellings.decimals(7, 2, "-?"),
    values.SHARE: spellings.share,
    values.PERCENT: spellings.percent,
    values.COUNT: spellings.count,
    values.FLAG: spellings.flag,
}
EVERY_TYPE = pytest.mark.parametrize("value", READERS, ids=lambda value: value.name)

# Look-alikes of digits, signs and letters, what casts are generous about, and what breaks quoting.
NASTY = "0123456789.,-+()£CRDRTZz:/ _eE" + "٣３½²−–٫，ſKıNaInfx'\"\\\n\t\x1f\u00a0\u200b\ud7ff€"


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 1})


def read(con: duckdb.DuckDBPyConnection, value: Value, cells: Sequence[str]) -> list[object]:
    """Many cells as the pipeline reads them."""
    rows = con.execute(f"SELECT {parsed(value, 'x')} FROM (SELECT unnest(?::VARCHAR[]) AS x)", [list(cells)])
    return [row[0] for row in rows.fetchall()]


def assert_agrees(con: duckdb.DuckDBPyConnection, value: Value, cells: Sequence[str]) -> None:
    expected = [READERS[value](cell) for cell in cells]
    assert list(zip(cells, read(con, value, cells), strict=True)) == list(zip(cells, expected, strict=True))


def mutated(sound: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """A sound spelling with one character put in, replaced or taken out."""

    def change(parts: tuple[str, int, str, int]) -> str:
        cell, place, sign, taken = parts
        place %= len(cell) + 1
        return cell[:place] + sign + cell[place + taken :]

    return st.tuples(sound, st.integers(0, 40), st.sampled_from(["", *NASTY]), st.integers(0, 1)).map(change)


PENCE = st.one_of(st.integers(0, 10**6), st.integers(0, 10**18 - 1), st.just(10**18))
MONEY = st.tuples(
    PENCE.map(lambda pence: Decimal(pence).scaleb(-2)),
    st.sampled_from(["{:.2f}", "{:,.2f}", "{:.0f}", "{:,.0f}", "{:.1f}"]),
    st.sampled_from(list(spellings.SIGNS)),
    st.sampled_from(["{}", "£{}"]),
    st.booleans(),
).map(lambda p: p[3].format(p[2].format(p[1].format(p[0]))) if p[4] else p[2].format(p[3].format(p[1].format(p[0]))))
DAYS = st.one_of(st.dates(date(1880, 1, 1), date(2220, 1, 1)), st.dates(date(2022, 2, 25), date(2022, 3, 3)))
DATES = st.tuples(
    DAYS, st.sampled_from(["%Y-%m-%d", "%d/%m/%Y", "%d-%b-%Y", "%Y-%d-%m", "%d-%m-%Y", "%d-%B-%Y", "%y-%m-%d"])
).map(lambda p: f"{p[0]:{p[1]}}")
CLOCK_CHANGES = [
    datetime(2022, 3, 27, 1),
    datetime(2022, 10, 30, 1),
    datetime(2055, 3, 28, 1),
    datetime(1968, 2, 18, 2),
]
MOMENTS = st.one_of(
    st.datetimes(datetime(1899, 12, 30), datetime(2200, 1, 2)),
    st.tuples(st.sampled_from(CLOCK_CHANGES), st.integers(-(10**10), 10**10)).map(
        lambda p: p[0] + timedelta(microseconds=p[1])
    ),
)
TIMES = st.tuples(
    MOMENTS,
    st.sampled_from([" ", "T"]),
    st.sampled_from(["minutes", "seconds", "milliseconds", "microseconds"]),
    st.sampled_from(
        ["", "", "Z", "+01:00", "+0100", "+01", "-00:00", "-05:30", "+14:00", "+23:59", "-24:00", "+01:60"]
    ),
).map(lambda p: p[0].isoformat(p[1], p[2]) + p[3])
YEARS = st.tuples(st.integers(1890, 2210), st.integers(0, 2)).map(lambda p: f"{p[0]}/{(p[0] + p[1]) % 100:02}")
DIGITS = st.tuples(
    st.sampled_from(["", "-", "+", "0"]),
    st.one_of(st.integers(0, 120), st.integers(0, 10**17)),
    st.one_of(st.just(""), st.text("0123456789", max_size=20).map("".join).map(".{}".format)),
).map(lambda p: f"{p[0]}{p[1]}{p[2]}")
PARTS = st.text("0123456789", min_size=1, max_size=8).flatmap(
    lambda d: st.sampled_from([f"0.{d}", f"1.{d}", f"1.{'0' * len(d)}"])
)
WORDS = st.sampled_from(
    ["true", "TRUE", "True", "false", "yes", "No", "y", "n", "1", "0", "ja", "on", "t", "f", "2", "01"]
)
SOUND = {
    values.MONEY: MONEY,
    values.DATE: DATES,
    values.TIMESTAMP: st.one_of(TIMES, DATES),
    values.FINANCIAL_YEAR: YEARS,
    values.LEDGER_PERIOD: st.integers(0, 99).flatmap(lambda n: st.sampled_from([f"{n}", f"{n:02}", f"{n:03}"])),
    values.SHARE: PARTS,
    values.PERCENT: st.one_of(
        DIGITS, PARTS.map("33{}".format), st.sampled_from(["100", "100.0", "100.01", "099", "00"])
    ),
    values.FLAG: WORDS,
}


@EVERY_TYPE
@given(data=st.data())
def test_sound_and_nearly_sound_spellings(con: duckdb.DuckDBPyConnection, value: Value, data: st.DataObject) -> None:
    sound = SOUND.get(value, DIGITS)
    assert_agrees(con, value, data.draw(st.lists(st.one_of(sound, mutated(sound)), min_size=1, max_size=40)))


@EVERY_TYPE
@given(
    cells=st.lists(
        st.one_of(st.text(NASTY, max_size=24), st.text("0123456789", min_size=15, max_size=400)), max_size=40
    )
)
@example(cells=["1e3", "1_000", "NaN", "infinity", "epoch", "0x10", "½", "９", "1.", ".5", "+1", "--1", "now", "today"])
def test_any_text_is_read_or_null(con: duckdb.DuckDBPyConnection, value: Value, cells: list[str]) -> None:
    """No text raises, overflows, or is taken for something it is not."""
    assert_agrees(con, value, cells)


@pytest.mark.parametrize(
    ("cell", "pounds"),
    [
        ("1234.56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("-1234.56", "-1234.56"),
        ("1234.56-", "-1234.56"),
        ("(1,234.56)", "-1234.56"),
        ("£1,234.56", "1234.56"),
        ("1234.56CR", "-1234.56"),
        ("1234.56DR", "1234.56"),
        ("-£1,234.56", "-1234.56"),
        ("£-5", "-5"),
        ("(£5.1)", "-5.1"),
        ("9999999999999999.99", "9999999999999999.99"),
    ],
)
def test_money_as_the_feeds_describe_it(con: duckdb.DuckDBPyConnection, cell: str, pounds: str) -> None:
    assert read(con, values.MONEY, [cell]) == [Decimal(pounds)]


@pytest.mark.parametrize(
    "cell",
    [
        "NaN",
        "-(5.00)",
        "(5.00-)",
        "-5.00CR",
        "5.00 CR",
        "5.00cr",
        "1,23.45",
        "12.345",
        "1e5",
        "£",
        "",
        "()",
        "5.00£",
        "$5",
        "10000000000000000.00",
        "££5",
        "(5.00",
        "5.00)",
        "1,234,56",
    ],
)
def test_money_that_is_none(con: duckdb.DuckDBPyConnection, cell: str) -> None:
    assert read(con, values.MONEY, [cell]) == [None]


@pytest.mark.parametrize(
    ("cell", "local"),
    [
        ("2022-03-27T00:59:59Z", datetime(2022, 3, 27, 0, 59, 59)),
        ("2022-03-27T01:00Z", datetime(2022, 3, 27, 2, 0)),
        ("2022-10-30T00:59Z", datetime(2022, 10, 30, 1, 59)),
        ("2022-10-30T01:00Z", datetime(2022, 10, 30, 1, 0)),
        ("2022-07-01T23:30:00+00:00", datetime(2022, 7, 2, 0, 30)),
        ("2022-03-31 23:30Z", datetime(2022, 4, 1, 0, 30)),
        ("2022-07-01T10:00", datetime(2022, 7, 1, 10, 0)),
        ("2022-07-01", datetime(2022, 7, 1)),
        ("1900-01-01T00:00+05:00", None),
        ("2199-12-31T23:30-05:00", None),
        ("2022-07-01T10:00+99:99", None),
        ("2022-07-01T24:00", None),
    ],
)
def test_an_offset_becomes_london_time(con: duckdb.DuckDBPyConnection, cell: str, local: datetime | None) -> None:
    assert read(con, values.TIMESTAMP, [cell]) == [local]


@given(core=st.text(string.ascii_letters + "'\" ", max_size=8), around=st.text(BLANKS, max_size=6))
def test_cells_are_trimmed_of_every_kind_of_blank(con: duckdb.DuckDBPyConnection, core: str, around: str) -> None:
    row = con.execute(f"SELECT {text('x')} FROM (SELECT ?::VARCHAR AS x)", [around + core + around]).fetchone()
    assert row == (core.strip(" ") or None,)


SPACES = BLANKS + "\u1680\u2003\u3000"  # the last three of one kind with a space, but not among the blanks


@pytest.mark.parametrize("odd_blanks", [True, False])
@given(cells=st.lists(st.text(SPACES + "aZ£é1\x1f!", max_size=6), max_size=40))
def test_a_cell_is_trimmed_where_it_needs_it(
    con: duckdb.DuckDBPyConnection, odd_blanks: bool, cells: list[str]
) -> None:
    """Whether it needs it is told by its ends alone, and nothing comes out that trimming every cell would not give."""
    both = f"SELECT {text('x', odd_blanks)}, {trimmed('x', odd_blanks)} FROM (SELECT unnest(?::VARCHAR[]) AS x)"
    assert [one for one in con.execute(both, [cells]).fetchall() if one[0] != one[1]] == []


def test_codes_keep_their_leading_zeros_and_lose_their_case(con: duckdb.DuckDBPyConnection) -> None:
    assert read(con, values.CODE, ["0031a", "Réa"]) == ["0031A", "RÉA"]
    assert read(con, values.LOWER_CODE, ["Bed_Day"]) == ["bed_day"]
