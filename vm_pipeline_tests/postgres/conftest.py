"""Servers, a fresh database for each test, and two finished nights of the small world."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest

from vm_pipeline.warehouse.postgres.publish import publish
from vm_pipeline_tests.postgres.servers import DEBIAN, Server, bundled, debian
from vm_pipeline_tests.programme import Programme
from vm_pipeline_tests.warehouse.world import put, small_world

Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Warehouse:
    """A database that may be published to, and who asks it."""

    server: Server
    name: str

    @property
    def address(self) -> str:
        return self.server.address(self.name)

    def connect(self, user: str = "postgres", **options: Any) -> psycopg.Connection[Any]:
        return self.server.connect(self.name, user, **options)

    def ask(self, sql: str, user: str = "postgres") -> Rows:
        """Rows of one statement."""
        with self.connect(user) as con:
            found = con.execute(sql)  # type: ignore[call-overload]
            return list(found.fetchall()) if found.description else []


@pytest.fixture(scope="session")
def own_server() -> Iterator[Server]:
    """The server that comes with the tests."""
    with bundled() as server:
        yield server


@pytest.fixture(scope="session")
def debian_server() -> Iterator[Server]:
    """Debian's."""
    if not DEBIAN:
        pytest.skip("no PostgreSQL of Debian's packages here")
    with debian() as server:
        yield server


@pytest.fixture
def warehouse(own_server: Server) -> Warehouse:
    """An empty database."""
    return Warehouse(own_server, own_server.new_database())


@pytest.fixture(params=["own_server", "debian_server"])
def any_warehouse(request: pytest.FixtureRequest) -> Warehouse:
    """An empty database, on each server there is."""
    server = request.getfixturevalue(request.param)
    return Warehouse(server, server.new_database())


@pytest.fixture(scope="session")
def nights(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two finished drafts: the small world, and the same after one board has sent one ledger month again."""
    world, programme = small_world(), Programme(tmp_path_factory.mktemp("nights"))
    put(world, programme)
    programme.night()
    programme.warehouse()
    line = world.ledger["B1", "2022-05"][0]
    programme.ledger({**line, "amount": "1234.56"}, period="2022-05")
    programme.night()
    programme.warehouse()
    programme.close()
    return programme.home / "work" / "1.duckdb", programme.home / "work" / "2.duckdb"


@pytest.fixture
def published(warehouse: Warehouse, nights: tuple[Path, Path]) -> Warehouse:
    """A warehouse with the first night."""
    assert publish(nights[0], warehouse.address)
    return warehouse


@pytest.fixture
def later(tmp_path: Path) -> Callable[[Path, str], Path]:
    """A copy of a draft that says it is of another time, after some SQL."""

    def copied(draft: Path, as_of: str, sql: str = "") -> Path:
        target = tmp_path / f"{as_of}.duckdb"
        shutil.copyfile(draft, target)
        with duckdb.connect(str(target)) as con:
            con.execute("UPDATE pipeline.publication SET as_of = ?", [as_of])
            con.execute(sql or "SELECT 1")
        return target

    return copied
