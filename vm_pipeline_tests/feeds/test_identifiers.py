"""Identifiers are told from numbers that only look like them; SQL tells them as Python does."""

import random
import re

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vm_pipeline.feeds.identifiers import ANY_SHAPE, KINDS, Kind, by_chance, names_an_identifier
from vm_pipeline_tests.feeds.chi import Chi, check_chi, modulus_10, modulus_11

BY_NAME = {kind.name: kind for kind in KINDS}
DIGITS = st.text("0123456789", min_size=10, max_size=10)
DAYS = st.dates().map(lambda day: f"{day:%d%m}{day.year % 100:02}")
CHIS = st.one_of(DIGITS, st.builds(lambda day, serial: f"{day}{serial:04}", DAYS, st.integers(0, 9999)))


@pytest.fixture(scope="module")
def sql() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def passes(con: duckdb.DuckDBPyConnection, kind: Kind, *found: str) -> list[bool]:
    """Whether each find, without its blanks, is plausible and complete."""
    condition = f"({kind.plausible}) AND ({kind.complete})".replace("{x}", "x")
    return [one for (one,) in con.execute(f"SELECT {condition} FROM (SELECT unnest($1) AS x)", [[*found]]).fetchall()]


@pytest.mark.parametrize(
    ("text", "said", "by_11", "by_10"),
    [
        ("0211165794", Chi.VALID, True, False),
        ("1811431232", Chi.VALID, True, None),
        ("1304496368", Chi.VALID, True, None),
        ("0101011237", Chi.VALID, True, True),
        ("9999999999", Chi.BAD_DATE, None, None),
        ("0101010000", Chi.BAD_CHECKSUM, False, False),
        ("402070763", Chi.TOO_FEW, None, None),
    ],
)
def test_known_numbers(text: str, said: Chi, by_11: bool | None, by_10: bool | None) -> None:
    assert check_chi(text) is said
    assert by_11 is None or modulus_11(text) is by_11
    assert by_10 is None or modulus_10(text) is by_10


@given(st.lists(CHIS, min_size=1))
def test_sql_tells_chi_numbers_as_python_does(sql: duckdb.DuckDBPyConnection, found: list[str]) -> None:
    expected = [check_chi(text) is Chi.VALID for text in found]
    assert passes(sql, BY_NAME["CHI number"], *found) == expected
    short = [text for text in found if text[0] == "0"]
    nine = passes(sql, BY_NAME["CHI number without its zero"], *(text[1:] for text in short)) if short else []
    assert nine == [check_chi(text) is Chi.VALID for text in short]


@given(st.lists(DIGITS, min_size=1))
def test_sql_tells_nhs_numbers_as_python_does(sql: duckdb.DuckDBPyConnection, found: list[str]) -> None:
    assert passes(sql, BY_NAME["NHS number"], *found) == [modulus_11(text) for text in found]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("CHI number", "0101011237"),
        ("CHI number", "PATIENT 010101 1237 REFUNDED"),
        ("CHI number", "010101-1237"),
        ("CHI number", "01/01/01 1237"),
        ("CHI number", "CHI0101011237"),
        ("CHI number without its zero", "402070763"),
        ("NHS number", "943 476 5919"),
        ("NHS number", "NHS 943-476-5919."),
        ("H&C number", "320 000 0101"),
        ("National Insurance number", "AB 12 34 56 C"),
        ("National Insurance number", "(AB123456C)"),
        ("e-mail address", "ZEBEDEE.QUUX@NHS.SCOT"),
        ("postcode", "G42 9BA"),
        ("postcode", "12 HIGH ST, EH112NL"),
    ],
)
def test_shapes_are_found_within_text(sql: duckdb.DuckDBPyConnection, kind: str, text: str) -> None:
    one = BY_NAME[kind]
    pattern = f"(?:^|[^{one.edge}])({one.shape})(?:[^{one.edge}]|$)"
    ((found, shaped),) = sql.execute(
        "SELECT regexp_extract_all($1, $2, 1), regexp_matches($1, $3, 'i')", [text, pattern, ANY_SHAPE]
    ).fetchall()
    assert shaped and len(found) == 1
    if kind != "H&C number":
        assert passes(sql, one, re.sub("[ /-]", "", found[0])) == [True]


def test_chances_are_what_is_declared(sql: duckdb.DuckDBPyConnection) -> None:
    """Random digits pass as often as the declaration says: thresholds rest on it."""
    chance = random.Random(7)
    for name, length in (("CHI number", 10), ("CHI number without its zero", 9), ("NHS number", 10)):
        found = [f"{chance.randrange(10**length):0{length}}" for _ in range(40_000)]
        assert sum(passes(sql, BY_NAME[name], *found)) / 40_000 == pytest.approx(BY_NAME[name].chance, rel=0.15)


@given(st.integers(1, 300), st.data())
def test_the_bound_of_chance_is_one(of: int, data: st.DataObject) -> None:
    """Never below the true probability, so no column is called personal on a miscount of it."""
    from math import comb

    passed, chance = data.draw(st.integers(1, of)), data.draw(st.sampled_from([0.0066, 0.0909, 0.15]))
    exact = sum(comb(of, n) * chance**n * (1 - chance) ** (of - n) for n in range(passed, of + 1))
    assert by_chance(passed, of, chance) >= exact * (1 - 1e-9)


@pytest.mark.parametrize(
    "header", ["CHI No", "chi_number", "NHS No.", "NI number", "E-mail", "Post Code", "patient id"]
)
def test_headers_that_name_an_identifier(header: str) -> None:
    assert names_an_identifier(header)


@pytest.mark.parametrize("header", ["Chief officer", "Supplier", "Machine number", "Net amount", "Team"])
def test_headers_that_do_not(header: str) -> None:
    assert not names_an_identifier(header)
