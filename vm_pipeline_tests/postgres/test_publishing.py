"""Publishing to PostgreSQL: the same content, only what changed, all of it or nothing, whoever reads meanwhile."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import psycopg
import pytest

from vm_pipeline.warehouse.fingerprint import fingerprint_of
from vm_pipeline.warehouse.postgres import alone as locking
from vm_pipeline.warehouse.postgres.address import in_words, opened, shown
from vm_pipeline.warehouse.postgres.parts import contents
from vm_pipeline.warehouse.postgres.publish import fingerprint, publish, published
from vm_pipeline.warehouse.postgres.refused import WarehouseRefused
from vm_pipeline.warehouse.snapshot import published as published_in_file
from vm_pipeline.warehouse.tables import METADATA, TABLES
from vm_pipeline_tests.postgres.conftest import Rows, Warehouse
from vm_pipeline_tests.postgres.servers import Server

Nights = tuple[Path, Path]
Later = Callable[[Path, str], Path]
NAMES = [table.name for table in TABLES]


def rows_in_file(path: Path, table: str) -> Rows:
    key = ", ".join(METADATA.tables[f"vm.{table}"].primary_key.columns.keys())
    with duckdb.connect(str(path), read_only=True) as con:
        return con.execute(f"SELECT * FROM vm.{table} ORDER BY {key}").fetchall()


def versions(there: Warehouse, table: str, where: str = "true") -> Rows:
    """Where every row lies, and the transaction that wrote it."""
    return there.ask(f"SELECT tableoid, ctid::text, xmin::text FROM vm.{table} WHERE {where} ORDER BY 1, 2")


def test_a_server_has_every_row_and_the_fingerprint_of_the_draft(any_warehouse: Warehouse, nights: Nights) -> None:
    for draft in nights:
        assert publish(draft, any_warehouse.address)
        assert fingerprint(any_warehouse.address) == fingerprint_of(draft)
        assert published(any_warehouse.address) == published_in_file(draft)
        with any_warehouse.connect() as con:
            for table in TABLES:
                key = ", ".join(
                    f'"{name}" COLLATE "C"' if str(column.type) == "VARCHAR" else f'"{name}"'
                    for name, column in table.primary_key.columns.items()
                )
                names = ", ".join(f'"{column.name}"' for column in table.columns)
                found = con.execute(f"SELECT {names} FROM vm.{table.name} ORDER BY {key}").fetchall()  # type: ignore[call-overload]
                assert found == rows_in_file(draft, table.name), table.name
    assert fingerprint_of(nights[0]) != fingerprint_of(nights[1])


def test_keys_required_columns_and_comments_are_the_declared_ones(published: Warehouse) -> None:
    keys = dict(
        published.ask(
            "SELECT conrelid::regclass::text, array_agg(attname::text ORDER BY place) FROM pg_constraint, "
            "unnest(conkey) WITH ORDINALITY AS k(number, place), pg_attribute "
            "WHERE contype = 'p' AND connamespace = 'vm'::regnamespace AND attrelid = conrelid AND attnum = number "
            "GROUP BY conrelid"
        )
    )
    said = published.ask(
        "SELECT relname, attname, attnotnull, col_description(c.oid, attnum), obj_description(c.oid) "
        "FROM pg_class c JOIN pg_attribute ON attrelid = c.oid WHERE relnamespace = 'vm'::regnamespace "
        "AND relkind IN ('r', 'p') AND attnum > 0 ORDER BY relname, attnum"
    )
    wanted = [
        (table.name, column.name, not column.nullable, column.comment, table.comment)
        for table in sorted(TABLES, key=lambda table: table.name)
        for column in table.columns
    ]
    assert said == wanted
    for table in TABLES:
        declared = table.primary_key.columns.keys()
        assert keys[f"vm.{table.name}"][: len(declared)] == declared


def test_readers_see_tables_and_no_partitions(published: Warehouse) -> None:
    seen = published.ask("SELECT tablename FROM pg_tables WHERE schemaname = 'vm' ORDER BY 1")
    assert [name for (name,) in seen] == sorted(NAMES)
    years = published.ask(
        "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'vm.fact_cost'::regclass ORDER BY 1"
    )
    assert years == [("vm_ops.fact_cost_2021_22",), ("vm_ops.fact_cost_2022_23",)]


def test_only_what_changed_is_written(published: Warehouse, nights: Nights) -> None:
    """One ledger month changed: the other months' rows lie where they lay, written by whom they were written by."""
    others, changed = "period IS DISTINCT FROM '2022-05'", "period = '2022-05'"
    objects = published.ask("SELECT oid, relname FROM pg_class WHERE relnamespace = 'vm'::regnamespace ORDER BY 1")
    before = {table: versions(published, table) for table in NAMES}
    before_others, before_changed = (versions(published, "fact_cost", where) for where in (others, changed))
    assert publish(nights[1], published.address)
    assert versions(published, "fact_cost", others) == before_others != []
    assert not set(versions(published, "fact_cost", changed)) & set(before_changed)
    with duckdb.connect(str(nights[0])) as first, duckdb.connect(str(nights[1])) as second:
        for table in TABLES:
            same = contents(first, table) == contents(second, table)
            assert (versions(published, table.name) == before[table.name]) == same, table.name
    again = published.ask("SELECT oid, relname FROM pg_class WHERE relnamespace = 'vm'::regnamespace ORDER BY 1")
    assert again == objects


def test_the_same_again_writes_nothing(published: Warehouse, nights: Nights) -> None:
    before = {table: versions(published, table) for table in NAMES}
    assert publish(nights[0], published.address)
    assert {table: versions(published, table) for table in NAMES} == before


def test_a_part_that_is_gone_is_removed(published: Warehouse, nights: Nights, later: Later, tmp_path: Path) -> None:
    gone = later(nights[0], "2027-01-01")
    with duckdb.connect(str(gone)) as con:
        con.execute("DELETE FROM vm.fact_cost WHERE period = '2022-04'; DELETE FROM vm.dim_price")
    assert publish(gone, published.address)
    assert fingerprint(published.address) == fingerprint_of(gone)
    assert published.ask("SELECT count(*) FROM vm.fact_cost WHERE period = '2022-04'") == [(0,)]


def test_an_older_night_never_replaces_a_newer_one(warehouse: Warehouse, nights: Nights) -> None:
    assert publish(nights[1], warehouse.address)
    assert not publish(nights[0], warehouse.address)
    assert fingerprint(warehouse.address) == fingerprint_of(nights[1])


@pytest.mark.parametrize("table", ["dim_provider", "fact_cost", "indicator_series"])
def test_a_failure_in_the_middle_leaves_the_night_before(
    published: Warehouse, nights: Nights, later: Later, table: str
) -> None:
    """Whichever table it comes at; and no cell is in what it says."""
    other = later(nights[1], "2027-01-01")
    with duckdb.connect(str(other)) as con:
        con.execute(f"UPDATE vm.{table} SET provider_code = 'SECRET' WHERE rowid = (SELECT max(rowid) FROM vm.{table})")
    published.ask(f"ALTER TABLE vm.{table} ADD CONSTRAINT known CHECK (provider_code <> 'SECRET') NOT VALID")
    with pytest.raises(WarehouseRefused, match="23514") as refused:
        publish(other, published.address)
    assert "SECRET" not in str(refused.value) and "hush-hush" not in str(refused.value)
    assert fingerprint(published.address) == fingerprint_of(nights[0])
    assert published.ask("SELECT count(*) FROM vm_ops.publication") == [(1,)]


def test_a_first_night_that_fails_leaves_no_trace(warehouse: Warehouse, nights: Nights, later: Later) -> None:
    wrong = later(nights[0], "2027-01-01")
    with duckdb.connect(str(wrong)) as con:
        con.execute("INSERT INTO vm.fact_cost SELECT * FROM vm.fact_cost LIMIT 1")
    with pytest.raises(WarehouseRefused, match="23505"):
        publish(wrong, warehouse.address)
    assert warehouse.ask("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'vm%'") == []


def test_a_publisher_that_is_killed_leaves_the_night_before(published: Warehouse, nights: Nights) -> None:
    with published.connect(autocommit=False) as blocker, ThreadPoolExecutor(1) as pool:
        blocker.execute("LOCK TABLE vm.reconciliation IN SHARE MODE")
        run = pool.submit(publish, nights[1], published.address)
        kill = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = '{}'"
        )
        _until(lambda: published.ask(kill.format(published.name)) == [(True,)])
        with pytest.raises(WarehouseRefused):
            run.result()
    assert fingerprint(published.address) == fingerprint_of(nights[0])
    assert publish(nights[1], published.address)
    assert fingerprint(published.address) == fingerprint_of(nights[1])


def _until(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < end, "it did not happen in 30 s"
        time.sleep(0.05)


_SUMS = "SELECT (SELECT sum(amount_gbp) FROM vm.fact_cost), (SELECT sum(team_total_gbp) FROM vm.reconciliation)"


def test_readers_see_one_night_or_the_other_while_nights_are_published(
    published: Warehouse, nights: Nights, later: Later
) -> None:
    """In one statement over several tables, and in several statements of one REPEATABLE READ transaction."""
    over, seen = threading.Event(), []

    def one_statement() -> None:
        with published.connect() as con:
            while not over.is_set():
                seen.append(con.execute(_SUMS).fetchone())

    def several() -> None:
        with published.connect(autocommit=False) as con:
            con.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            while not over.is_set():
                ledger = con.execute("SELECT sum(amount_gbp) FROM vm.fact_cost").fetchone()
                teams = con.execute("SELECT sum(team_total_gbp) FROM vm.reconciliation").fetchone()
                seen.append((*(ledger or ()), *(teams or ())))
                con.rollback()

    with ThreadPoolExecutor(3) as pool:
        readers = [pool.submit(one) for one in (one_statement, several, several)]
        for number in range(6):
            before = nights[number % 2] if number < 4 else None  # row by row, and at the end part by part
            assert publish(later(nights[1 - number % 2], f"2027-01-0{number + 1}"), published.address, before)
        over.set()
        for reader in readers:
            reader.result()
    assert all(ledger == teams for ledger, teams in seen)
    assert len(set(seen)) == 2, "both nights were seen"


def test_a_second_publisher_waits_and_then_says_who_is_at_work(
    published: Warehouse, nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(locking.alone, "__defaults__", (1, said.append))
    with opened(published.address) as first, first.begin():
        locking.alone(first)
        pid = first.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        with pytest.raises(
            WarehouseRefused, match=f"another publisher at work .process {pid} of postgres .vm-pipeline., since"
        ):
            publish(nights[1], published.address)
    assert [f"for up to 1 s: process {pid} of postgres" in one for one in said] == [True]
    assert publish(nights[1], published.address)


def test_publishers_at_once_come_one_after_the_other(published: Warehouse, nights: Nights, later: Later) -> None:
    drafts = [later(nights[number % 2], f"2027-01-0{number + 1}") for number in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda draft: publish(draft, published.address), drafts))
    assert fingerprint(published.address) == fingerprint_of(drafts[-1])


OF_READERS = {
    "client_encoding": ("LATIN1", "UTF8"),
    "default_transaction_isolation": ("repeatable read", "read committed"),
    "default_transaction_read_only": ("on", "off"),
    "statement_timeout": ("1min", "0"),
    "idle_session_timeout": ("1min", "0"),
    "idle_in_transaction_session_timeout": ("1min", "0"),
}


def test_what_an_administrator_sets_for_readers_stops_no_night(
    any_warehouse: Warehouse, nights: Nights, later: Later
) -> None:
    """Publishing, by them, would be refused, be cut short, take an old night for the last, or garble every accent."""
    with any_warehouse.connect() as administrator:
        for name, (given, _) in OF_READERS.items():
            said = f"ALTER DATABASE {any_warehouse.name} SET {name} = '{given}'"
            administrator.execute(said)  # type: ignore[call-overload]
    with opened(any_warehouse.address) as con:
        found = {name: con.exec_driver_sql(f"SHOW {name}").scalar() for name in OF_READERS}
    assert found == {name: needed for name, (_, needed) in OF_READERS.items()}
    accented = later(nights[0], "2027-01-01")
    with duckdb.connect(str(accented)) as draft:
        draft.execute("UPDATE vm.dim_team SET team_name = 'Café Ünit £ ' || team_code")
    assert publish(accented, any_warehouse.address)
    assert fingerprint(any_warehouse.address) == fingerprint_of(accented)


def test_settings_of_an_address_hold_beside_the_pipelines_own(warehouse: Warehouse) -> None:
    given = "&application_name=mine&options=-c%20work_mem%3D9MB%20-c%20timezone%3DAsia/Tokyo"
    with opened(warehouse.address + given) as con:
        found = [con.exec_driver_sql(f"SHOW {one}").scalar() for one in ("application_name", "work_mem", "timezone")]
    assert found == ["mine", "9MB", "UTC"]


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_a_database_that_has_not_every_letter_is_refused(own_server: Server, nights: Nights, encoding: str) -> None:
    name = own_server.new_database(f"ENCODING '{encoding}' LOCALE 'C' TEMPLATE template0")
    with pytest.raises(WarehouseRefused, match=f"found a database in the encoding {encoding}, expected UTF8"):
        publish(nights[0], own_server.address(name))
    assert published(own_server.address(name)) is None


def test_views_and_grants_of_reports_stay(published: Warehouse, nights: Nights) -> None:
    published.ask("CREATE SCHEMA reports")
    published.ask("CREATE VIEW reports.spend AS SELECT team_code, sum(amount_gbp) AS gbp FROM vm.fact_cost GROUP BY 1")
    published.ask("DROP ROLE IF EXISTS report_tool")
    published.ask("CREATE ROLE report_tool LOGIN; GRANT USAGE ON SCHEMA vm, reports TO report_tool;")
    published.ask("GRANT SELECT ON reports.spend, vm.team_month TO report_tool")
    before = published.ask("TABLE reports.spend", "report_tool")
    assert publish(nights[1], published.address)
    assert published.ask("TABLE reports.spend", "report_tool") != before
    assert published.ask("SELECT count(*) > 0 FROM vm.team_month", "report_tool") == [(True,)]
    published.ask("DROP OWNED BY report_tool; DROP ROLE report_tool")


def test_what_changed_is_analysed_at_once(published: Warehouse) -> None:
    known = published.ask("SELECT reltuples FROM pg_class WHERE oid = 'vm.fact_cost'::regclass")
    assert known == published.ask("SELECT count(*)::real FROM vm.fact_cost")


def test_a_server_that_died_is_told_by_what_it_did_and_not_by_how_libpq_goes_on() -> None:
    said = "consuming input failed: server closed the connection unexpectedly\n\tThis probably means the server"
    with pytest.raises(WarehouseRefused, match="closed the connection unexpectedly"), in_words("postgresql://u@h/w"):
        raise psycopg.OperationalError(f"{said} terminated abnormally\n\tbefore or while processing the request.")


@pytest.mark.parametrize("address", ["postgresql://u:hush-hush@nowhere.invalid/w?password=hush-hush"])
def test_a_server_that_is_not_there_is_told_without_the_password(nights: Nights, address: str) -> None:
    with pytest.raises(WarehouseRefused, match="found no server that lets us in") as refused:
        publish(nights[0], address)
    assert "hush-hush" not in str(refused.value) + shown(address)
    assert published(address) is None
