"""Lineage of columns: complete, as the SQL files say, and true when a value that was sent changes."""

from collections import Counter
from collections.abc import Callable

import duckdb
import pytest

from vm_pipeline.reference.lineage import sources
from vm_pipeline.warehouse.lineage import below, made_of, written
from vm_pipeline.warehouse.statements import LAYERS, statements
from vm_pipeline.warehouse.tables import TABLES
from vm_pipeline_tests.programme import Programme

SHARED = {"cost_centre_map": ("share",), "ledger": ("amount",)}
COLUMNS = [(one.name, column.name) for one in TABLES for column in one.columns]


def test_every_published_column_is_told_of() -> None:
    assert {(table, column) for table, column in COLUMNS if column not in made_of()[f"vm.{table}"]} == set()


def test_every_step_is_a_table_that_the_file_says_it_reads() -> None:
    amiss = [
        (one.target, column, step)
        for layer in LAYERS
        for one in statements(layer)
        for column, steps in made_of()[one.target].items()
        for step in steps
        if step.rpartition(".")[0] not in one.reads
    ]
    assert amiss == []


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("fact_cost.amount_gbp", SHARED),
        ("fact_cost.team_code", {"cost_centre_map": ("team_code",)}),
        ("fact_cost.cost_category", {"account_map": ("cost_category",)}),
        ("team_month.direct_cost_gbp", {"account_map": ("cost_category", "is_direct"), **SHARED}),
        ("team_month.total_cost_gbp", {"account_map": ("cost_category",), **SHARED}),
        ("team_month.dna_pct", {"activity": ("measure_code", "outcome_code", "quantity")}),
        ("fact_activity.start_at", {"activity": ("start_at",)}),
        ("dim_team.care_setting", {"teams": ("care_setting",)}),
        ("batch.rows_accepted", {"receipts": ()}),
        ("dim_date.is_working_day", {"calendar": ()}),
        ("dim_indicator.formula", {"catalogue": ()}),
    ],
)
def test_what_columns_come_from(column: str, expected: dict[str, tuple[str, ...]]) -> None:
    assert sources(f"vm.{column}") == expected


def test_a_column_names_the_tables_it_comes_through() -> None:
    assert below("vm.team_month.drugs_gbp")[1] == {
        "vm.team_month",
        "core.cost_part",
        "vm.fact_cost",
        "core.cost_centre_share",
        "core.year_to_date_before",
    }


def _send(programme: Programme, **changed: str) -> None:
    """One night of everything, with a few values that may be others."""
    share = changed.get("cost_centre_map.share", "0.3")
    programme.reference("providers", "B1,Board one")
    programme.reference(
        "teams",
        f"B1,T1,Team one,Medicine,{changed.get('teams.care_setting', 'ward')},,",
        "B1,T2,Team two,Medicine,ward,,",
    )
    programme.reference("cost_centre_map", f"B1,R1,T1,{share},,", f"B1,R1,T2,{1 - float(share):.1f},,")
    programme.reference("unit_map", "B1,W1,T1,,")
    programme.reference("account_map", "3001A,Bread,food,true,")
    programme.reference("survey_team_map", "B1,PULSE,Team One,T1")
    programme.reference("survey_questions", "PULSE,Q1,I feel safe,agree5,Strongly agree|Agree")
    programme.ledger({"amount": changed.get("ledger.amount", "12.50")}, {"amount": "7.00"})
    programme.activity({"quantity": changed.get("activity.quantity", "2")}, {"quantity": "3"})
    programme.survey({}, {"Q1": "Disagree"})


def _values(con: duckdb.DuckDBPyConnection) -> dict[str, Counter[object]]:
    """What stands in every published column, in whatever order."""
    return {
        f"vm.{table}.{column}": Counter(
            value for (value,) in con.execute(f'SELECT "{column}" FROM vm."{table}"').fetchall()
        )
        for table, column in COLUMNS
    }


@pytest.mark.parametrize(
    ("sent", "value"),
    [("ledger.amount", "99.00"), ("activity.quantity", "50"), ("teams.care_setting", "clinic"),
     ("cost_centre_map.share", "0.6")],
)  # fmt: skip
def test_a_value_that_is_sent_anew_changes_no_column_that_does_not_name_it(
    new_programme: Callable[[str], Programme], sent: str, value: str
) -> None:
    """Columns of receipts apart: other bytes are another batch. What rows are joined or filtered by is not changed."""
    found = []
    for name, changed in (("before", {}), ("after", {sent: value})):
        programme = new_programme(name)
        _send(programme, **changed)
        programme.night()
        found.append(_values(programme.warehouse()))
    before, after = found
    moved = {column for column in before if before[column] != after[column] and "receipts" not in sources(column)}
    feed, _, column = sent.partition(".")
    unnamed = {one for one in moved if column not in sources(one).get(feed, ())}
    assert moved and unnamed == set()


def test_the_file_is_what_the_sql_files_say() -> None:
    pytest.importorskip("sqlglot", reason="sqlglot reads the SQL files, and is not installed")
    from vm_pipeline.reference.column_lineage import derived
    from vm_pipeline.warehouse.lineage import FILE

    assert written(derived()) == FILE.read_text("utf-8"), "run `make docs`"


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT a AS x, b AS y FROM core.t", {"x": {"a"}, "y": {"b"}}),
        ("SELECT b, a FROM core.t UNION ALL BY NAME SELECT a, b FROM core.t", {"a": {"a"}, "b": {"b"}}),
        ("SELECT a, NULL AS y FROM core.t UNION ALL BY NAME SELECT b AS y FROM core.t", {"a": {"a"}, "y": {"b"}}),
        ("SELECT coalesce(COLUMNS(* EXCLUDE (c)), 0) FROM core.t", {"a": {"a"}, "b": {"b"}}),
        ("WITH s AS (FROM core.t) SELECT sum(a) FILTER (b > 0) AS x, count(*) AS y FROM s", {"x": {*"ab"}, "y": set()}),
        ("SELECT max(a) OVER (PARTITION BY b) AS x FROM core.t JOIN core.u USING (c)", {"x": {"a", "b"}}),
    ],
)  # fmt: skip
def test_how_a_statement_is_read(sql: str, expected: dict[str, set[str]]) -> None:
    pytest.importorskip("sqlglot", reason="sqlglot reads the SQL files, and is not installed")
    from vm_pipeline.reference.column_lineage import of_select

    kinds = dict.fromkeys("abc", "INTEGER")
    found = of_select(sql, [*expected], {"core": {"t": kinds, "u": {"c": "INTEGER"}}})
    assert {name: {one.removeprefix("core.t.") for one in of} for name, of in found.items()} == expected
