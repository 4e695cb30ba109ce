"""The DuckDBs that rows are staged in: how they are set up, and one for each thread.

Belongs here: opening and closing them.
Does not belong here: what is done in them (load, rehearsal), which batches go together (batches).
"""

import threading
import uuid
from pathlib import Path
from typing import Any

import duckdb

from vm_pipeline.memory import limits
from vm_pipeline.staging.policy import Policy


def configuration(memory: str = "", several: int = 1) -> dict[str, Any]:
    """How each of several DuckDBs that rows are staged in, or tried, is set up.

    What a layout divides by nothing has no value: it rejects a row and not the batch.
    """
    return limits(memory, 1, several) | {"error_on_division_by_zero": "false"}


class Workers:
    """One single-threaded DuckDB a worker: row order is file order, and a batch's tables are nobody else's."""

    def __init__(self, workspace: Path, pseudonym_key: str, policy: Policy, limits: dict[str, Any]) -> None:
        self.workspace, self.policy, self._limits = workspace, policy, limits
        self._key = pseudonym_key
        self._local = threading.local()
        self._open: list[duckdb.DuckDBPyConnection] = []

    def connection(self) -> duckdb.DuckDBPyConnection:
        """That of this thread."""
        if not hasattr(self._local, "con"):
            spill = self.workspace / f"{uuid.uuid4().hex}.spill"  # shared, they would read each other's blocks
            self._local.con = duckdb.connect(config={**self._limits, "temp_directory": str(spill)})
            self._local.con.execute("SET VARIABLE pseudonym_key = ?", [self._key])
            self._open.append(self._local.con)
        con: duckdb.DuckDBPyConnection = self._local.con
        return con

    def close(self) -> None:
        """All of them."""
        for con in self._open:
            con.close()
