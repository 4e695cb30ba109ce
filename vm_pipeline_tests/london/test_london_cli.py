"""The example through the command people run, with every gate of a real night."""

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from vm_pipeline.warehouse.fingerprint import fingerprint, fingerprint_of
from vm_pipeline.warehouse.postgres.publish import fingerprint as fingerprint_at
from vm_pipeline.warehouse.postgres.publish import publish
from vm_pipeline_tests.london.night import EXAMPLE
from vm_pipeline_tests.postgres.servers import bundled


@pytest.mark.slow
def test_the_command_publishes_what_the_steps_build(
    con: duckdb.DuckDBPyConnection, london: Path, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", "from vm_pipeline.cli import main; main()", "run", "--strict"]
    done = subprocess.run(
        [*command, "--config", str(EXAMPLE / "vm.toml"), "--home", str(tmp_path)],
        env={**os.environ, "LONDON": str(london)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert fingerprint_of(tmp_path / "warehouse.duckdb") == fingerprint(con)
    with bundled() as server:
        address = server.address(server.new_database())
        assert publish(tmp_path / "warehouse.duckdb", address)
        assert fingerprint_at(address) == fingerprint(con)
