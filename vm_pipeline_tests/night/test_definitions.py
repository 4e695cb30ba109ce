"""What Dagster is told: loaded with nothing set, complete, and from the declarations."""

import subprocess
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from vm_pipeline.defs.assemble import assemble, monthly
from vm_pipeline.defs.night import said_first
from vm_pipeline.defs.schedule import range_tags
from vm_pipeline.settings import Settings
from vm_pipeline.sources.receipts import Receipt, Slot
from vm_pipeline.warehouse.tables import TABLES


@pytest.fixture
def definitions(tmp_path: Path) -> dg.Definitions:
    return assemble(Settings(tmp_path, tmp_path / "warehouse.duckdb"))


def test_they_load_with_nothing_set_and_touch_nothing(tmp_path: Path) -> None:
    code = "from vm_pipeline.definitions import defs; defs().get_repository_def()"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=tmp_path, env={"PATH": ""}, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    assert list(tmp_path.iterdir()) == []


def test_every_asset_says_what_it_is_whose_it_is_and_where_it_belongs(definitions: dg.Definitions) -> None:
    groups = {"landing", "staging", "quality", "core", "marts", "signals", "publish"}
    specs = list(definitions.resolve_all_asset_specs())
    assert {spec.group_name for spec in specs} == groups
    for spec in specs:
        assert spec.description and spec.owners and spec.kinds, spec.key


def test_every_published_table_is_an_asset_with_its_columns(definitions: dg.Definitions) -> None:
    by_name = {
        spec.key.path[-1]: spec for spec in definitions.resolve_all_asset_specs() if spec.key.path[0] != "landing"
    }
    for table in TABLES:
        schema = by_name[table.name].metadata["dagster/column_schema"]
        assert [column.name for column in schema.columns] == [column.name for column in table.columns]


def test_cost_comes_from_the_ledger_through_its_gate(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    upstream = graph.get(dg.AssetKey(["core", "fact_cost"])).parent_keys
    assert {dg.AssetKey(["quality", "ledger"]), dg.AssetKey(["staging", "reference"])} <= upstream
    assert dg.AssetKey(["staging", "ledger"]) in graph.get(dg.AssetKey(["quality", "ledger"])).parent_keys


def test_the_night_is_at_two_in_london(definitions: dg.Definitions) -> None:
    schedule = definitions.resolve_schedule_def("nightly")
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("0 2 * * *", "Europe/London")


def test_months_are_london_months_with_the_running_one() -> None:
    keys = monthly("2022-04").get_partition_keys(current_time=datetime(2022, 6, 30, 23, 30, tzinfo=UTC))
    assert keys == ["2022-04", "2022-05", "2022-06", "2022-07"]  # half past midnight, summer time, in London


def test_a_run_spans_the_months_of_what_came_and_keeps_within_the_calendar() -> None:
    def receipt(first: str, last: str) -> Receipt:
        return Receipt(Slot("ledger", "B1", first, last), "", "", "", "", "", 0)

    months = monthly("2022-04")
    tags = range_tags([receipt("2022-07", "2022-07"), receipt("2022-05", "2022-06")], months, "t")
    assert tags["dagster/asset_partition_range_start"] == "2022-06"
    assert tags["dagster/asset_partition_range_end"] == "2022-07"
    early = range_tags([receipt("2019-01", "2019-01")], months, "t")
    assert early["dagster/asset_partition_range_start"] == "2022-04"


def test_of_an_error_in_cells_only_the_kind_is_kept() -> None:
    """DuckDB quotes what it cannot convert, and Dagster would keep its words for good."""
    with pytest.raises(dg.Failure) as told, said_first():
        duckdb.execute("SELECT $1::INTEGER", ["".join(("Ann", " Other"))])
    assert "found ConversionException in DuckDB" in str(told.value.description)
    assert "Ann Other" not in "".join(traceback.format_exception(told.value))
