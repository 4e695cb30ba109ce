"""How long publishing to PostgreSQL takes, beside the least it could take; and how readers fare meanwhile.

    python -m bench.postgres SNAPSHOT LATER [--rounds 3] [--nights 50]

LATER is the warehouse of SNAPSHOT after one ledger month was sent again (the scenario `month` leaves such two).

Belongs here: measuring, on a server that comes with the tests. Does not belong here: judging (the targets are printed).

The least is a bare COPY of the same rows from files into tables with the same partitions, keys and indexes, in one
transaction. Both are asked in turn of one server, which does not wait for its disk.
"""

import argparse
import itertools
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import duckdb
import psycopg

from bench.readers import RATE, READERS, Readers
from bench.scenarios import MONTH
from vm_pipeline.warehouse.fingerprint import fingerprint_of
from vm_pipeline.warehouse.postgres.address import opened
from vm_pipeline.warehouse.postgres.parts import contents, time_of, year_of
from vm_pipeline.warehouse.postgres.publish import fingerprint, publish
from vm_pipeline.warehouse.postgres.schema import attach_partition, create, kept, make_partition
from vm_pipeline.warehouse.tables import TABLES
from vm_pipeline_tests.postgres.servers import Server, bundled

SECONDS, RESTLESS = 15, 5  # of one series of readers; nights published while readers do not pause
_LOAD = f"{READERS} readers, {RATE} questions a second"
HEADER = ("", "median", "each run")


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("snapshot", type=Path)
    parser.add_argument("later", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--nights", type=int, default=50, help="published while others read")
    asked = parser.parse_args()
    for line in table(asked.snapshot, asked.later, asked.rounds, asked.nights):
        print(": ".join(line), flush=True)


def table(snapshot: Path, later: Path, rounds: int, nights: int = 50) -> Iterator[list[str]]:
    """What was measured, its median, every figure. Raises RuntimeError where readers saw an error or a torn answer.

    Raises AssertionError where the server has another content.
    """
    with tempfile.TemporaryDirectory() as name, bundled() as server:
        folder = Path(name)
        bare, ours, database = [], [], ""
        for _ in range(rounds):
            files = _files(snapshot, folder)
            bare.append(_bare(server, snapshot, files))
            for path in files.values():
                path.unlink()
            database = server.new_database()
            ours.append(_seconds(partial(publish, snapshot, server.address(database))))
        yield _line("rows published", [_rows(snapshot)], "{:,.0f}")
        yield _line("bare COPY, s", bare)
        yield _line("publish, s", ours)
        yield _line("publish ÷ bare COPY (target: at most 1.5)", [a / b for a, b in zip(ours, bare, strict=True)])
        turns = _Turns(server.address(database), _copies(snapshot, later, folder))
        assert fingerprint(turns.address) == fingerprint_of(snapshot)
        yield _line(
            "nothing changed, s", [_seconds(lambda: publish(turns.there, turns.address)) for _ in range(rounds)]
        )
        wall, processor = zip(*(turns.next() for _ in range(2 * rounds)), strict=True)
        yield _line("one month changed, s (target: at most 3)", list(wall))
        yield _line("one month changed, s of our processor time", list(processor))
        yield from _while_reading(Readers(server, database, folder, _provider(snapshot), MONTH), turns, nights)
        turns.next()
        assert fingerprint(turns.address) == fingerprint_of(turns.there)


class _Turns:
    """Two nights that are published in turn, each as if it were the later one."""

    def __init__(self, address: str, files: tuple[Path, Path]) -> None:
        self.address, self.there, self._files = address, files[0], itertools.cycle(reversed(files))
        self._numbers = itertools.count(1)

    def next(self) -> tuple[float, float]:
        """Publish the other one. Seconds on the clock, and of this process on processors."""
        draft, before = next(self._files), self.there
        with duckdb.connect(str(draft)) as con:
            con.execute("UPDATE pipeline.publication SET as_of = ?", [f"9999-{next(self._numbers):04}"])
        processor = time.process_time()
        wall = _seconds(lambda: publish(draft, self.address, before=before))
        self.there = draft
        return wall, time.process_time() - processor


def _while_reading(readers: Readers, turns: _Turns, nights: int) -> Iterator[list[str]]:
    """Box scores while nothing is published, during so many publications, and during some by readers without pauses."""
    readers.make_ready()
    yield _line(f"box scores of {_LOAD}, p95 in ms", [_p95(readers.read(SECONDS, pausing=True))])
    for count, pausing, load in ((nights, True, _LOAD), (RESTLESS, False, f"{READERS} readers without pauses")):
        walls, waits = _during(readers, turns, count, pausing)
        yield _line(f"{count} nights published meanwhile, one month changed, s each", walls, each=False)
        yield _line(
            f"box scores given to {load}, no error{', no torn sum' if pausing else ''}", [len(waits)], "{:,.0f}"
        )
        target = " (target: below 50)" if pausing else ""
        yield _line(f"their box scores, p95 in ms{target}", [_p95(waits)])


def _during(readers: Readers, turns: _Turns, nights: int, pausing: bool) -> tuple[list[float], list[float]]:
    """Seconds of every publication, and milliseconds of every box score that was asked for meanwhile."""
    with ThreadPoolExecutor(1) as pool:
        publishing = pool.submit(lambda: [turns.next()[0] for _ in range(nights)])
        waits: list[float] = []
        while not publishing.done():
            waits += readers.read(SECONDS, pausing)
        return publishing.result(), waits


def _line(what: str, figures: list[float], form: str = "{:.2f}", each: bool = True) -> list[str]:
    said = ", ".join(map(form.format, figures if each else [min(figures), max(figures)]))
    return [what, form.format(statistics.median(figures)), said if each else said.replace(", ", " to ")]


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _p95(waits: list[float]) -> float:
    return statistics.quantiles(waits, n=20)[-1]


def _rows(snapshot: Path) -> float:
    with duckdb.connect(str(snapshot), read_only=True) as con:
        return sum(one.rows for table in TABLES for one in contents(con, table).values())


def _provider(snapshot: Path) -> str:
    with duckdb.connect(str(snapshot), read_only=True) as con:
        found = con.execute("SELECT min(provider_code) FROM vm.dim_provider").fetchone()
    return str(found[0]) if found else ""


def _copies(snapshot: Path, later: Path, folder: Path) -> tuple[Path, Path]:
    """Both, where they may be given other dates."""
    one, other = folder / "one.duckdb", folder / "other.duckdb"
    shutil.copyfile(snapshot, one)
    shutil.copyfile(later, other)
    return one, other


def _files(snapshot: Path, folder: Path) -> dict[str, Path]:
    """Every table as the CSV that COPY reads."""
    with duckdb.connect(str(snapshot), read_only=True) as con:
        for table in TABLES:
            con.execute(f"COPY vm.{table.name} TO '{folder / table.name}.csv' (HEADER false)")
    return {table.name: folder / f"{table.name}.csv" for table in TABLES}


def _bare(server: Server, snapshot: Path, files: dict[str, Path]) -> float:
    """One transaction of COPY statements, one a table."""
    name = server.new_database()
    with duckdb.connect(str(snapshot), read_only=True) as source, opened(server.address(name)) as con, con.begin():
        create(con)
        for table in filter(time_of, TABLES):
            for year in sorted(set(map(year_of, contents(source, table)))):
                make_partition(con, kept()[table.name], year)
                attach_partition(con, kept()[table.name], year)
    with server.connect(name, autocommit=False) as to:
        took = _seconds(lambda: _copy_all(to, files))
    with server.connect("postgres") as con:
        con.execute(f"DROP DATABASE {name}")  # type: ignore[call-overload]
    return took


def _copy_all(con: psycopg.Connection[tuple[object, ...]], files: dict[str, Path]) -> None:
    for table, path in files.items():
        with (
            con.cursor() as cursor,
            cursor.copy(f"COPY vm.{table} FROM STDIN (FORMAT csv)") as copy,
            path.open("rb") as file,
        ):  # type: ignore[call-overload]
            while block := file.read(2**20):
                copy.write(block)
    con.commit()


if __name__ == "__main__":
    main()
