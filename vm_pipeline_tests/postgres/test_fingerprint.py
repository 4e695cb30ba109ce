"""One fingerprint on both engines, for any value."""

from datetime import date, datetime
from decimal import Decimal

import duckdb
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import Boolean, Column, Date, DateTime, Double, MetaData, Numeric, SmallInteger, String, Table

from vm_pipeline.warehouse.fingerprint import DUCKDB, POSTGRES, digest_query
from vm_pipeline.warehouse.postgres.parts import Content, contents
from vm_pipeline_tests.postgres.conftest import Warehouse

KINDS = [
    ("t", String()),
    ("d", Double()),
    ("m", Numeric(18, 2)),
    ("b", Boolean()),
    ("w", Date()),
    ("s", DateTime()),
    ("n", SmallInteger()),
]
ODD = Table(
    "odd", MetaData(schema="vm"), *(Column(name, kind) for name, kind in KINDS), info={"varies": (), "large": False}
)
VALUES = [
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)
    | st.text("|~\\'", max_size=4),
    st.floats(),
    st.decimals(-(10**15), 10**15, places=2),
    st.booleans(),
    st.dates(date(1000, 1, 1)),
    st.datetimes(datetime(1000, 1, 1)),
    st.integers(-(2**15), 2**15 - 1),
]
ROWS = st.tuples(*(st.none() | one for one in VALUES))
DDL = "CREATE TABLE vm.odd (t text, d double precision, m decimal(18,2), b boolean, w date, s timestamp, n smallint)"
INF = float("inf")


@pytest.fixture(scope="module")
def engines(own_server: object) -> object:
    """The odd table on both."""
    there = Warehouse(own_server, own_server.new_database())  # type: ignore[attr-defined,arg-type]
    server, file = there.connect(), duckdb.connect()
    for con in (server, file):
        con.execute("CREATE SCHEMA vm")
        con.execute(DDL)
    return server, file


@given(rows=st.lists(ROWS, max_size=3))
@example(rows=[(None,) * 7, ("", 0.0, Decimal("0.00"), True, date(2022, 2, 28), datetime(2022, 1, 1), 0)])
@example(rows=[("a", d, Decimal("-0.05"), False, None, None, -1) for d in (-0.0, INF, -INF, float("nan"), 5e-324, 0.1)])
def test_any_value_reads_alike(engines: tuple[object, object], rows: list[tuple[object, ...]]) -> None:
    found = []
    for con, spelling, marks in zip(engines, (POSTGRES, DUCKDB), ("%s", "?"), strict=True):
        con.execute("DELETE FROM vm.odd")  # type: ignore[attr-defined]
        for row in rows:
            con.execute(f"INSERT INTO vm.odd VALUES ({', '.join([marks] * 7)})", row)  # type: ignore[attr-defined]
        found.append(con.execute(digest_query(ODD, spelling)).fetchone())  # type: ignore[attr-defined]
    assert found[0] == found[1]


@given(one=ROWS, other=ROWS)
@example(one=(None, 0.0, None, None, None, None, None), other=(None, -0.0, None, None, None, None, None))
@example(one=("", None, None, None, None, None, None), other=(None,) * 7)
def test_parts_look_changed_where_the_fingerprint_does(
    engines: tuple[object, duckdb.DuckDBPyConnection], one: object, other: object
) -> None:
    """What publishing compares tells apart whatever the fingerprint tells apart, and nothing else."""
    seen: list[tuple[object, dict[str, Content]]] = []
    for row in (one, other):
        engines[1].execute("DELETE FROM vm.odd")
        engines[1].execute("INSERT INTO vm.odd VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        seen.append((engines[1].execute(digest_query(ODD, DUCKDB)).fetchone(), contents(engines[1], ODD)))
    assert (seen[0][0] == seen[1][0]) == (seen[0][1] == seen[1][1])
