"""How long publishing to PostgreSQL takes, beside the least it could take; and how readers fare.

    python -m bench.postgres SNAPSHOT [--rounds 3]

Belongs here: measuring, on a server that comes with the tests. Does not belong here: judging (the targets are printed).

The least is a bare COPY of the same rows from files into tables with the same partitions, keys and indexes.
"""

import argparse
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import psycopg

from vm_pipeline.warehouse.fingerprint import fingerprint_of
from vm_pipeline.warehouse.postgres.address import opened
from vm_pipeline.warehouse.postgres.parts import contents, time_of, year_of
from vm_pipeline.warehouse.postgres.publish import fingerprint, publish
from vm_pipeline.warehouse.postgres.schema import attach_partition, create, kept, make_partition
from vm_pipeline.warehouse.tables import TABLES
from vm_pipeline_tests.postgres.servers import Server, bundled

READERS, SECONDS = 32, 10
BOX_SCORE = "SELECT * FROM vm.team_week WHERE provider_code = %s AND team_code = %s ORDER BY week_start DESC LIMIT 26"


HEADER = ("", "median", "each run")


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("snapshot", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    for line in table(asked.snapshot, asked.rounds):
        print(": ".join(line))


def table(snapshot: Path, rounds: int) -> list[list[str]]:
    """What was measured, its median, every figure. Raises AssertionError where the server has another content."""
    with tempfile.TemporaryDirectory() as folder, bundled() as server:
        files = _files(snapshot, Path(folder))
        bare, ours, address = [], [], ""
        for _ in range(rounds):
            bare.append(_bare(server, snapshot, files))
            address = server.address(server.new_database())
            ours.append(_seconds(lambda to=address: publish(snapshot, to)))
        assert fingerprint(address) == fingerprint_of(snapshot)
        again = [_seconds(lambda: publish(snapshot, address)) for _ in range(rounds)]
        changed = list(_months(snapshot, Path(folder), rounds))
        months = [_seconds(lambda to=d: publish(to, address)) for d in changed]
        assert fingerprint(address) == fingerprint_of(changed[-1])
        return [
            _line("bare COPY, s", bare),
            _line("publish, s", ours),
            _line("publish ÷ bare COPY (target: at most 1.5)", [a / b for a, b in zip(ours, bare, strict=True)]),
            _line("nothing changed, s", again),
            _line("one month changed, s (target: at most 3)", months),
            _line(f"box score, p95 of {READERS} readers, ms (target: below 50)", [_p95(server, address)]),
        ]


def _line(what: str, figures: list[float]) -> list[str]:
    return [what, f"{statistics.median(figures):.2f}", ", ".join(f"{one:.2f}" for one in figures)]


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


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
        return _seconds(lambda: _copy_all(to, files))


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


def _months(snapshot: Path, folder: Path, rounds: int) -> Iterator[Path]:
    """Later nights: each has other amounts in the last month of one provider, in the facts and in the months."""
    for number in range(rounds):
        target = folder / f"{number}.duckdb"
        shutil.copyfile(snapshot, target)
        with duckdb.connect(str(target)) as con:
            con.execute("UPDATE pipeline.publication SET as_of = ?", [f"9999-{number:02}"])
            for table, column in (("fact_cost", "amount_gbp"), ("team_month", "direct_cost_gbp")):
                con.execute(
                    f"UPDATE vm.{table} SET {column} = {column} + {number + 1} WHERE period = (SELECT max(period) "
                    f"FROM vm.{table}) AND provider_code = (SELECT min(provider_code) FROM vm.{table})"
                )
        yield target


def _p95(server: Server, address: str) -> float:
    """Milliseconds. Every reader asks again as soon as it has its answer."""
    database = address.partition("?")[0].rpartition("/")[2]
    with server.connect(database) as con:
        teams = con.execute("SELECT DISTINCT provider_code, team_code FROM vm.team_week").fetchall()
    with ThreadPoolExecutor(READERS) as pool:
        runs = list(pool.map(lambda seed: _read(server, database, teams, seed), range(READERS)))
    waits = sorted(wait for run in runs for wait in run)
    return waits[int(len(waits) * 0.95)] * 1000


def _read(server: Server, database: str, teams: list[tuple[object, ...]], seed: int) -> list[float]:
    chance, waits, end = random.Random(seed), [], time.monotonic() + SECONDS
    with server.connect(database) as con:
        while time.monotonic() < end:
            team = chance.choice(teams)
            waits.append(_seconds(lambda of=team: con.execute(BOX_SCORE, of).fetchall()))
    return waits


if __name__ == "__main__":
    main()
