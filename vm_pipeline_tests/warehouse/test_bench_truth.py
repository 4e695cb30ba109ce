"""Feeds made by another hand, at some size, with the truth of them: our warehouse has no difference from it."""

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from vm_pipeline.sources.folder import find_extracts
from vm_pipeline.warehouse.fingerprint import fingerprint
from vm_pipeline_tests.programme import Programme

SHARED = Path(os.environ.get("VM_SHARED", Path(__file__).parents[3] / "shared"))
BENCH = SHARED / "bench"
SIZE = ["--ledger-rows", "60000", "--providers", "2", "--months", "13"]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (BENCH / "generate.py").is_file(), reason="no shared/bench here; VM_SHARED says where"),
]


def run(*arguments: str | Path) -> str:
    """A script of the bench, in a process of its own. What it says; fails with that."""
    done = subprocess.run([sys.executable, *map(str, arguments)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def assert_nothing_is_lost(con: duckdb.DuckDBPyConnection, feeds: Path) -> None:
    """Every row that was sent, counted in the files, was accepted or rejected; and every pound shared out."""
    for feed in ("ledger", "activity", "survey"):
        files = [str(path) for path in sorted((feeds / feed).glob("*/????-??.csv"))]
        with duckdb.connect() as counter:
            sent = counter.execute(
                "SELECT count(*) FROM read_csv(?, header = true, all_varchar = true, union_by_name = true)", [files]
            ).fetchone()
        received = con.execute(
            "SELECT sum(rows_received), sum(rows_accepted + rows_rejected) FROM vm.batch WHERE feed = ?", [feed]
        ).fetchone()
        assert received and sent and received == (sent[0], sent[0])
    assert con.execute("SELECT sum(abs(difference_gbp)) FROM vm.reconciliation").fetchall() == [(0,)]
    assert con.execute("SELECT count(*) FROM vm.batch WHERE refused_because IS NOT NULL").fetchall() == [(0,)]


def test_our_warehouse_agrees_with_the_truth_and_the_yardstick(programme: Programme, tmp_path: Path) -> None:
    """To the bit on any number of threads, too."""
    feeds, yardstick = tmp_path / "feeds", tmp_path / "limit.duckdb"
    run(BENCH / "generate.py", feeds, *SIZE)
    run(BENCH / "yardsticks" / "limit_duckdb.py", feeds, yardstick)
    extracts, problems = find_extracts(feeds)
    assert [problem.where for problem in problems] == []
    programme.landing.receive(extracts, programme.clock)
    programme.staging.stage(programme.receipts())
    con = programme.warehouse(threads=2)
    assert_nothing_is_lost(con, feeds)
    assert fingerprint(con) == fingerprint(programme.warehouse())
    ours = con.execute("SELECT path FROM duckdb_databases() WHERE database_name = 'warehouse'").fetchall()[0][0]
    programme.close()
    said = run(BENCH / "compare.py", feeds, yardstick, ours)
    assert said.count(" 0 differences") == 2, said
