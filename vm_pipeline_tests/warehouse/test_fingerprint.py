"""The fingerprint: the same for the same content, another for any other."""

from collections.abc import Iterator

import duckdb
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vm_pipeline.warehouse.fingerprint import digest, fingerprint
from vm_pipeline.warehouse.tables import METADATA, TABLES
from vm_pipeline.warehouse.tables.columns import OF_NIGHTS
from vm_pipeline.warehouse.workspace import create_tables

OF_CONTENT = [table for table in TABLES if table.info["varies"] != OF_NIGHTS]
CELLS = [(table.name, column.name) for table in OF_CONTENT for column in table.columns]
ANOTHER = {
    "VARCHAR": "coalesce({0}, '') || 'x'",
    "BOOLEAN": "NOT coalesce({0}, false)",
    "DATE": "coalesce({0}, DATE '2000-01-01') + 1",
    "TIMESTAMP": "coalesce({0}, TIMESTAMP '2000-01-01') + INTERVAL 1 MICROSECOND",
    "DOUBLE": "coalesce({0} + abs({0}) * 4e-16 + 1e-300, 1)",
    "DECIMAL(18,2)": "coalesce({0}, 0) + 0.01",
    "DECIMAL(18,3)": "coalesce({0}, 0) + 0.001",
    "DECIMAL(18,9)": "coalesce({0}, 0) + 0.000000001",
}
MODEST = "coalesce({0}, 0) + 1"


@pytest.fixture
def trial(built: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """The small world, to change and put back."""
    built.execute("BEGIN")
    yield built
    built.execute("ROLLBACK")


@pytest.fixture(scope="module")
def digests(built: duckdb.DuckDBPyConnection) -> dict[str, object]:
    """The digest of every table before anything is changed."""
    return {table.name: digest(built, table) for table in OF_CONTENT}


@pytest.mark.parametrize(("table", "column"), CELLS)
def test_it_sees_a_change_of_any_one_cell(
    digests: dict[str, object], trial: duckdb.DuckDBPyConnection, table: str, column: str
) -> None:
    """Except of columns that differ between nights of one content."""
    declared = METADATA.tables[f"vm.{table}"]
    kind, rows = trial.execute(f"SELECT any_value(typeof({column})), count(*) FROM vm.{table}").fetchall()[0]
    assert rows, "the small world has rows of every table"
    changed = ANOTHER.get(kind, MODEST).format(column)
    last = f"(SELECT max(rowid) FROM vm.{table} WHERE {column} IS NOT NULL)"
    trial.execute(f"UPDATE vm.{table} SET {column} = {changed} WHERE rowid = coalesce({last}, 0)")
    assert (digest(trial, declared) == digests[table]) == (column in declared.info["varies"])


@pytest.mark.parametrize("table", [table.name for table in TABLES])
def test_the_order_of_rows_does_not_matter(trial: duckdb.DuckDBPyConnection, table: str) -> None:
    declared = METADATA.tables[f"vm.{table}"]
    before = digest(trial, declared)
    trial.execute(f"CREATE TEMP TABLE turned AS SELECT * FROM vm.{table} ORDER BY hash(rowid)")
    trial.execute(f"TRUNCATE vm.{table}; INSERT INTO vm.{table} SELECT * FROM turned; DROP TABLE turned")
    assert digest(trial, declared) == before


def test_the_sign_of_zero_says_nothing(trial: duckdb.DuckDBPyConnection) -> None:
    """To a database -0 is 0, and which of them a column keeps follows from the rows beside it."""
    found = set()
    for zero in ("0.0", "-0.0"):
        trial.execute(f"UPDATE vm.indicator_value SET value = '{zero}'::DOUBLE WHERE rowid = 0")
        found.add(fingerprint(trial))
    assert len(found) == 1


def test_what_tells_of_nights_is_in_no_fingerprint(trial: duckdb.DuckDBPyConnection) -> None:
    """Grouped into other nights, the same receipts have another last landing."""
    before = fingerprint(trial)
    trial.execute("INSERT INTO vm.restatement VALUES ('B1', '2022-07', 'F01', 1, 2, 1, 100, 'one two')")
    assert fingerprint(trial) == before


def test_a_row_twice_or_missing_is_seen(trial: duckdb.DuckDBPyConnection) -> None:
    found = {fingerprint(trial)}
    trial.execute("INSERT INTO vm.fact_cost SELECT * FROM vm.fact_cost LIMIT 1")
    found.add(fingerprint(trial))
    trial.execute("INSERT INTO vm.fact_cost SELECT * FROM vm.fact_cost LIMIT 1")
    found.add(fingerprint(trial))
    trial.execute("DELETE FROM vm.dim_indicator WHERE rowid = 0")
    found.add(fingerprint(trial))
    assert len(found) == 4


@pytest.fixture(scope="module")
def empty() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    create_tables(con)
    return con


TEXTS = st.one_of(st.none(), st.text("|~\\a", max_size=4))
PAIRS = st.tuples(TEXTS, TEXTS, TEXTS)


@given(one=PAIRS, other=PAIRS)
@example(one=("a|", "b", None), other=("a", "|b", None))
@example(one=("|", "", ""), other=("", "|", ""))
@example(one=("~", None, ""), other=(None, "~", ""))
@example(one=("a\\", "|", ""), other=("a", "\\|", ""))
def test_no_two_rows_read_alike(
    empty: duckdb.DuckDBPyConnection, one: tuple[str | None, ...], other: tuple[str | None, ...]
) -> None:
    """Bars, tildes and backslashes in texts, empty texts and NULL."""
    found = []
    for row in (one, other):
        empty.execute("TRUNCATE vm.dim_team")
        empty.execute(
            "INSERT INTO vm.dim_team BY NAME SELECT 'B1' AS provider_code, 'T1' AS team_code, DATE '2022-04-01' AS "
            "valid_from, ? AS team_name, ? AS service, ? AS care_setting",
            list(row),
        )
        found.append(digest(empty, METADATA.tables["vm.dim_team"]))
    assert (found[0] == found[1]) == (one == other)
