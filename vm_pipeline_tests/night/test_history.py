"""Dagster's event log as a home keeps it: a run's file has the tables that Dagster would make, whoever makes it."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage

from vm_pipeline.defs.run import dagster_home, dagster_instance
from vm_pipeline.defs.storage import KeptSqliteEventLogStorage

RUN = "0b1d7a70-0000-4000-8000-000000000001"


@pytest.fixture
def log(tmp_path: Path) -> Iterator[KeptSqliteEventLogStorage]:
    """An event log without runs."""
    storage = KeptSqliteEventLogStorage(str(tmp_path))
    yield storage
    storage.dispose()


def made(storage: SqliteEventLogStorage) -> tuple[list[object], str]:
    """Tables, indexes and revision of a run's file, once it was asked for; and how it is written."""
    with storage.run_connection(RUN):
        pass
    with closing(sqlite3.connect(storage.path_for_shard(RUN))) as con:
        tables = con.execute("SELECT type, name, sql FROM sqlite_master ORDER BY type, name").fetchall()
        found = [*tables, *con.execute("SELECT * FROM alembic_version").fetchall()]
        return found, str(con.execute("PRAGMA journal_mode").fetchone()[0])


def test_a_run_gets_the_tables_dagster_makes(log: KeptSqliteEventLogStorage, tmp_path: Path) -> None:
    stock = SqliteEventLogStorage(str(tmp_path / "stock"))
    assert made(log) == made(stock)


def test_several_at_once_make_one_file(log: KeptSqliteEventLogStorage, tmp_path: Path) -> None:
    alone = made(SqliteEventLogStorage(str(tmp_path / "stock")))
    others = [KeptSqliteEventLogStorage(str(tmp_path)) for _ in range(4)]
    with ThreadPoolExecutor(len(others)) as pool:
        assert list(pool.map(made, others)) == [alone] * len(others)
    for other in others:
        other.dispose()


def test_a_file_half_made_is_made_by_dagster(log: KeptSqliteEventLogStorage) -> None:
    with closing(sqlite3.connect(log.path_for_shard(RUN))) as con:
        con.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        con.commit()
    tables, _ = made(log)
    assert {"event_logs", "asset_keys"} <= {row[1] for row in tables if isinstance(row, tuple) and len(row) > 1}


@pytest.mark.parametrize("said", ["", "LocalComputeLogManager"])
def test_what_steps_print_goes_where_the_administrator_says(said: str, tmp_path: Path) -> None:
    settings = dagster_home(tmp_path) / "dagster.yaml"
    if said:
        place = f"  module: dagster._core.storage.local_compute_log_manager\n  class: {said}\n"
        settings.write_text(f"{settings.read_text()}compute_logs:\n{place}  config:\n    base_dir: {tmp_path}/mine\n")
    with dagster_instance(tmp_path) as instance:
        assert type(instance.compute_log_manager).__name__ == (said or "NoOpComputeLogManager")
