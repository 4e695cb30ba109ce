"""Dagster's event log in SQLite, keeping its connections.

Belongs here: this one storage class, named in the `dagster.yaml` of a home.
Does not belong here: anything of ours that must not be lost: this is the history of runs, not of receipts.

Dagster 1.13 makes a new engine for every event it writes, and compiles its SQL anew each time: 450 events of a first
night over 36 months took 6.9 s of processor time; with engines kept and no flush to disk per event, 2 to 3.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, create_engine, event

_WAIT_SECONDS = 60


class KeptSqliteEventLogStorage(SqliteEventLogStorage):
    """The storage it derives from, with one engine a database file for as long as the process lives."""

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

    def _engine(self, shard: str) -> Engine:
        engines: dict[str, Engine] = self.__dict__.setdefault("_engines", {})
        if shard not in engines:
            options = {"timeout": _WAIT_SECONDS, "check_same_thread": False}
            engines[shard] = create_engine(self.conn_string_for_shard(shard), connect_args=options)
            event.listen(engines[shard], "connect", _write_ahead_without_flush)
        return engines[shard]

    def dispose(self) -> None:
        """Close what was kept open."""
        for engine in self.__dict__.pop("_engines", {}).values():
            engine.dispose()
        super().dispose()


def _write_ahead_without_flush(connection: Any, _: Any) -> None:
    connection.execute("PRAGMA synchronous = NORMAL")
