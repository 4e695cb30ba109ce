"""Who sees what: every role tries, as a login of its own, on a server."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from vm_pipeline.warehouse.fingerprint import fingerprint_of
from vm_pipeline.warehouse.postgres.publish import fingerprint, publish
from vm_pipeline.warehouse.postgres.refused import WarehouseRefused
from vm_pipeline.warehouse.postgres.rights import SMALL, may_read, roles
from vm_pipeline.warehouse.postgres.upgrade import upgrade
from vm_pipeline.warehouse.tables import TABLES
from vm_pipeline.warehouse.views import VIEWS
from vm_pipeline_tests.postgres.conftest import Warehouse
from vm_pipeline_tests.postgres.servers import Server

Nights = tuple[Path, Path]
LOGINS = {
    "pipeline": "vm_publisher",
    "anna": "vm_analyst",
    "piet": "vm_provider_analyst",
    "rosa": "vm_reader",
    "kurt": "vm_provider_reader",
    "vera": "vm_auditor",
    "nobody_yet": "",
}
NAMES = [table.name for table in (*TABLES, *VIEWS)]
OF_PROVIDERS = [table.name for table in (*TABLES, *VIEWS) if "provider_code" in table.columns]
CLOSED_TO_READERS = (
    *("fact_cost", "fact_activity", "fact_survey", "team_month", "team_week", "cost_week", "rejection", "saving"),
    *("huddle_week", "coach_gain", "coach_progress", "rebase"),
    *("bi_fact_cost", "bi_fact_activity", "bi_fact_survey", "bi_fact_team_month", "bi_box_score", "bi_saving"),
    "bi_rejection",
)


@pytest.fixture(scope="module")
def shared(own_server: Server, nights: Nights) -> Iterator[Warehouse]:
    """A warehouse that a login without any other right published to; one board each for the logins of one provider."""
    there = Warehouse(own_server, own_server.new_database())
    there.ask(roles())
    for login, role in LOGINS.items():
        there.ask(f"DROP ROLE IF EXISTS {login}; CREATE ROLE {login} LOGIN" + (f" IN ROLE {role}" if role else ""))
    assert publish(nights[0], own_server.address(there.name, "pipeline"))
    there.ask("INSERT INTO vm_ops.member_provider VALUES ('piet', 'B1'), ('kurt', 'B1'), ('gone', 'B2')")
    yield there
    for login in LOGINS:
        there.ask(f"DROP OWNED BY {login}; DROP ROLE {login}")


def refused(there: Warehouse, login: str, sql: str) -> bool:
    """Whether the server says that there is no right to it."""
    try:
        there.ask(sql, login)
    except psycopg.errors.InsufficientPrivilege:
        return True
    return False


@pytest.mark.parametrize("login", [login for login in LOGINS if login != "pipeline"])
def test_a_login_reads_the_tables_of_its_role_and_no_other(shared: Warehouse, login: str) -> None:
    seen = {name for name in NAMES if not refused(shared, login, f"SELECT * FROM vm.{name} LIMIT 1")}
    assert seen == {name for name in NAMES if LOGINS[login] in may_read(name)}
    assert all(refused(shared, login, f"DELETE FROM vm.{table.name}") for table in TABLES)


@pytest.mark.parametrize("login", [login for login in LOGINS if login != "nobody_yet"])
def test_whoever_reads_may_round(shared: Warehouse, login: str) -> None:
    asked = "SELECT vm.half_up(2.5), vm.half_up_ratio(399, 2000, 100, 1), vm.ratio(1, 4)"
    assert shared.ask(asked, login) == [(3, 20, 0.25)]


def test_readers_are_kept_from_exact_figures_and_rejections(shared: Warehouse) -> None:
    """By name: what the design of the warehouse says, not what the code says."""
    for login in ("rosa", "kurt"):
        assert all(refused(shared, login, f"SELECT 1 FROM vm.{name}") for name in CLOSED_TO_READERS)
    for name in ("rejection", "bi_rejection", "bi_reconciliation", "bi_freshness"):
        assert shared.ask(f"SELECT count(*) > 0 FROM vm.{name}", "vera") == [(True,)]
    assert refused(shared, "vera", "SELECT 1 FROM vm.fact_cost")


@pytest.mark.parametrize("login", [login for login in LOGINS if login != "pipeline"])
def test_nobody_reaches_what_lies_behind_the_published_tables(shared: Warehouse, login: str) -> None:
    """Partitions, what the publisher notes, who belongs to which provider; nor makes or becomes anything."""
    hidden = shared.ask(
        "SELECT oid::regclass::text FROM pg_class WHERE relnamespace = 'vm_ops'::regnamespace AND relkind IN ('r', 'v')"
    )
    assert len(hidden) > 10
    for (name,) in hidden:
        assert refused(shared, login, f"SELECT * FROM {name}"), name
    for attempt in (
        "SET ROLE vm_owner",
        "SET ROLE vm_publisher",
        "CREATE TABLE vm.mine (a int)",
        "INSERT INTO vm_ops.member_provider VALUES (current_user, 'B2')",
        "ALTER TABLE vm.batch DISABLE ROW LEVEL SECURITY",
        "GRANT SELECT ON vm.fact_cost TO PUBLIC",
    ):
        try:
            done = not refused(shared, login, attempt)
        except psycopg.Error:
            continue
        assert not done or attempt.startswith("GRANT"), attempt
    assert refused(shared, "nobody_yet", "SELECT 1 FROM vm.fact_cost")


@pytest.mark.parametrize("login", ["piet", "kurt"])
def test_a_login_of_one_provider_sees_no_row_of_another(shared: Warehouse, login: str) -> None:
    readable = [name for name in OF_PROVIDERS if LOGINS[login] in may_read(name)]
    for name in readable:
        seen = shared.ask(f"SELECT DISTINCT provider_code FROM vm.{name}", login)
        there = shared.ask(f"SELECT count(*) FROM vm.{name} WHERE provider_code = 'B1'")
        assert seen in ([("B1",)], []) and (seen or there == [(0,)] or name == "indicator_signal"), name
    assert len(readable) >= (5 if login == "kurt" else 15)


LEAK = """
CREATE FUNCTION pg_temp.leak(text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS
$$ BEGIN RAISE NOTICE '%', $1; RETURN true; END $$
"""


def test_tricks_show_no_other_provider(shared: Warehouse) -> None:
    """A cheap function that sees rows before the policy, a view, switching policies off, an error that quotes."""
    with shared.connect("piet") as con:
        told: list[str] = []
        con.add_notice_handler(lambda notice: told.append(notice.message_primary or ""))
        con.execute(LEAK)
        con.execute("SELECT * FROM vm.team_month WHERE pg_temp.leak(provider_code)")
        assert set(told) == {"B1"}
        con.execute("CREATE TEMP VIEW mine AS SELECT DISTINCT provider_code FROM vm.fact_cost")
        assert con.execute("TABLE mine").fetchall() == [("B1",)]
        assert con.execute(
            "SELECT count(*) FROM vm.fact_cost WHERE 1 / (provider_code = 'B1')::int = 0"
        ).fetchone() == (0,)
        con.execute("SET row_security = off")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            con.execute("SELECT count(*) FROM vm.fact_cost")


def test_a_login_without_a_provider_sees_none(shared: Warehouse) -> None:
    shared.ask("DELETE FROM vm_ops.member_provider WHERE member = 'kurt'")
    assert shared.ask("SELECT count(*) FROM vm.batch", "kurt") == [(0,)]
    shared.ask("INSERT INTO vm_ops.member_provider VALUES ('kurt', 'B1')")


def test_analysts_see_every_row(shared: Warehouse) -> None:
    for name in NAMES:
        assert shared.ask(f"SELECT count(*) FROM vm.{name}", "anna") == shared.ask(f"SELECT count(*) FROM vm.{name}")


def test_readers_see_no_small_number(shared: Warehouse) -> None:
    """Neither beside its indicator nor where it is drawn; analysts do."""
    small = f"numerator > 0 AND numerator <= {SMALL} OR denominator > 0 AND denominator <= {SMALL}"
    question = f"SELECT count(*) FROM vm.indicator_value WHERE {small}"
    assert shared.ask(question, "anna") > [(0,)]
    assert shared.ask(question, "rosa") == [(0,)]
    assert shared.ask(question.replace("vm.", "vm.bi_").replace("_value", ""), "rosa") == [(0,)]
    assert shared.ask("SELECT count(*) FROM vm.indicator_value", "rosa") == shared.ask(
        f"SELECT count(*) FROM vm.indicator_value WHERE ({small}) IS NOT TRUE"
    )
    drawn = (
        "SELECT count(*) FROM vm.indicator_signal JOIN vm.indicator_value "
        f"USING (indicator_code, level, provider_code, service, team_code, grain, starts_on) WHERE {small}"
    )
    hidden = shared.ask(drawn)
    all_of_them = shared.ask("SELECT count(*) FROM vm.indicator_signal")
    assert hidden > [(0,)]
    assert shared.ask("SELECT count(*) FROM vm.indicator_signal", "rosa") == [(all_of_them[0][0] - hidden[0][0],)]


def test_readers_see_no_series_of_single_events(shared: Warehouse) -> None:
    """How many points it has is how many came to harm."""
    asked = "SELECT grain, count(*) FROM vm.indicator_series GROUP BY grain ORDER BY grain"
    assert [grain for grain, _ in shared.ask(asked, "anna")] == ["event", "month", "week"]
    assert shared.ask(asked, "rosa") == shared.ask(asked, "anna")[1:]


def test_the_fingerprint_is_of_all_rows_or_not_told(shared: Warehouse, nights: Nights) -> None:
    address = shared.server.address
    assert fingerprint(address(shared.name, "pipeline")) == fingerprint_of(nights[0])
    for login in ("anna", "piet", "rosa"):
        with pytest.raises(WarehouseRefused):
            fingerprint(address(shared.name, login))


def test_roles_made_later_take_over_a_warehouse_that_is_there(published: Warehouse, nights: Nights) -> None:
    objects = "SELECT oid FROM pg_class WHERE relnamespace = 'vm'::regnamespace AND relkind IN ('r', 'p') ORDER BY 1"
    before = published.ask(objects)
    for _ in range(2):  # running it again changes nothing
        published.ask(roles())
    published.ask("DROP ROLE IF EXISTS pipeline_too; CREATE ROLE pipeline_too LOGIN IN ROLE vm_publisher")
    publisher = published.server.address(published.name, "pipeline_too")
    upgrade(publisher)
    assert publish(nights[1], publisher)
    assert fingerprint(publisher) == fingerprint_of(nights[1])
    assert published.ask(objects) == before
    assert published.ask("SELECT has_table_privilege('vm_reader', 'vm.batch', 'SELECT')") == [(True,)]
    published.ask("DROP ROLE pipeline_too")
