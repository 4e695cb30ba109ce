"""What is published keeps its promises: names, comments, keys, types; one SQL file a table, in an order that works."""

import duckdb
import pytest
from sqlalchemy import Table

from vm_pipeline.warehouse.statements import LAYERS, Statement, statements
from vm_pipeline.warehouse.tables import TABLES
from vm_pipeline_tests.warehouse.test_team_month import COLUMNS, RATIOS

EVERY_TABLE = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
EVERY_STATEMENT = pytest.mark.parametrize(
    "statement", [one for layer in LAYERS for one in statements(layer)], ids=lambda statement: statement.target
)

# As warehouse.md lists them.
NOTABLE = {
    "dim_provider": "provider_code provider_name",
    "dim_team": "provider_code team_code team_name valid_from valid_to",
    "dim_unit": "provider_code unit_code valid_from valid_to",
    "dim_date": "date financial_year financial_quarter iso_week iso_year is_working_day",
    "dim_period": "period financial_year financial_quarter working_days",
    "batch": "batch_id feed provider_code period sha256 received_at superseded_at rows_received rows_accepted "
    "rows_rejected answers_left_out amount_received_gbp contract_version refused_because",
    "rejection": "batch_id feed provider_code period rule_code rows amount_gbp",
    "reconciliation": "control_total_gbp ledger_total_gbp team_total_gbp unallocated_gbp difference_gbp",
    "fact_cost": "provider_code team_code cost_centre_code account_code cost_category is_direct posting_date "
    "week_start period ledger_period amount_gbp batch_id row_number",
    "fact_activity": "provider_code team_code measure_code start_at end_at quantity outcome_code period batch_id "
    "row_number",
    "fact_survey": "provider_code team_code survey_code wave_date question_code score is_positive answers positive "
    "period batch_id row_number",
    "team_month": " ".join(["provider_code", "team_code", "period", *COLUMNS, *RATIOS]),
}


@pytest.mark.parametrize("table", NOTABLE)
def test_tables_have_the_columns_reports_bind_to(built: duckdb.DuckDBPyConnection, table: str) -> None:
    found = {row[0] for row in built.execute(f"DESCRIBE vm.{table}").fetchall()}
    assert set(NOTABLE[table].split()) - found == set()


@EVERY_TABLE
def test_every_table_and_column_carries_its_comment(built: duckdb.DuckDBPyConnection, table: Table) -> None:
    found = built.execute(
        "SELECT comment FROM duckdb_tables() WHERE schema_name = 'vm' AND table_name = ?", [table.name]
    ).fetchall()
    assert found == [(table.comment,)]
    assert table.comment
    comments = dict(
        built.execute(
            "SELECT column_name, comment FROM duckdb_columns() WHERE schema_name = 'vm' AND table_name = ?",
            [table.name],
        ).fetchall()
    )
    assert comments == {column.name: column.comment for column in table.columns}
    assert all(comments.values())


@EVERY_TABLE
def test_keys_hold_and_required_columns_are_filled(built: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Also those that no index enforces."""
    key = [column.name for column in table.primary_key]
    assert key, "every table has one"
    rows, distinct = built.execute(
        f"SELECT count(*), count(DISTINCT ({', '.join(key)})) FROM vm.{table.name}"
    ).fetchall()[0]
    assert rows == distinct > 0
    for column in table.columns:
        if not column.nullable:
            assert built.execute(f"SELECT count(*) FROM vm.{table.name} WHERE {column.name} IS NULL").fetchone() == (0,)


@EVERY_TABLE
def test_the_database_knows_the_keys_of_small_tables(built: duckdb.DuckDBPyConnection, table: Table) -> None:
    found = built.execute(
        "SELECT constraint_column_names FROM duckdb_constraints() "
        "WHERE schema_name = 'vm' AND table_name = ? AND constraint_type = 'PRIMARY KEY'",
        [table.name],
    ).fetchall()
    key = [column.name for column in table.primary_key]
    assert found == ([] if table.info["large"] else [(key,)])


@EVERY_TABLE
def test_suffixes_carry_units(built: duckdb.DuckDBPyConnection, table: Table) -> None:
    for name, kind, *_ in built.execute(f"DESCRIBE vm.{table.name}").fetchall():
        if name.endswith("_gbp"):
            assert kind == ("DOUBLE" if name.startswith("cost_per_") else "DECIMAL(18,2)")
        if name.endswith("_pct"):
            assert kind == "DOUBLE"


def test_every_published_table_has_one_statement() -> None:
    filled = [one.name for layer in LAYERS for one in statements(layer) if one.published]
    assert sorted(filled) == sorted(table.name for table in TABLES)


@pytest.mark.parametrize("layer", LAYERS)
def test_statements_come_in_an_order_that_works(layer: str) -> None:
    """What a statement reads has been filled before it."""
    order = [one.target for one in statements(layer)]
    assert len(set(order)) == len(order)
    for place, one in enumerate(statements(layer)):
        assert not one.reads & set(order[place:]), one.target


@EVERY_STATEMENT
def test_a_statement_reads_only_what_there_is_and_says_what_it_is_for(statement: Statement) -> None:
    filled = {one.target for layer in LAYERS for one in statements(layer)}
    assert statement.reads
    filled |= {"core.judged_point", "core.as_published"}  # made of the points, by no file
    filled |= {"core.figure_before", "core.figure_now", "core.batch_moved"}  # made of two landings
    assert {name for name in statement.reads if not name.startswith("staging.")} <= filled
    assert statement.purpose.endswith(".")
    if statement.layer != "core":
        made = {"core.judged_point", "core.as_published", "staging.noise"}
        assert all(name in made or not name.startswith("staging.") for name in statement.reads), "staging is of core"


def test_every_fact_leads_back_to_a_batch_and_a_row(built: duckdb.DuckDBPyConnection) -> None:
    for fact in ("fact_cost", "fact_activity", "fact_survey"):
        lost = built.execute(
            f"SELECT count(*) FROM vm.{fact} AS fact LEFT JOIN vm.batch AS batch "
            "ON batch.batch_id = fact.batch_id AND fact.row_number BETWEEN 1 AND batch.rows_received "
            "AND batch.provider_code = fact.provider_code AND batch.is_in_force WHERE batch.batch_id IS NULL"
        ).fetchone()
        assert lost == (0,)


def test_every_code_of_a_fact_has_its_dimension(built: duckdb.DuckDBPyConnection) -> None:
    for fact, dimension, keys in [
        ("fact_cost", "dim_provider", "provider_code"),
        ("fact_cost", "dim_team", "provider_code, team_code"),
        ("fact_cost", "dim_cost_centre", "provider_code, cost_centre_code"),
        ("fact_cost", "dim_account", "account_code"),
        ("fact_activity", "dim_unit", "provider_code, unit_code"),
        ("fact_activity", "dim_team", "provider_code, team_code"),
        ("fact_survey", "dim_team", "provider_code, team_code"),
    ]:
        lost = built.execute(f"SELECT count(*) FROM vm.{fact} ANTI JOIN vm.{dimension} USING ({keys})").fetchone()
        assert lost == (0,), (fact, dimension)
