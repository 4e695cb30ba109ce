"""Views for BI tools: what is declared is there, keys hold, and no documented join drops or repeats a row."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from sqlalchemy import Column, Numeric, Table
from sqlalchemy.dialects import postgresql

from vm_pipeline.indicators.catalogue import BOX_SCORE
from vm_pipeline.indicators.entry import Indicator
from vm_pipeline.warehouse.fingerprint import fingerprint
from vm_pipeline.warehouse.statements import serving
from vm_pipeline.warehouse.tables import TABLES
from vm_pipeline.warehouse.views import VIEWS, in_order
from vm_pipeline.warehouse.views.columns import label
from vm_pipeline.warehouse.workspace import create_tables
from vm_pipeline_tests.programme import Programme
from vm_pipeline_tests.warehouse.world import put, small_world

EVERY_VIEW = pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
JOINS = [(column, key.column) for view in VIEWS for column in view.columns for key in column.foreign_keys]
EVERY_JOIN = pytest.mark.parametrize(
    ("column", "other"), JOINS, ids=[f"{one.table.name}.{one.name}" for one, _ in JOINS]
)
MOVED = """
UPDATE vm.dim_team SET valid_to = DATE '2022-04-10' WHERE team_code = 'T1';
INSERT INTO vm.dim_team
SELECT provider_code, team_code, DATE '2022-04-11', NULL, 'Team one, renamed', 'New service', NULL
FROM vm.dim_team WHERE team_code = 'T1';
UPDATE vm.fact_activity SET start_at = start_at - INTERVAL 4 YEAR WHERE row_number = 5;
UPDATE vm.indicator_signal SET signal = true, is_final = true, is_tentative = false
WHERE team_code = 'T1' AND starts_on < DATE '2022-04-15';
"""


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The small world, with a team that got another name and stays that began before the calendar does."""
    programme = Programme(tmp_path_factory.mktemp("views"))
    put(small_world(), programme)
    programme.night()
    found = programme.warehouse()
    found.execute(MOVED)
    yield found
    programme.close()


def one(con: duckdb.DuckDBPyConnection, sql: str) -> tuple[object, ...]:
    """The only row."""
    [row] = con.execute(sql).fetchall()
    return tuple(row)


def sums(view: Table, of: str) -> str:
    """A row of everything that adds up: rows, and the sum of each column of exact numbers."""
    exact = [column for column in view.columns if isinstance(column.type, Numeric) and column.type.asdecimal]
    return ", ".join(["count(*)", *(f'sum({of}."{column.name}")' for column in exact)])


def declared_type(con: duckdb.DuckDBPyConnection, column: Column[object]) -> object:
    """As DuckDB calls the declared type."""
    word = column.type.compile(dialect=postgresql.dialect())  # type: ignore[no-untyped-call]
    return one(con, f"SELECT typeof(NULL::{word})")[0]


@EVERY_VIEW
def test_columns_types_and_comments_are_as_declared(con: duckdb.DuckDBPyConnection, view: Table) -> None:
    found = con.execute(
        "SELECT column_name, data_type, comment FROM duckdb_columns() WHERE schema_name = 'vm' AND table_name = ? "
        "ORDER BY column_index",
        [view.name],
    ).fetchall()
    assert found == [(column.name, declared_type(con, column), column.comment) for column in view.columns]
    assert all(comment for _, _, comment in found)
    assert one(con, f"SELECT comment FROM duckdb_views() WHERE view_name = '{view.name}'") == (view.comment,)


@EVERY_VIEW
def test_keys_hold_and_what_is_always_there_is_there(con: duckdb.DuckDBPyConnection, view: Table) -> None:
    key = ", ".join(column.name for column in view.primary_key)
    rows, distinct = one(con, f"SELECT count(*), count(DISTINCT ({key})) FROM vm.{view.name}")
    assert rows == distinct and (rows or view.name == "bi_saving")
    for column in (column for column in view.columns if not column.nullable):
        assert one(con, f'SELECT count(*) FROM vm.{view.name} WHERE "{column.name}" IS NULL') == (0,), column.name


@EVERY_JOIN
def test_a_join_keeps_every_row_and_every_sum(
    con: duckdb.DuckDBPyConnection, column: Column[object], other: Column[object]
) -> None:
    """As a BI tool joins; and where the key is filled, an inner join finds its row as well."""
    view = column.table
    assert [key.name for key in other.table.primary_key] == [other.name], "one column to one column"
    joined = (
        f'vm.{view.name} AS many {{}} JOIN vm.{other.table.name} AS one ON one."{other.name}" = many."{column.name}"'
    )
    assert one(con, f"SELECT {sums(view, 'many')} FROM {joined.format('LEFT')}") == one(
        con, f"SELECT {sums(view, 'many')} FROM vm.{view.name} AS many"
    )
    assert one(con, f"SELECT count(*) FROM {joined.format('')}") == one(
        con, f'SELECT count("{column.name}") FROM vm.{view.name}'
    )


def test_all_joins_of_a_fact_at_once_keep_its_sums(con: duckdb.DuckDBPyConnection) -> None:
    """A report that shows provider, team, account, cost centre and date beside each other."""
    for view in (view for view in VIEWS if "_fact_" in view.name):
        mine = [(column, other) for column, other in JOINS if column.table is view]
        joined = " ".join(
            f"LEFT JOIN vm.{other.table.name} AS d{n} ON d{n}.{other.name} = many.{column.name}"
            for n, (column, other) in enumerate(mine)
        )
        assert len(mine) >= 3
        assert one(con, f"SELECT {sums(view, 'many')} FROM vm.{view.name} AS many {joined}") == one(
            con, f"SELECT {sums(view, 'many')} FROM vm.{view.name} AS many"
        )


@pytest.mark.parametrize(
    ("view", "table"),
    [
        (
            "sum(amount_gbp), count(*) FROM vm.bi_fact_cost",
            "sum(amount_gbp), count(*) FROM vm.fact_cost WHERE period <> ''",
        ),
        ("sum(direct_cost_gbp) FROM vm.bi_fact_cost", "sum(direct_cost_gbp) FROM vm.team_month"),
        ("sum(total_cost_gbp) FROM vm.bi_fact_cost", "sum(total_cost_gbp) FROM vm.team_month"),
        ("sum(falls), sum(pay_gbp) FROM vm.bi_fact_team_month", "sum(falls), sum(pay_gbp) FROM vm.team_month"),
        ("sum(quantity), count(*) FROM vm.bi_fact_activity", "sum(quantity), count(*) FROM vm.fact_activity"),
        (
            "sum(answers_counted), sum(positive) FROM vm.bi_fact_survey",
            "sum(survey_answers), sum(survey_positive) FROM vm.team_month",
        ),
        (
            "count(*), count(value), sum(numerator) FROM vm.bi_indicator",
            "count(*), count(value), sum(numerator) FROM vm.indicator_value",
        ),
        ("count(*), sum(cells) FROM vm.bi_box_score", "count(*), sum(cells) FROM vm.team_week"),
        ("count(*) FROM vm.bi_saving", "count(*) FROM vm.saving"),
        ("sum(ledger_total_gbp) FROM vm.bi_reconciliation", "sum(ledger_total_gbp) FROM vm.reconciliation"),
        ('sum("rows"), count(*) FROM vm.bi_rejection', 'sum("rows"), count(*) FROM vm.rejection'),
        (
            "sum(rows_received), sum(batches_in_force) FROM vm.bi_freshness",
            "sum(rows_received), count(*) FROM vm.batch WHERE is_in_force",
        ),
    ],
)
def test_a_view_has_what_the_tables_have(con: duckdb.DuckDBPyConnection, view: str, table: str) -> None:
    assert one(con, f"SELECT {view}") == one(con, f"SELECT {table}")


@pytest.mark.parametrize("measure", BOX_SCORE, ids=lambda measure: measure.code)
def test_signals_stand_beside_the_week_they_are_of(con: duckdb.DuckDBPyConnection, measure: Indicator) -> None:
    """Week by week the box score says what the table of signals does, and nothing of a week that is not judged."""
    wide = con.execute(
        f"SELECT provider_code, team_code, week_start, {measure.column}_signal FROM vm.bi_box_score "
        f"WHERE {measure.column}_signal IS NOT NULL ORDER BY ALL"
    ).fetchall()
    long = con.execute(
        "SELECT provider_code, team_code, starts_on, signal FROM vm.indicator_signal "
        "WHERE level = 'team' AND grain = 'week' AND indicator_code = ? AND is_final AND NOT is_tentative ORDER BY ALL",
        [measure.code],
    ).fetchall()
    assert wide == long


def test_the_box_score_has_signals_to_show(con: duckdb.DuckDBPyConnection) -> None:
    columns = [f"count(*) FILTER ({measure.column}_signal)" for measure in BOX_SCORE]
    raised = one(con, f"SELECT {' + '.join(columns)} FROM vm.bi_box_score")
    assert raised == one(
        con,
        "SELECT count(*) FROM vm.indicator_signal JOIN vm.dim_indicator USING (indicator_code) "
        "WHERE level = 'team' AND grain = 'week' AND signal AND team_week_column IS NOT NULL",
    )
    assert raised > (0,)


def test_an_indicator_has_its_own_lines_and_no_other(con: duckdb.DuckDBPyConnection) -> None:
    drawn = "count(centre_line), sum(centre_line ORDER BY centre_line), count_if(signal), count(rule_profile)"
    assert one(con, f"SELECT {drawn} FROM vm.bi_indicator") == one(con, f"SELECT {drawn} FROM vm.indicator_signal")
    assert one(con, "SELECT count(*) FROM vm.bi_indicator WHERE value IS NOT NULL AND member_name IS NULL") == (0,)


def test_a_name_is_of_one_member_though_two_boards_call_a_team_alike(con: duckdb.DuckDBPyConnection) -> None:
    members, names, teams = one(
        con, "SELECT count(DISTINCT (level, member)), count(DISTINCT (level, member_name)), count(DISTINCT team_name) "
        "FROM vm.bi_indicator"
    )  # fmt: skip
    assert members == names
    assert one(con, "SELECT count(DISTINCT team_key) FROM vm.bi_indicator") > (teams,)


def test_a_team_has_its_newest_name(con: duckdb.DuckDBPyConnection) -> None:
    found = con.execute("SELECT team_name, service FROM vm.bi_dim_team WHERE team_code = 'T1'").fetchall()
    assert found == [("Team one, renamed", "New service")] * 2


def test_what_began_before_the_calendar_is_counted_without_a_date(con: duckdb.DuckDBPyConnection) -> None:
    assert one(con, "SELECT count(*) > 0 FROM vm.bi_fact_activity WHERE date IS NULL") == (True,)


def test_the_date_table_has_every_day_once() -> None:
    """What Power BI and others ask of a date table, on a calendar of any years."""
    [table] = [view for view in VIEWS if view.info["date_table"]]
    assert [column.name for column in table.primary_key] == [table.info["date_table"]]
    assert all(other.table is table for column, other in JOINS if column.name == "date")


def test_days_follow_each_other(con: duckdb.DuckDBPyConnection) -> None:
    assert one(con, "SELECT max(date) - min(date) + 1 = count(*), count(*) > 365 FROM vm.bi_dim_date") == (True, True)
    months = con.execute(
        "SELECT DISTINCT month_of_financial_year, month_name FROM vm.bi_dim_date ORDER BY ALL"
    ).fetchall()
    assert " ".join(name for _, name in months) == "Apr May Jun Jul Aug Sep Oct Nov Dec Jan Feb Mar"


def test_facts_have_keys_and_what_adds_up() -> None:
    """No ratio and no name: those are divided, or stand in a dimension."""
    for view in (view for view in VIEWS if "_fact_" in view.name):
        for column in view.columns:
            assert not column.name.endswith(("_pct", "_name")) and "per_" not in column.name, column.name


def test_every_view_is_declared_and_comes_after_what_it_reads() -> None:
    order = [view.name for view in in_order()]
    assert sorted(order) == sorted(view.name for view in VIEWS)
    known = {f"vm.{table.name}" for table in TABLES}
    for statement in serving():
        assert statement.reads and statement.reads <= known and statement.purpose
        known.add(statement.target)


def test_views_change_nothing_of_the_fingerprint(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("BEGIN")
    before = fingerprint(con)
    for view in reversed(in_order()):
        con.execute(f"DROP VIEW vm.{view.name}")
    assert fingerprint(con) == before
    con.execute("ROLLBACK")


def test_views_are_in_the_file_under_any_name(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    """A snapshot is renamed when it is published, and copied by its readers."""
    with duckdb.connect(str(tmp_path / "first.duckdb")) as first:
        create_tables(first)
    (tmp_path / "first.duckdb").rename(tmp_path / "another.duckdb")
    with duckdb.connect(str(tmp_path / "another.duckdb"), read_only=True) as another:
        for view in VIEWS:
            assert another.execute(f"SELECT * FROM vm.{view.name}").fetchall() == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("direct_cost_gbp", "Direct cost (£)"),
        ("dna_pct", "Dna (%)"),
        ("dna_pct_signal", "Dna (%) signal"),
        ("team_name", "Team name"),
        ("date", "Date"),
    ],
)
def test_a_column_is_shown_with_its_unit(name: str, shown: str) -> None:
    assert label(Column(name)) == shown
