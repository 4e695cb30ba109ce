"""Dagster's event log in SQLite, keeping its connections.

Belongs here: this one storage class, named in the `dagster.yaml` of a home.
Does not belong here: anything of ours that must not be lost: this is the history of runs, not of receipts.

Dagster 1.13 makes a new engine for every event it writes, and compiles its SQL anew each time: 450 events of a first
night over 36 months took 6.9 s of processor time; with engines kept and no flush to disk per event, 2 to 3.

Each run has a file of its own, and Dagster lets Alembic look after each: 60 ms of processor time a file, of three a
night. Here a new one gets the tables of the index, which are the same, in 2. Three are 2 MB: they go with their runs.

While a connection is open, new events lie in the write-ahead log beside the database file. Dagster's pages learn of
them from a watch on the file alone: here the log is watched too, or a run's page would stand still.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from dagster import DagsterInstance
from dagster._core.storage.event_log.sqlite.sqlite_event_log import (
    INDEX_SHARD_NAME,
    SqliteEventLogStorage,
    SqliteEventLogStorageWatchdog,
)
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import OperationalError

_WAIT_SECONDS = 60
_KEPT = 8  # the index, and the runs last written or read: every run has a file, and a daemon lives for months


class KeptSqliteEventLogStorage(SqliteEventLogStorage):
    """The storage it derives from, with one engine a database file, for the files used last.

    `base_dir` may be relative to the folder of `dagster.yaml`: a home that is moved takes its history along.
    """

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        """Where the folder of the instance is must be known before a relative one can be made."""
        self._given, self._inst_data = base_dir, inst_data
        if Path(base_dir).is_absolute():
            super().__init__(base_dir, inst_data)

    def register_instance(self, instance: DagsterInstance) -> None:
        """The instance it belongs to is there."""
        if not Path(self._given).is_absolute():
            super().__init__(str(Path(instance.root_directory) / self._given), self._inst_data)
        super().register_instance(instance)

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Any
    ) -> "KeptSqliteEventLogStorage":
        """How Dagster makes it from `dagster.yaml`."""
        return cls(inst_data=inst_data, **config_value)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            engine = self._engine(shard)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.connect() as connection, connection.begin():
                yield connection

    def _initdb(self, engine: Engine, for_index_shard: bool = False) -> None:
        """Called under the lock, but for the index of a new home. What two do at once, Dagster's way sees through."""
        with suppress(OperationalError):
            if not for_index_shard and self._is_made(engine):
                return
        super()._initdb(engine, for_index_shard)

    def _is_made(self, engine: Engine) -> bool:
        """Whether they are there, by now; those of the index are copied where there are none."""
        with self._engine(INDEX_SHARD_NAME).connect() as index, engine.connect() as connection:
            if not _tables(connection):
                _copy_tables(index, connection)
            return bool(_revisions(connection))

    def _engine(self, shard: str) -> Engine:
        """Called under the lock: no connection is in use but the one that is asked for."""
        engines: dict[str, Engine] = self.__dict__.setdefault("_engines", {})
        engine = engines.pop(shard, None) or self._new_engine(shard)
        engines[shard] = engine
        if len(engines) > _KEPT:
            engines.pop(next(iter(engines))).dispose()
        return engine

    def _new_engine(self, shard: str) -> Engine:
        options = {"timeout": _WAIT_SECONDS, "check_same_thread": False}
        engine = create_engine(self.conn_string_for_shard(shard), connect_args=options)
        event.listen(engine, "connect", _write_ahead_without_flush)
        return engine

    def has_table(self, table_name: str) -> bool:
        """Whether it is in the index."""
        return self._stays(f"table {table_name}", partial(super().has_table, table_name))

    def has_secondary_index(self, name: str) -> bool:
        """Whether it was made."""
        return self._stays(f"index {name}", partial(super().has_secondary_index, name))

    def _has_asset_key_col_on_connection(self, conn: Connection, column_name: str) -> bool:
        return self._stays(
            f"column {column_name}", partial(super()._has_asset_key_col_on_connection, conn, column_name)
        )

    def _stays(self, what: str, is_there: Callable[[], bool]) -> bool:
        """Asked with every event, check and tag, 640 times a small night: what is there once stays."""
        found: set[str] = self.__dict__.setdefault("_found", set())
        if what not in found and is_there():
            found.add(what)
        return what in found

    def delete_events(self, run_id: str) -> None:
        """Of a run that is pruned its file goes, too: Dagster empties it, and leaves it as large as it was."""
        super().delete_events(run_id)
        with self._db_lock:
            if engine := self.__dict__.get("_engines", {}).pop(run_id, None):
                engine.dispose()
            self._initialized_dbs.discard(run_id)
            for path in Path(self._base_dir).glob(f"{run_id}.db*"):  # beside it what SQLite wrote ahead
                path.unlink(missing_ok=True)

    def watch(self, run_id: str, cursor: str | None, callback: Any) -> None:
        """Call back with every new event of a run."""
        super().watch(run_id, cursor, callback)
        observer: Any = self._obs
        stock, scheduled = self._watchers[run_id][callback]
        observer.remove_handler_for_watch(stock, scheduled)
        watchdog = _Watchdog(self, run_id, callback, cursor)
        observer.add_handler_for_watch(watchdog, scheduled)
        self._watchers[run_id][callback] = (watchdog, scheduled)

    def dispose(self) -> None:
        """Close what was kept open."""
        for engine in self.__dict__.pop("_engines", {}).values():
            engine.dispose()
        super().dispose()


class _Watchdog(SqliteEventLogStorageWatchdog):
    """Looks where it always looked, and at the write-ahead log."""

    @property
    def patterns(self) -> list[str]:
        """Files whose changes mean new events."""
        return [self._log_path, f"{self._log_path}-wal"]

    def on_modified(self, event: Any) -> None:
        """One of them changed."""
        self._process_log()


def _write_ahead_without_flush(connection: Any, _: Any) -> None:
    connection.execute("PRAGMA synchronous = NORMAL")


def _copy_tables(source: Connection, target: Connection) -> None:
    """In one piece: whoever comes second waits, and finds them."""
    target.exec_driver_sql("PRAGMA journal_mode = WAL")
    target.exec_driver_sql("BEGIN IMMEDIATE")
    if not _tables(target):
        for definition in _tables(source):
            target.exec_driver_sql(definition)
        for revision in _revisions(source):
            target.exec_driver_sql("INSERT INTO alembic_version VALUES (?)", (revision,))
    target.commit()


def _tables(connection: Connection) -> list[str]:
    """Definitions of tables and of their indexes, in the order they were made."""
    query = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid"
    return list(connection.exec_driver_sql(query).scalars())


def _revisions(connection: Connection) -> list[str]:
    return list(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars())
