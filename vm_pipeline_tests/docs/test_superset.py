"""The bundle for Superset: as committed it is what the declarations give, and what it asks for is in the warehouse."""

from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from vm_pipeline.reference.superset import files, write
from vm_pipeline.reference.superset.charts import CHARTS, Chart
from vm_pipeline.reference.superset.dashboards import DASHBOARDS
from vm_pipeline.warehouse.views import VIEWS
from vm_pipeline.warehouse.workspace import create_tables

BUNDLE = Path(__file__).parents[2] / "bi" / "superset"
BY_NAME = {view.name: view for view in VIEWS}


def test_the_bundle_is_as_the_declarations_say(tmp_path: Path) -> None:
    """Written again by `make docs`."""
    written = {path.relative_to(tmp_path): path.read_text("utf-8") for path in write(tmp_path)}
    assert {path.relative_to(BUNDLE): path.read_text("utf-8") for path in BUNDLE.rglob("*.yaml")} == written


def test_what_files_refer_to_is_in_the_bundle() -> None:
    """Charts to datasets, datasets to the database, places on dashboards to charts; nothing is called twice."""
    said = files()
    known = [one["uuid"] for one in said.values() if "uuid" in one]
    assert len(set(known)) == len(known)
    referred = [value for one in said.values() for value in references(one)]
    assert len(referred) > 2 * len(CHARTS) and set(referred) <= set(known)


def references(said: Any) -> list[str]:
    """Every identifier that a file names of another."""
    if isinstance(said, list):
        return [found for one in said for found in references(one)]
    if not isinstance(said, dict):
        return []
    mine = [value for name, value in said.items() if name in ("dataset_uuid", "database_uuid", "datasetUuid")]
    charts = [said["meta"]["uuid"]] if said.get("type") == "CHART" else []
    return [*mine, *charts, *(found for one in said.values() for found in references(one))]


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.name)
def test_a_chart_asks_for_what_its_view_has(chart: Chart) -> None:
    """Columns, and every piece of SQL that is in it, on an empty warehouse."""
    params = chart.params
    names = [*params.get("all_columns", ()), *params.get("groupby", ()), *filter(None, [params.get("x_axis")])]
    metrics = [*params.get("metrics", ()), *params.get("metrics_b", ()), *filter(None, [params.get("metric")])]
    filters = params.get("adhoc_filters", ())
    asked = [*(f'"{name}"' for name in names if not metrics), *(one["sqlExpression"] for one in metrics)]
    conditions = [one.get("sqlExpression") or f"{one['subject']} = '{one['comparator']}'" for one in filters]
    with duckdb.connect() as con:
        create_tables(con)
        assert set(names) <= set(BY_NAME[chart.view].columns.keys())
        where = " AND ".join(conditions) or "true"
        assert con.execute(f"SELECT {', '.join(asked)} FROM vm.{chart.view} WHERE {where}").description


def test_every_chart_stands_on_a_dashboard_that_filters_by_what_there_is() -> None:
    placed = [name for one in DASHBOARDS for name, _ in one.charts]
    assert sorted(placed) == sorted(chart.name for chart in CHARTS)
    for one in DASHBOARDS:
        for _, column, _ in one.filters:
            assert column in BY_NAME[one.view].columns


def test_no_address_or_password_of_a_server_is_in_it() -> None:
    database = yaml.safe_load((BUNDLE / "databases" / "warehouse.yaml").read_text("utf-8"))
    assert database["sqlalchemy_uri"] == "postgresql+psycopg2://superset@localhost/warehouse"
    assert not database["allow_dml"]
