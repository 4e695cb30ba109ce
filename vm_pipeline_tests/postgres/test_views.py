"""Views for BI tools on a server: the same rows as in the file, with rights and reports that outlive a night."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from sqlalchemy import Table, inspect

from vm_pipeline.warehouse.postgres.address import opened
from vm_pipeline.warehouse.postgres.publish import publish
from vm_pipeline.warehouse.postgres.refused import WarehouseRefused
from vm_pipeline.warehouse.postgres.rights import may_read
from vm_pipeline.warehouse.postgres.shape import word
from vm_pipeline.warehouse.postgres.upgrade import upgrade
from vm_pipeline.warehouse.views import VIEWS
from vm_pipeline_tests.postgres.conftest import Warehouse
from vm_pipeline_tests.postgres.servers import Server

Nights = tuple[Path, Path]
EVERY_VIEW = pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)


@pytest.fixture(scope="module")
def there(own_server: Server, nights: Nights) -> Iterator[Warehouse]:
    """A published night that these tests only read."""
    found = Warehouse(own_server, own_server.new_database())
    assert publish(nights[0], found.address)
    yield found


@EVERY_VIEW
def test_both_engines_give_the_same_rows(there: Warehouse, nights: Nights, view: Table) -> None:
    columns = ", ".join(f'"{column.name}"' for column in view.columns)
    key = ", ".join(view.primary_key.columns.keys())
    question = f"SELECT {columns} FROM vm.{view.name} ORDER BY {key}"
    with duckdb.connect(str(nights[0]), read_only=True) as con:
        in_file = con.execute(question).fetchall()
    on_server = there.ask(question)
    assert sorted(map(repr, on_server)) == sorted(map(repr, in_file))


@EVERY_VIEW
def test_types_and_comments_are_as_declared(there: Warehouse, view: Table) -> None:
    with opened(there.address) as con:
        seen = inspect(con).get_columns(view.name, "vm")
    assert [(c["name"], word(c["type"]), c["comment"]) for c in seen] == [
        (c.name, word(c.type), c.comment) for c in view.columns
    ]
    assert there.ask(f"SELECT obj_description('vm.{view.name}'::regclass)") == [(view.comment,)]


def test_views_read_with_the_rights_of_whoever_asks(there: Warehouse) -> None:
    options = there.ask("SELECT relname, reloptions FROM pg_class WHERE relkind = 'v' AND relname LIKE 'bi\\_%'")
    assert dict(options) == {view.name: ["security_invoker=true"] for view in VIEWS}


def test_who_may_read_follows_from_what_is_read() -> None:
    """By name, from the design of the warehouse."""
    assert may_read("bi_fact_cost") == may_read("bi_box_score") == ("vm_analyst", "vm_provider_analyst")
    assert set(may_read("bi_indicator")) == {"vm_analyst", "vm_provider_analyst", "vm_reader", "vm_provider_reader"}
    assert "vm_auditor" in may_read("bi_rejection") and "vm_reader" not in may_read("bi_rejection")
    assert "vm_auditor" not in may_read("bi_dim_team")


def test_reports_and_grants_on_views_outlive_a_night_and_an_upgrade(published: Warehouse, nights: Nights) -> None:
    """Also where a view of an older version lacked a column that stands in the middle now."""
    published.ask("DROP VIEW vm.bi_saving")
    published.ask("CREATE VIEW vm.bi_saving AS SELECT case_code, team_code FROM vm.saving")
    published.ask("CREATE VIEW public.report AS SELECT count(*) AS n FROM vm.bi_fact_cost")
    published.ask("CREATE VIEW public.other AS SELECT case_code FROM vm.bi_saving")
    published.ask("GRANT SELECT ON vm.bi_fact_cost TO PUBLIC")
    published.ask("DELETE FROM vm_ops.declared")
    before = published.ask("SELECT oid FROM pg_class WHERE relname LIKE 'bi\\_%' ORDER BY 1")
    assert upgrade(published.address)
    assert publish(nights[1], published.address)
    assert published.ask("SELECT oid FROM pg_class WHERE relname LIKE 'bi\\_%' ORDER BY 1") == before
    assert published.ask("TABLE report") == published.ask("SELECT count(*) FROM vm.fact_cost WHERE period <> ''")
    columns = published.ask("SELECT attname FROM pg_attribute WHERE attrelid = 'vm.bi_saving'::regclass")
    assert {name for (name,) in columns} >= set(next(v for v in VIEWS if v.name == "bi_saving").columns.keys())
    assert published.ask("SELECT has_table_privilege('public', 'vm.bi_fact_cost', 'SELECT')") == [(True,)]
    assert not upgrade(published.address), "nothing is left to do"


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ("SELECT case_code, 1 AS gone FROM vm.saving", "bi_saving.gone: column removed"),
        ("SELECT 1 AS case_code FROM vm.saving", "bi_saving.case_code: type INTEGER became"),
    ],
)
def test_a_view_is_not_taken_from_under_a_report(published: Warehouse, nights: Nights, other: str, said: str) -> None:
    published.ask("DROP VIEW vm.bi_saving")
    published.ask(f"CREATE VIEW vm.bi_saving AS {other}")
    published.ask("DELETE FROM vm_ops.declared")
    with pytest.raises(WarehouseRefused, match=said):
        publish(nights[1], published.address)
