"""Queries against real servers: streamed, read-only, one spelling a value, the same bytes for the same rows."""

import csv
import io
import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, make_url, text

from vm_pipeline.keys import read
from vm_pipeline.sources.answer import spelled, write_answer
from vm_pipeline.sources.query import QueryKeys, QuerySource
from vm_pipeline_tests.sources.conftest import Home, amiss
from vm_pipeline_tests.sources.servers import mariadb, postgresql

ENGINES = ("sqlite", "postgresql", "mariadb")
SELECT = "SELECT id, day, amount FROM line WHERE day BETWEEN :first_day AND :last_day ORDER BY id"
LINES = [(1, "2022-07-01", "1.50"), (2, "2022-07-31", "-2.00"), (3, "2022-08-01", "10000000000000.25")]


@pytest.fixture(scope="module")
def postgresql_server() -> Iterator[str]:
    with postgresql() as url:
        yield url


@pytest.fixture(scope="module")
def mariadb_server() -> Iterator[str]:
    with mariadb() as url:
        yield url


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with a few lines, by the address a person would write."""
    name = request.param
    url = f"sqlite:///{tmp_path}/lines.db" if name == "sqlite" else request.getfixturevalue(f"{name}_server")
    decimal = "TEXT" if name == "sqlite" else "DECIMAL(18,2)"
    run(url, "DROP TABLE IF EXISTS line", f"CREATE TABLE line (id INTEGER, day DATE, amount {decimal})")
    run(url, *(f"INSERT INTO line VALUES ({number}, '{day}', '{amount}')" for number, day, amount in LINES))
    return str(url)


def run(address: str, *statements: str) -> list[Any]:
    """As its owner; the last answer's rows."""
    drivers = {"postgresql": "postgresql+psycopg", "mariadb": "mariadb+pymysql"}
    url = make_url(address)
    engine = create_engine(url.set(drivername=drivers.get(url.drivername, url.drivername)))
    with engine.begin() as con:
        answers = [con.execute(text(statement)) for statement in statements]
        rows = list(answers[-1]) if answers[-1].returns_rows else []
    engine.dispose()
    return rows


def source(database: str, query: str = SELECT, **keys: Any) -> QuerySource:
    months = {"first": "2022-07", "last": "2022-09"}
    table = {"feed": "ledger", "provider": "B1", "database": database, "query": query, **months, **keys}
    return read(QueryKeys, table).source(Path(), "B1", "")


def test_a_month_is_an_extract(database: str, home: Home) -> None:
    received = home.receive(source(database).find()[0])
    assert received.problems == []
    assert [str(one.slot) for one in received.new] == ["ledger/B1/2022-07", "ledger/B1/2022-08"]
    assert [str(one.slot) for one in received.absent] == ["ledger/B1/2022-09"]
    assert home.bytes(received) == [
        b"id,day,amount\n1,2022-07-01,1.50\n2,2022-07-31,-2.00\n",
        b"id,day,amount\n3,2022-08-01,10000000000000.25\n",
    ]
    assert (home.receive(source(database).find()[0]).unchanged, home.left) == (2, [])


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM line",
        "UPDATE line SET id = 0",
        "INSERT INTO line VALUES (9, '2022-07-01', '1')",
        "DROP TABLE line",
        "CREATE TABLE other (id INTEGER)",
        "DELETE FROM line RETURNING id",
        "SELECT 1; DELETE FROM line",
    ],
)
def test_nothing_can_be_changed(database: str, home: Home, statement: str) -> None:
    (problem,) = home.receive(source(database, statement).find()[0]).problems
    assert "expected" in str(problem) and "of this source in vm.toml" in str(problem)
    assert len(run(database, "SELECT * FROM line")) == 3


def test_every_fact_of_a_month_can_be_asked_by(database: str, home: Home) -> None:
    names = ("provider_code", "period", "year", "month", "first_day", "last_day", "financial_year")
    kind = "CHAR(20)" if database.startswith("mariadb") else "VARCHAR(20)"
    query = "SELECT " + ", ".join(f"CAST(:{name} AS {kind}) AS {name}_asked" for name in names)
    content = home.bytes(home.receive(source(database, query, last="2022-07").find()[0]))[0]
    assert content.splitlines()[1] == b"B1,2022-07,2022,07,2022-07-01,2022-07-31,2022/23"


def test_a_large_answer_does_not_lie_in_memory(database: str, home: Home, tmp_path: Path) -> None:
    """Rows are written as they come."""
    import tracemalloc

    numbers = "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 90)"
    query = f"{numbers} SELECT a.i, b.i AS j, '{'x' * 1000}' AS text FROM n a, n b"
    (extract, *_), _ = source(database, query).find()
    tracemalloc.start()
    extract.content.bring(tmp_path / "draft", "")  # type: ignore[union-attr]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (tmp_path / "draft").stat().st_size > 8_000_000
    assert peak < 4_000_000


def test_an_answer_that_is_too_large_is_given_up(database: str, home: Home) -> None:
    text = "x" * 1000
    query = f"SELECT a.id, '{text}' AS j FROM line a, line b, line c, line d, line e, line f, line g, line h, line i"
    (problem,) = home.receive(source(database, query, max_mb=1).find()[0]).problems
    assert "found an answer of more than 1 MB" in str(problem)
    assert home.left == []


def test_a_server_that_is_silent_is_given_up(home: Home, request: pytest.FixtureRequest) -> None:
    database = request.getfixturevalue("postgresql_server")
    (problem,) = home.receive(source(database, "SELECT pg_sleep(30)", patience=1).find()[0]).problems
    assert "found no answer within 1 s (QueryCanceled); expected rows in that time" in str(problem)


def test_an_odd_month_does_not_stop_the_others(home: Home, request: pytest.FixtureRequest) -> None:
    database = request.getfixturevalue("postgresql_server")
    query = "SELECT 1 / (CAST(:month AS INTEGER) - 7) AS n"
    received = home.receive(source(database, query).find()[0])
    assert [str(one.slot) for one in received.new] == ["ledger/B1/2022-08", "ledger/B1/2022-09"]
    assert "found an error (DivisionByZero)" in str(received.problems[0])


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("SELECT id, amuont FROM line", "found no column 'amuont'"),
        ("SELECT id FROM nosuch ORDER BY id", "found no table '"),
        ("SELECT id FORM line WHERE id = 'canary'", "found SQL that this database does not take"),
        ("SELECT nosuch(id) FROM line", "found no function"),
    ],
)
def test_what_is_wrong_with_a_query_is_said(database: str, home: Home, query: str, says: str) -> None:
    """By name, where the source is, what to do; once for all months."""
    (problem,) = home.receive(source(database, query, part="beds").find()[0]).problems
    assert says in str(problem) and "of this source in vm.toml" in str(problem)
    assert problem.where.startswith("ledger of B1/beds from ") and "canary" not in str(problem)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"database": "nosuch"}, "found no database of that name"),
        ({"username": "locked", "password": "canary"}, "found that it does not let this user in"),
        ({"username": "stranger"}, "found that this user may not read 'line' (InsufficientPrivilege)"),
        ({"query": {"host": "/nowhere"}}, "found no server that answers there"),
        ({"host": "nowhere.invalid", "query": {}}, "found no server of that name"),
    ],
)
def test_why_a_database_lets_nobody_ask_is_said(
    home: Home, request: pytest.FixtureRequest, change: dict[str, Any], says: str
) -> None:
    database = request.getfixturevalue("postgresql_server")
    (hba,) = run(database, "SHOW hba_file")[0]
    rules = Path(hba).read_text("utf-8").replace("local all locked scram-sha-256\n", "")
    Path(hba).write_text(f"local all locked scram-sha-256\n{rules}", "utf-8")
    roles = (
        "DROP ROLE IF EXISTS locked, stranger",
        "CREATE ROLE locked LOGIN PASSWORD 'x'",
        "CREATE ROLE stranger LOGIN",
    )
    run(database, "CREATE TABLE IF NOT EXISTS line (id INTEGER, day DATE)", *roles, "SELECT pg_reload_conf()")
    address = make_url(database).set(**change).render_as_string(hide_password=False)
    (problem,) = home.receive(source(address, "SELECT id FROM line").find()[0]).problems
    assert says in str(problem) and "canary" not in str(problem) and problem.where.startswith("ledger of B1 from ")


POSTGRESQL = """SELECT DATE '2022-07-01' AS a, TIMESTAMP '2022-07-01 10:00' AS b,
TIMESTAMPTZ '2022-07-01 10:00:00.5+01' AS c, 1.500::numeric AS d, 1e30::numeric AS e, true AS f, NULL AS g,
'\\xDEAD'::bytea AS h, INTERVAL '25 hours 1 second' AS i, ARRAY[1,2] AS j,
'{"b"\\:1,"a"\\:"x"}'::jsonb AS k, 0.1::float8 AS l, 'NaN'::numeric AS m, TIME '09:05' AS n"""
MARIADB = """SELECT DATE '2022-07-01' AS a, TIMESTAMP '2022-07-01 10:00:00' AS b, 1.500 AS d, NULL AS g, X'DEAD' AS h,
TIMEDIFF('26:00:01', '01:00:00') AS i, CAST(0.1 AS DOUBLE) AS l, CAST(1e20 AS DECIMAL(30,2)) AS m"""


@pytest.mark.parametrize(
    ("name", "query", "cells"),
    [
        (
            "postgresql",
            POSTGRESQL,
            [
                *("2022-07-01", "2022-07-01T10:00:00", "2022-07-01T09:00:00.500000+00:00", "1.500", "1" + "0" * 30),
                *("true", "", "dead", "25:00:01", "[1,2]", '{"a":"x","b":1}', "0.1", "NaN", "09:05:00"),
            ],
        ),
        (
            "mariadb",
            MARIADB,
            ["2022-07-01", "2022-07-01T10:00:00", "1.500", "", "dead", "25:00:01", "0.1", "1" + "0" * 20 + ".00"],
        ),
        ("sqlite", "SELECT 1, 1.5, NULL, 'a\"b', X'DEAD', 'ward\r7'", ["1", "1.5", "", 'a"b', "dead", "ward\r7"]),
    ],
)
def test_every_kind_of_value_has_one_spelling(
    name: str, query: str, cells: list[str], home: Home, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if name == "sqlite":
        sqlite3.connect(tmp_path / "a.db").close()
    url = f"sqlite:///{tmp_path}/a.db" if name == "sqlite" else request.getfixturevalue(f"{name}_server")
    received = home.receive(source(url, query, last="2022-07").find()[0])
    assert received.problems == []
    assert list(csv.reader(io.StringIO(home.bytes(received)[0].decode(), newline="")))[1] == cells


class TestSpelling:
    @given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20))
    def test_decimals_are_exact_and_plain(self, value: Decimal) -> None:
        assert Decimal(spelled(value)) == value
        assert "E" not in spelled(value)

    @given(st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))])))
    def test_a_moment_is_the_same_text_wherever_it_was_taken(self, value: datetime) -> None:
        assert spelled(value) == spelled(value.astimezone(timezone(timedelta(hours=-3))))
        assert datetime.fromisoformat(spelled(value)) == value

    @pytest.mark.parametrize(
        ("value", "said"),
        [
            (date(2022, 7, 1), "2022-07-01"),
            (time(9, 5, 0, 250), "09:05:00.000250"),
            (timedelta(days=-1, seconds=1), "-23:59:59"),
            (timedelta(hours=1, microseconds=5), "01:00:00.000005"),
            (memoryview(b"\x00\xff"), "00ff"),
            ({"b": Decimal("1.0"), "a": [None, True]}, '{"a":[null,true],"b":"1.0"}'),
        ],
    )
    def test_others(self, value: object, said: str) -> None:
        assert spelled(value) == said

    @given(st.lists(st.lists(st.text(max_size=5), min_size=2, max_size=2), min_size=1, max_size=4))
    def test_what_is_written_reads_back(self, rows: list[list[str]]) -> None:
        told = io.StringIO(newline="")
        assert write_answer(told, rows[-1], rows) == len(rows)
        assert list(csv.reader(io.StringIO(told.getvalue(), newline=""))) == [rows[-1], *rows]


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ({"database": "canary"}, "found no `database` that can be read"),
        ({"database": "nosuch://u:canary@host/x"}, "found no `database` that can be read"),
        ({"database": "postgresql://u:x@canary/y@host/x"}, "found a second `@` in the `database`"),
        ({"database": "postgresql://u:x@s:canary@host/x"}, "found no `database` that can be read"),
        ({"database": "oracle+oracledb://u:canary@host/x"}, "found no driver 'oracledb'"),
        ({"first": "July"}, 'found first = "July", expected text like 2022-04.'),
        ({"first": "2022-10"}, "found first = '2022-10' after last"),
        (
            {"query": "SELECT 1 WHERE :perod = '1'"},
            "found :perod in `query`, expected of parameters only :period, :year",
        ),
        ({"patience": "1"}, 'found patience = "1", expected a whole number ≥ 1.'),
    ],
)
def test_a_source_that_cannot_work_is_said(keys: dict[str, Any], reason: str) -> None:
    said = amiss({"database": "sqlite:///x.db", "query": SELECT, "first": "2022-07", "last": "2022-09", **keys})
    assert reason in said
    assert "canary" not in said


def test_a_relative_file_lies_beside_the_settings(tmp_path: Path, home: Home) -> None:
    with sqlite3.connect(tmp_path / "a #1.db") as con:
        con.execute("CREATE TABLE t AS SELECT 1 AS n")
    con.close()
    months = {"first": "2022-07", "last": "2022-07"}
    keys = {"feed": "ledger", "provider": "B1", "database": "sqlite:///a #1.db", "query": "SELECT n FROM t", **months}
    assert home.bytes(home.receive(read(QueryKeys, keys).source(tmp_path, "B1", "").find()[0])) == [b"n\n1\n"]
