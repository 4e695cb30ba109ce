"""The macros of the file are functions of the server: the same call gives the same double."""

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import psycopg
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vm_pipeline.warehouse.postgres import functions
from vm_pipeline.warehouse.postgres.address import opened
from vm_pipeline.warehouse.statements import macros
from vm_pipeline_tests.postgres.conftest import Warehouse
from vm_pipeline_tests.postgres.servers import Server

Engines = tuple[psycopg.Connection[tuple[float | None]], duckdb.DuckDBPyConnection]
HOW_TO = Path(__file__).parents[2] / "docs" / "how-to" / "read-the-warehouse.md"


@pytest.fixture(scope="module")
def engines(own_server: Server) -> Iterator[Engines]:
    """A server and a file that have the functions and nothing else."""
    there = Warehouse(own_server, own_server.new_database())
    there.ask("CREATE SCHEMA vm")
    with opened(there.address) as con, con.begin():
        functions.apply(con)
    with there.connect() as server, duckdb.connect() as file:
        file.execute(";".join(["CREATE SCHEMA vm", *macros().values()]))
        yield server, file


def both(engines: Engines, call: str, *given: object) -> list[object]:
    """The answer of each. A double is as good as its bits: NaN apart, equal is the same."""
    server, file = engines
    values = [one if one is None or isinstance(one, int) else str(one) for one in given]
    there = server.execute(call.replace("?", "%s"), values).fetchone()  # type: ignore[call-overload]
    here = file.execute(call, values).fetchone()
    return [None if row is None else row[0] for row in (there, here)]


COUNTS = st.integers(-(2**53), 2**53)
MONEY = st.decimals(-(10**13), 10**13, places=2)
PARTS = st.decimals(-(10**6), 10**6, places=9)
ABOVE = st.none() | COUNTS | MONEY | PARTS
BELOW = ABOVE | st.just(0)
FACTORS, DECIMALS = st.sampled_from([1, 100, 1000, -1]), st.integers(0, 6)


@given(above=ABOVE, below=BELOW, factor=FACTORS)
@example(above=0, below=0, factor=1)
def test_a_ratio_is_the_same_double(engines: Engines, above: object, below: object, factor: int) -> None:
    there, here = both(engines, "SELECT vm.ratio(?::NUMERIC(38,9), ?::NUMERIC(38,9), ?)", above, below, factor)
    assert there == here


@given(above=ABOVE, below=BELOW, factor=FACTORS, decimals=DECIMALS)
@example(above=399, below=2000, factor=100, decimals=1)
@example(above=Decimal("-1"), below=Decimal("8"), factor=100, decimals=0)
@example(above=117119, below=Decimal("0.000001750"), factor=1000, decimals=6)
def test_a_ratio_is_shown_alike(engines: Engines, above: object, below: object, factor: int, decimals: int) -> None:
    call = "SELECT vm.half_up_ratio(?::NUMERIC(38,9), ?::NUMERIC(38,9), ?, ?)"
    there, here = both(engines, call, above, below, factor, decimals)
    assert there == here


@given(
    value=st.none() | st.floats(-1e300, 1e300) | st.integers(-(10**9), 10**9).map(lambda n: n / 1000), decimals=DECIMALS
)
@example(value=0.285, decimals=2)
@example(value=-0.0, decimals=0)
def test_a_double_is_shown_alike(engines: Engines, value: float | None, decimals: int) -> None:
    there, here = both(engines, "SELECT vm.half_up(?::DOUBLE PRECISION, ?)", value, decimals)
    assert there == here


@pytest.mark.parametrize(
    "call",
    [
        "vm.ratio(3, 8)",
        "vm.ratio(3::BIGINT, 8.00, factor := 100)",
        "vm.half_up_ratio(399, 2000, 100, 1)",
        "vm.half_up_ratio(sum(n), count(*), decimals := 2)",
        "vm.ratio(sum(n), count(*), 100)",
        "vm.half_up(avg(n)::DOUBLE PRECISION)",
        "vm.half_up(2.5)",
        "vm.half_up(-0.285, decimals := 2)",
    ],
)
def test_arguments_may_be_left_out_and_named(engines: Engines, call: str) -> None:
    there, here = both(engines, f"SELECT {call} FROM (VALUES (1), (2), (4)) AS t(n) GROUP BY ()")
    assert there == here is not None


def test_a_query_of_the_documentation_works_on_both(published: Warehouse, nights: tuple[Path, Path]) -> None:
    """Every query of the page that calls a function; of the small world's teams instead of the demo's."""
    queries = [sql for sql in re.findall(r"```sql\n(.*?)```", HOW_TO.read_text("utf-8"), re.DOTALL) if "half_up" in sql]
    assert queries
    with duckdb.connect(str(nights[0]), read_only=True) as file:
        for sql in queries:
            of_all = re.sub(r"WHERE team_code = '[\w-]+'", "", sql)
            assert sorted(published.ask(of_all), key=str) == sorted(file.execute(of_all).fetchall(), key=str) != []


def test_the_server_says_what_a_function_is_for(published: Warehouse) -> None:
    said = published.ask("SELECT proname, obj_description(oid) FROM pg_proc WHERE pronamespace = 'vm'::regnamespace")
    assert {name: comment.split(":")[0] for name, comment in said} == {
        "half_up": "A double as it is shown",
        "half_up_ratio": "A ratio as it is shown",
        "ratio": "Every ratio indicator",
    }
