"""An older warehouse brought to this version, in place, while reports use it."""

from pathlib import Path

import pytest

from vm_pipeline.warehouse.fingerprint import fingerprint_of
from vm_pipeline.warehouse.postgres import alone, promise
from vm_pipeline.warehouse.postgres.address import opened
from vm_pipeline.warehouse.postgres.publish import fingerprint, publish
from vm_pipeline.warehouse.postgres.refused import WarehouseRefused
from vm_pipeline.warehouse.postgres.shape import Shape, declared, differences, found
from vm_pipeline.warehouse.postgres.upgrade import MIGRATIONS, bring_up_to_date, upgrade
from vm_pipeline.warehouse.tables import METADATA, TABLES
from vm_pipeline_tests.postgres.conftest import Warehouse

Nights = tuple[Path, Path]

OLDER = """
ALTER TABLE vm.team_month DROP COLUMN falls CASCADE, DROP COLUMN dna_pct;
ALTER TABLE vm.fact_cost DROP COLUMN cost_category CASCADE;
DROP TABLE vm.rebase;
DROP INDEX vm.fact_cost_team_code_period;
DROP FUNCTION vm.ratio, vm.half_up;
COMMENT ON TABLE vm.team_week IS 'as it was called once';
DELETE FROM vm_ops.declared;
"""


@pytest.fixture
def older(published: Warehouse) -> Warehouse:
    """As a version published it that knew fewer columns and tables; with a report on it."""
    for statement in OLDER.split(";\n"):
        published.ask(statement) if statement.strip() else None
    published.ask(
        "CREATE VIEW public.report AS SELECT team_code, sum(direct_cost_gbp) AS gbp FROM vm.team_month GROUP BY 1"
    )
    return published


def test_an_older_warehouse_is_brought_up_while_reports_read_it(older: Warehouse, nights: Nights) -> None:
    objects = "SELECT oid, relname FROM pg_class WHERE relnamespace = 'vm'::regnamespace AND relkind IN ('r', 'p')"
    before = set(older.ask(objects))
    with older.connect() as reader:
        report = reader.execute("SELECT * FROM report ORDER BY 1").fetchall()
        assert report and upgrade(older.address)
        assert reader.execute("SELECT * FROM report ORDER BY 1").fetchall() == report
        assert before < set(older.ask(objects))
        assert older.ask("SELECT count(*) FROM vm.team_month WHERE falls IS NOT NULL") == [(0,)]
        assert publish(nights[1], older.address)
        assert reader.execute("SELECT * FROM report ORDER BY 1").fetchall() != report
    assert fingerprint(older.address) == fingerprint_of(nights[1])
    with opened(older.address) as con:
        assert not [str(one) for one in differences(found(con), declared(TABLES)) if "key" not in one.what]
    assert not upgrade(older.address), "nothing is left to do"


def test_publishing_upgrades_by_itself(older: Warehouse, nights: Nights) -> None:
    assert publish(nights[0], older.address)
    assert fingerprint(older.address) == fingerprint_of(nights[0])
    indexes = older.ask("SELECT count(*) FROM pg_indexes WHERE indexname = 'fact_cost_team_code_period'")
    said = older.ask("SELECT obj_description('vm.team_week'::regclass)")
    assert (indexes, said) == ([(1,)], [(METADATA.tables["vm.team_week"].comment,)])
    assert older.ask("SELECT vm.half_up(vm.ratio(1, 8, 100), 1)") == [(12.5,)]


def test_what_somebody_took_away_is_told_and_put_back_when_asked(published: Warehouse, nights: Nights) -> None:
    """What was noted still says that it is of this version; `upgrade` looks."""
    published.ask("ALTER TABLE vm.team_month DROP COLUMN falls CASCADE")
    with pytest.raises(WarehouseRefused, match=r"\"falls\".* does not exist, expected .* `vm-pipeline upgrade`"):
        publish(nights[1], published.address)
    assert upgrade(published.address)
    assert publish(nights[1], published.address)
    assert fingerprint(published.address) == fingerprint_of(nights[1])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("ALTER TABLE vm.team_month RENAME falls TO tumbles", "team_month.tumbles: column removed"),
        (
            "ALTER TABLE vm.team_month ADD COLUMN own text NOT NULL DEFAULT ''",
            r"found the column vm.team_month.own, .*, then `ALTER TABLE vm.team_month DROP COLUMN own`",
        ),
        (
            "DROP VIEW vm.bi_fact_team_month; ALTER TABLE vm.team_month ALTER falls TYPE double precision",
            "team_month.falls: type DOUBLE PRECISION became",
        ),
        ("ALTER TABLE vm.team_month DROP CONSTRAINT team_month_pkey", "team_month: key"),
        ("CREATE TABLE vm.extra (name text)", "extra: table removed"),
    ],
)
def test_what_would_break_a_report_is_not_done_by_itself(
    published: Warehouse, nights: Nights, change: str, said: str
) -> None:
    """The night before stays, and its shape."""
    published.ask(change)
    published.ask("DELETE FROM vm_ops.declared")
    with pytest.raises(WarehouseRefused, match=said):
        publish(nights[1], published.address)
    assert published.ask("SELECT count(*) FROM vm_ops.publication") == [(1,)]


def test_a_column_of_somebodys_own_is_told_and_left_alone(published: Warehouse, nights: Nights) -> None:
    published.ask("ALTER TABLE vm.team_month ADD COLUMN note text; UPDATE vm.team_month SET note = 'mine'")
    published.ask("DROP TABLE vm.rebase; DELETE FROM vm_ops.declared")
    said: list[str] = []
    assert upgrade(published.address, said.append)
    assert [one.partition(". ")[0] for one in said] == ["Left as they are, columns of your own: team_month.note"]
    assert published.ask("SELECT DISTINCT note FROM vm.team_month") == [("mine",)]
    assert not upgrade(published.address), "nothing is left to do"
    assert publish(nights[1], published.address)
    assert fingerprint(published.address) == fingerprint_of(nights[1])


def test_who_keeps_a_table_in_use_is_told(older: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alone, "_TABLE_PATIENCE", 1)
    with older.connect(application_name="big report", autocommit=False) as reader:
        (pid,) = reader.execute("SELECT pg_backend_pid(), count(*) FROM vm.team_month").fetchall()[0][:1]
        with pytest.raises(WarehouseRefused) as refused:
            upgrade(older.address)
        for says in (f"process {pid} of postgres (big report), since 20", "which uses vm.team_month", "(COMMIT)"):
            assert says in str(refused.value)
    assert upgrade(older.address)


REVISION = """
from alembic import op

revision, down_revision = "0002", "0001"
BREAKS = {"team_month.tumbles": "It is called falls."}


def upgrade():
    op.alter_column("team_month", "tumbles", new_column_name="falls", schema="vm")
"""


def test_a_revision_moves_what_the_declarations_cannot_tell(
    published: Warehouse, nights: Nights, tmp_path: Path
) -> None:
    """A column that got another name keeps its rows, and a view of it goes on."""
    published.ask("ALTER TABLE vm.team_month RENAME falls TO tumbles")
    published.ask("DELETE FROM vm_ops.declared")
    published.ask("CREATE VIEW public.report AS SELECT sum(tumbles) AS n FROM vm.team_month")
    before = published.ask("TABLE report")
    (tmp_path / "0001_first.py").write_text((MIGRATIONS / "versions" / "0001_first.py").read_text("utf-8"))
    (tmp_path / "0002_falls.py").write_text(REVISION)
    with opened(published.address) as con, con.begin():
        assert bring_up_to_date(con, tmp_path)
    assert published.ask("TABLE report") == before
    assert fingerprint(published.address) == fingerprint_of(nights[0])


def test_what_reports_were_promised_holds() -> None:
    """A column that is gone, renamed or of another type fails here, until a revision tells readers what to do."""
    before, now = promise.promised(), promise.given()
    assert not promise.broken(before, now, promise.told())
    assert before == now, "run `make docs`: it notes what was added"


PROMISED = {"one": Shape(("k",), {"k": ("VARCHAR", True), "v": ("INTEGER", True)})}


@pytest.mark.parametrize(
    ("columns", "key", "breaks"),
    [
        ({"k": ("VARCHAR", True), "v": ("INTEGER", True), "new": ("DATE", True)}, ("k",), []),
        ({"k": ("VARCHAR", True)}, ("k",), ["one.v: column removed"]),
        ({"k": ("VARCHAR", True), "w": ("INTEGER", True)}, ("k",), ["one.v: column removed"]),
        ({"k": ("VARCHAR", True), "v": ("BIGINT", True)}, ("k",), ["one.v: type INTEGER became BIGINT"]),
        ({"k": ("VARCHAR", True), "v": ("INTEGER", False)}, ("k",), ["one.v: may be empty now"]),
        ({"k": ("VARCHAR", True), "v": ("INTEGER", True)}, ("k", "v"), ["one: key k became k, v"]),
    ],
)
def test_a_change_that_breaks_reports_needs_a_word(
    columns: dict[str, tuple[str, bool]], key: tuple[str, ...], breaks: list[str]
) -> None:
    now = {"one": Shape(key, columns)}
    untold = promise.broken(PROMISED, now, {})
    assert [str(one) for one in untold] == breaks
    assert not promise.broken(PROMISED, now, {one.name: "Do this instead." for one in untold})


def test_a_table_that_is_gone_breaks_and_a_new_one_does_not() -> None:
    assert [str(one) for one in promise.broken(PROMISED, {}, {})] == ["one: table removed"]
    assert not promise.broken({}, PROMISED, {})


def test_the_file_of_promises_reads_back_as_it_was_written(tmp_path: Path) -> None:
    (tmp_path / "promised.json").write_text(promise.written(promise.given()))
    assert promise.promised(tmp_path / "promised.json") == promise.given()
