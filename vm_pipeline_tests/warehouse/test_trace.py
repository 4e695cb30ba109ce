"""Every figure leads back to rows: what is traced adds up to what is published, and no row is lost on the way."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from vm_pipeline.home import Home
from vm_pipeline.indicators.catalogue import CATALOGUE
from vm_pipeline.indicators.ingredients import INGREDIENTS
from vm_pipeline.settings import Settings
from vm_pipeline.trace.fact import trace_fact
from vm_pipeline.trace.facts import FACTS_OF
from vm_pipeline.trace.figure import (
    BY_NAME,
    Whose,
    figures_of_a_month,
    ranges,
    sql_of,
    trace_column,
    trace_indicator,
)
from vm_pipeline.trace.origin import Origins, row_lines
from vm_pipeline.trace.saving import trace_saving
from vm_pipeline.trace.unknown import Unknown
from vm_pipeline_tests.programme import Programme
from vm_pipeline_tests.warehouse.world import budget

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "trace-a-figure.md"
# Worked out in SQL of their own, from what no fact table carries or from more than single facts.
NOT_FOLLOWED = {
    "patients", "open_stays", "open_stay_days", "index_discharges", "readmissions", "responses", "issued",
    "engagement_points", "engagement_answers", "confidence_gain", "confidence_pairs", "coaches", "coaches_progressed",
    "huddle_weeks", "mdt_weeks", "ledger_difference_gbp", "ledger_gbp", "unallocated_gbp", "restated_gbp",
    "replaced_gbp", "activity_records", "expected_records",
}  # fmt: skip

WHAT_A_SAVING_COUNTS = ("cost", "volume", "activity", "balancing")


def home_of(programme: Programme) -> Home:
    snapshot, key = programme.home / "warehouse.duckdb", programme.pseudonym_key
    return Home(Settings(home=programme.home, warehouse=snapshot, pseudonym_key=key))


@pytest.fixture(scope="module")
def origins(built: duckdb.DuckDBPyConnection, world_programme: Programme) -> Origins:
    return Origins(built, home_of(world_programme), verify=True)


def values(con: duckdb.DuckDBPyConnection) -> Iterator[Whose]:
    for row in con.execute(
        "SELECT indicator_code, level, provider_code, service, team_code, grain, starts_on FROM vm.indicator_value "
        "WHERE grain <> 'event' AND numerator IS NOT NULL ORDER BY ALL"
    ).fetchall():
        yield Whose(*row)


def test_every_value_that_is_followed_adds_up_to_its_rows(built: duckdb.DuckDBPyConnection, origins: Origins) -> None:
    followed, teams = set(), 0
    for whose in list(values(built))[::16]:
        figure = trace_indicator(built, origins, whose)
        assert figure.agrees, (whose, figure)
        for side in figure.sides:
            assert side.agrees or any(part.look_at for part in side.parts)
            teams += bool(side.agrees and whose.level != "team" and side.rows)
            followed |= {(whose.grain, part.ingredient) for part in side.parts if not part.look_at}
    assert {("week", "direct_cost_gbp"), ("month", "direct_cost_gbp"), ("month", "stay_days")} <= followed
    assert teams > 5


def test_what_a_reference_file_chooses_adds_up_to_rows(built: duckdb.DuckDBPyConnection, origins: Origins) -> None:
    """Every value of budgets, people and commodities, to the last decimal; a budget leads to rows of budget.csv."""
    seen: dict[str, set[tuple[str, str]]] = {}
    for whose in [one for one in values(built) if one.code in ("F08", "F09", "C05")]:
        figure = trace_indicator(built, origins, whose)
        assert [side.agrees for side in figure.sides] == [True, True], (whose, figure)
        feeds = {
            rows.batch.feed
            for side in figure.sides
            for part in side.parts
            for piece in part.pieces
            for rows in piece.batches
        }
        seen.setdefault(whose.code, set()).update((whose.level, feed) for feed in feeds)
    of = {"F08": ("ledger", "activity"), "F09": ("ledger", "reference/budget"), "C05": ("activity", "reference/budget")}
    for code, feeds in of.items():
        assert seen[code] >= {(level, feed) for level in ("team", "provider", "all") for feed in feeds}, code


def test_a_year_to_date_holds_every_month_since_april(built: duckdb.DuckDBPyConnection, origins: Origins) -> None:
    whose = Whose("F09", "team", "B1", "*", "T1", "month", date(2022, 5, 1))
    months = {
        rows.batch.period
        for side in trace_indicator(built, origins, whose).sides
        for part in side.parts
        for piece in part.pieces
        for rows in piece.batches
    }
    assert months == {"", "2022-04", "2022-05"}


def test_a_saving_adds_up_to_the_rows_of_its_windows(built: duckdb.DuckDBPyConnection, origins: Origins) -> None:
    """Cost by ledger month, the rest by day; what drives it is of the teams that the case names."""
    (figure,) = trace_saving(built, origins, "B1", "BREAD")
    rows = {side.name: side.rows for side in figure.sides if side.agrees}
    assert list(rows) == [f"{what} {when}" for when in ("before", "after") for what in WHAT_A_SAVING_COUNTS]
    assert min(rows["cost after"], rows["activity after"]) > 0
    with pytest.raises(Unknown, match="found no saving NONE of B1, expected one of B1 BREAD"):
        trace_saving(built, origins, "B1", "NONE")


def test_what_is_in_another_table_is_said_to_be_there(built: duckdb.DuckDBPyConnection, origins: Origins) -> None:
    for code, table in (("F10", "saving"), ("D05", "batch")):
        whose = Whose(code, "team", "B1", "*", "T1", "month", date(2022, 4, 1))
        with pytest.raises(Unknown, match=f"This one has none: .* `{table}`"):
            trace_indicator(built, origins, whose)


def test_it_says_which_ingredients_it_does_not_follow() -> None:
    """One more in the list is an ingredient that nobody can trace: declare its facts, or say why not."""
    assert {one.name for one in INGREDIENTS if one.facts is None} == NOT_FOLLOWED


def test_every_column_of_team_month_adds_up_to_its_rows(built: duckdb.DuckDBPyConnection, origins: Origins) -> None:
    rows = built.execute("SELECT provider_code, team_code, period FROM vm.team_month ORDER BY ALL").fetchall()
    for provider, team, period in rows[::9]:
        for column in figures_of_a_month():
            whose = Whose(column, "team", provider, "*", team, "month", date.fromisoformat(f"{period}-01"))
            figure = trace_column(built, origins, whose)
            assert figure.sides and all(side.agrees for side in figure.sides), (whose, figure)


def test_a_figure_that_is_off_by_a_penny_is_seen(built: duckdb.DuckDBPyConnection, origins: Origins) -> None:
    whose = next(one for one in values(built) if (one.code, one.level, one.grain) == ("F01", "team", "month"))
    with duckdb.connect() as other:
        for table in ("fact_cost", "indicator_value", "batch"):
            other.execute("CREATE SCHEMA IF NOT EXISTS vm")
            rows = built.sql(f"FROM vm.{table}").to_arrow_table()
            other.execute(f"CREATE TABLE vm.{table} AS FROM rows")
            del rows
        assert trace_indicator(other, origins, whose).agrees
        other.execute(f"UPDATE vm.indicator_value SET numerator = numerator + 0.01 WHERE {whose.key}")
        assert not trace_indicator(other, origins, whose).agrees


def test_the_query_it_prints_gives_every_row(built: duckdb.DuckDBPyConnection) -> None:
    for whose in list(values(built))[::40]:
        sql = sql_of(whose)
        if sql and whose.grain == "month":
            sums = dict(built.execute(f"SELECT side, sum(weight * amount) FROM ({sql}) GROUP BY side").fetchall())
            row = built.execute(f"SELECT numerator FROM vm.indicator_value WHERE {whose.key}").fetchone()
            entry = next(one for one in CATALOGUE if one.code == whose.code)
            if all(BY_NAME[name.lstrip("-")].facts for name in entry.numerator):
                assert row == (sums.get("numerator", Decimal(0)),)


def test_the_query_of_the_page_does_the_same(built: duckdb.DuckDBPyConnection) -> None:
    sql = PAGE.read_text("utf-8").split("```sql\n")[1].split("```")[0]
    provider, team, period, numerator, denominator = built.execute(
        "SELECT provider_code, team_code, period, numerator, denominator FROM vm.indicator_value "
        "WHERE indicator_code = 'P09' AND level = 'team' AND grain = 'month' AND numerator > 0 ORDER BY ALL"
    ).fetchall()[0]
    asked = sql.replace("S08000022", provider).replace("H-ERC", team).replace("2022-07", period)
    rows = built.execute(f"SELECT counts_in, quantity, sha256 FROM ({asked})").fetchall()
    assert sum(quantity for counts_in, quantity, _ in rows if counts_in.startswith("numerator")) == numerator
    assert sum(quantity for _, quantity, _ in rows) == denominator
    assert all(sha256 for _, _, sha256 in rows)


class TestARow:
    def test_every_row_of_every_batch_says_where_it_went(
        self, built: duckdb.DuckDBPyConnection, origins: Origins
    ) -> None:
        batches = built.execute("SELECT batch_id, feed, rows_received FROM vm.batch ORDER BY ALL").fetchall()
        seen: dict[str, set[str]] = {}
        for batch_id, feed, rows in batches:
            for row in range(1, rows + 1, 13):
                found = trace_fact(built, origins, batch_id, row)
                assert bool(found.parts) != bool(found.explained), (batch_id, feed, row)
                assert found.line == row + 1
                seen.setdefault(feed, set()).add(found.explained[0].split(" ")[0] if found.explained else "fact")
        assert seen["activity"] >= {"fact", "Accepted,"}
        assert seen["ledger"] >= {"fact"}
        last = max(rows for _, feed, rows in batches if feed == "ledger")
        (batch_id,) = [one for one, feed, rows in batches if feed == "ledger" and rows == last][:1]
        assert trace_fact(built, origins, batch_id, last).explained[0].startswith("Rejected by bad_amount")

    def test_the_indicators_it_counts_in_are_those_that_count_it(
        self, built: duckdb.DuckDBPyConnection, origins: Origins
    ) -> None:
        rows = built.execute("SELECT DISTINCT batch_id, row_number FROM vm.fact_activity ORDER BY ALL").fetchall()
        for batch_id, row in rows[::25]:
            for part in trace_fact(built, origins, batch_id, row).parts:
                for one in part.indicators:
                    team = (one.team_code, "month", date.fromisoformat(f"{one.month}-01"))
                    whose = Whose(one.indicator_code, "team", origins(batch_id).provider_code, "*", *team)
                    asked = (
                        f"FROM ({sql_of(whose)}) WHERE side = ? AND ingredient = ? AND batch_id = ? AND row_number = ?"
                    )
                    assert built.execute(asked, [one.side, one.ingredient, batch_id, row]).fetchall()

    def test_a_row_of_a_budget_is_shared_and_counts_to_the_end_of_its_year(
        self, built: duckdb.DuckDBPyConnection, origins: Origins
    ) -> None:
        """R3 of B1 in April: thirds until the 15th, all of T3 from then on; period 0 is in no month."""
        batch = built.execute("SELECT batch_id FROM vm.batch WHERE feed = 'reference/budget'").fetchall()[0][0]
        row = next(n for n, line in enumerate(budget(), 1) if line.startswith("R3,A0,2022/23,1,"))
        (part,) = trace_fact(built, origins, batch, row).parts
        assert (part.columns["team_code"], part.share_pct) == ("T3", 100.0)
        counted = {(one.indicator_code, one.side, one.month, one.until) for one in part.indicators}
        assert counted >= {
            ("F09", "denominator", "2022-04", "2023-03"),
            ("C05", "denominator", "2022-04", "2022-04"),
        }
        assert "ledger period 0" in trace_fact(built, origins, batch, row - 1).explained[0]

    def test_activity_counts_for_the_team_whose_commodity_it_drives(
        self, built: duckdb.DuckDBPyConnection, origins: Origins
    ) -> None:
        """A bed day of T2 is in the milk of T1."""
        batch_id, row = built.execute(
            "SELECT batch_id, row_number FROM vm.fact_activity WHERE measure_code = 'bed_day' AND team_code = 'T2'"
        ).fetchall()[0]
        (part,) = trace_fact(built, origins, batch_id, row).parts
        assert ("F08", "T1") in {(one.indicator_code, one.team_code) for one in part.indicators}

    def test_a_row_that_is_not_there_is_not_made_up(self, built: duckdb.DuckDBPyConnection, origins: Origins) -> None:
        batch_id = built.execute("SELECT min(batch_id) FROM vm.batch").fetchall()[0][0]
        for row in (0, 10**6):
            with pytest.raises(Unknown, match="expected row"):
                trace_fact(built, origins, batch_id, row)
        with pytest.raises(Unknown, match="expected a batch_id"):
            trace_fact(built, origins, "nothing", 1)


def test_answers_in_per_cent_are_what_the_indicator_has(programme: Programme) -> None:
    """33.33% of 7 are 2.3331, in the rows and in the indicator."""
    programme.reference("survey_team_map", "B1,PULSE,Team One,T1")
    programme.counts({"question_code": "SAFE", "answered": "7", "positive_pct": "33.33", "positive": ""})
    programme.night()
    con = programme.warehouse()
    whose = Whose("S03B", "team", "B1", "*", "T1", "month", date(2022, 7, 1))
    figure = trace_indicator(con, Origins(con, home_of(programme)), whose)
    assert (figure.sides[0].published, figure.sides[0].traced) == (Decimal("2.3331"), Decimal("2.3331"))
    assert figure.agrees


def test_columns_that_are_not_open_are_not_shown() -> None:
    shown = {name for table in FACTS_OF.values() for name in table.open_columns}
    assert not shown & {"narrative", "record_id", "patient_ref", "respondent_ref"}
    assert {"cost_centre_code", "amount_gbp", "unit_code", "quantity"} <= shown


def test_row_numbers_as_ranges() -> None:
    assert ranges([-3, -2, 1, 4, 5, 6, 9]) == "-3–-2, 1, 4–6, 9"
    assert ranges([]) == ""


def test_lines_of_rows_whose_cells_have_line_breaks(tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    path.write_bytes(b'a;b\r\n1;"two\r\nlines"\r\n\r\n2;x\r\n')
    assert row_lines(path) == [2, 5]
    path.write_bytes(b"PK\x03\x04")
    assert row_lines(path) == []
