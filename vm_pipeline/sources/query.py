"""A database as a source: one query a month, landed as CSV.

Belongs here: asking without being able to change anything, and streaming the answer.
Does not belong here: how a value is spelled (answer), what the columns mean (staging), other settings.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Self
from urllib.parse import quote

from pydantic import Field

from vm_pipeline import database_address
from vm_pipeline.keys import SECRET, Month
from vm_pipeline.sources.answer import write_answer
from vm_pipeline.sources.declared import FeedKeys
from vm_pipeline.sources.extract import Absent, Extract, Fetch, NotReceived, Problem
from vm_pipeline.sources.months import asked, facts
from vm_pipeline.sources.query_trouble import refused
from vm_pipeline.sources.sender import Sender

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection

_ROWS = 1000  # that lie in memory at once
_MB = 1 << 20
_CONNECT_SECONDS = 30
_EXPECTED = "an address like postgresql://host/name or sqlite:////path/to/file.db"
_DRIVERS = {"postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql", "mariadb": "mariadb+pymysql"}
_READ_ONLY: Mapping[str, Sequence[str]] = {
    "postgresql": ("SET TRANSACTION READ ONLY", "SET LOCAL statement_timeout = '{patience}s'"),
    "mysql": ("SET SESSION TRANSACTION READ ONLY", "START TRANSACTION READ ONLY"),
    "mariadb": ("SET SESSION TRANSACTION READ ONLY", "START TRANSACTION READ ONLY"),
    "sqlite": ("PRAGMA query_only = ON",),
    "oracle": ("SET TRANSACTION READ ONLY",),
}


@dataclass(frozen=True, kw_only=True)
class QueryKeys(FeedKeys):
    """A query."""

    query: str
    """SQL asked once a month, in a transaction that can only read: `:provider_code`, `:period`, `:year`,
    `:month`, `:first_day`, `:last_day` (ISO) and `:financial_year` (`2022/23`) are filled in. It must order its
    rows, or every night looks changed."""
    database: Annotated[str, SECRET] = field(repr=False)
    """Address of the database, as SQLAlchemy takes it."""
    first: Month
    """First month to ask for, such as `2026-04`."""
    last: Month
    """Last month to ask for. May lie ahead."""
    patience: Annotated[int, Field(ge=1)] = 600
    """Seconds the database may take to answer, or to give the next rows."""
    max_mb: Annotated[int, Field(ge=1)] = 4096
    """An answer of more megabytes is not taken."""

    def __post_init__(self) -> None:
        """Raises ValueError, in words and without the address, where nothing can be asked."""
        super().__post_init__()
        asked(self.first, self.last)
        _address(self.database, Path())
        _check_parameters(self.query, (*facts(self.first), "provider_code"))

    @property
    def spans(self) -> tuple[tuple[str, str], ...]:
        """The months it is asked for, an extract each."""
        return tuple((month, month) for month in asked(self.first, self.last))

    def source(self, base: Path, provider: str, layout: str) -> "QuerySource":
        """Of one provider, with the layout as JSON and files of a database below `base`."""
        return QuerySource.of(self, Sender(self.feed, provider, layout, self.part), base)


@dataclass(frozen=True)
class QuerySource:
    """A query of one feed of one provider. The same rows in the same order are the same bytes."""

    sender: Sender
    asked: QueryKeys

    @classmethod
    def of(cls, keys: QueryKeys, sender: Sender, base: Path) -> Self:
        """The source that keys describe. Raises ValueError."""
        url = _address(keys.database, base)
        return cls(sender, replace(keys, database=url.render_as_string(hide_password=False)))

    def find(self) -> tuple[list[Extract], list[Problem]]:
        """An extract a month; landing asks the database when it reads it. A month without rows is absent."""
        origin = f"{self.sender} from {_shown(self.asked.database)}"
        return [
            self.sender.extract(
                self.sender.slot(month), f"{origin}, {month}", Fetch(partial(self._bring, month)), origin=origin
            )
            for month in asked(self.asked.first, self.asked.last)
        ], []

    def _bring(self, month: str, draft: Path, mark: str) -> str:
        """Write one month's answer. An engine a month keeps no connection and no password once it is over."""
        try:
            with draft.open("x", encoding="utf-8", newline="") as text, _connected(self.asked) as con:
                rows = _answer(con, self.asked.query, {**facts(month), "provider_code": self.sender.provider_code})
                header = next(rows)
                if not write_answer(text, [str(name) for name in header], _no_more_than(rows, draft, self.asked)):
                    raise Absent
        except (NotReceived, Absent, OSError):
            raise
        except Exception as error:
            raise refused(error, self.asked.patience) from None
        return ""


def _answer(con: "Connection", query: str, said: Mapping[str, str]) -> Iterator[Sequence[object]]:
    """The names of the columns, then the rows, as the database gives them."""
    from sqlalchemy import text

    answer = con.execution_options(yield_per=_ROWS).execute(text(query), said)
    yield tuple(answer.keys())
    yield from answer


def _no_more_than(rows: Iterator[Sequence[object]], draft: Path, asked: QueryKeys) -> Iterator[Sequence[object]]:
    for number, row in enumerate(rows):
        if number % _ROWS == 0 and draft.stat().st_size > asked.max_mb * _MB:
            found = f"an answer of more than {asked.max_mb} MB"
            raise NotReceived(found, "less", "Correct the query, or raise `max_mb`.", everywhere=True)
        yield row


@contextmanager
def _connected(asked: QueryKeys) -> Iterator["Connection"]:
    """A connection that can only read."""
    from sqlalchemy import create_engine, make_url
    from sqlalchemy.pool import NullPool

    url = make_url(asked.database)
    logging.getLogger("sqlalchemy.pool.impl.NullPool").addFilter(_without_reason)
    waits = _patience(url.get_driver_name(), asked)
    engine = create_engine(url, poolclass=NullPool, connect_args=waits, hide_parameters=True)
    with engine.connect() as con:
        try:
            for statement in _READ_ONLY.get(url.get_backend_name(), ()):
                con.exec_driver_sql(statement.format(patience=asked.patience))
            yield con
        except BaseException:
            _let_go(con)
            raise


def _without_reason(record: logging.LogRecord) -> bool:
    """SQLAlchemy logs why a connection failed in the words of the driver, which may show what it was given."""
    if isinstance(record.args, tuple):
        record.args = tuple(type(one).__name__ if isinstance(one, BaseException) else one for one in record.args)
    return True


def _let_go(con: "Connection") -> None:
    """Close without the rest of the answer: MariaDB's driver would read it all first, however much it is."""
    answer = getattr(con.connection.dbapi_connection, "_result", None)
    if answer is not None:
        answer.unbuffered_active = False
    con.invalidate()


def _patience(driver: str, asked: QueryKeys) -> dict[str, Any]:
    return {
        "psycopg": {"connect_timeout": _CONNECT_SECONDS},
        "pymysql": {"connect_timeout": _CONNECT_SECONDS, "read_timeout": asked.patience},
        "pysqlite": {"timeout": asked.patience},
    }.get(driver, {})


def _address(text: str, base: Path) -> "URL":
    """The address with a driver that is there; an SQLite file is opened for reading and never made."""
    from sqlalchemy.exc import ArgumentError

    url = database_address.read(text, "`database`", _EXPECTED)
    url = url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))
    try:
        url.get_dialect().import_dbapi()
    except ArgumentError:
        raise ValueError(f"found no `database` that can be read, expected {_EXPECTED}.") from None
    except ImportError as error:
        raise ValueError(f"found no driver {error.name!r}, expected it for this `database`. Install it.") from None
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return url
    path = str(url.database)
    path = path if path.startswith("file:") else "file:" + quote(str((base / path).absolute()))
    return url.set(database=path, query={**url.query, "mode": "ro", "uri": "true"})


def _check_parameters(query: str, known: Sequence[str]) -> None:
    """Raises ValueError, in words, where a query asks by something that nobody fills in."""
    from sqlalchemy import text

    unknown = [name for name in text(query).compile().params if name not in known]
    if unknown:
        names = ", ".join(f":{name}" for name in known)
        raise ValueError(
            f"found :{unknown[0]} in `query`, expected of parameters only {names}. Others begin with `\\:`."
        )


def _shown(text: str) -> str:
    """An address without user, password and options."""
    from sqlalchemy import URL, make_url

    url = make_url(text)
    return str(URL.create(url.drivername, host=url.host, port=url.port, database=url.database))
