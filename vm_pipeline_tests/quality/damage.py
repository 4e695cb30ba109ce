"""Spoiling what staging wrote, in one way at a time: what a check must notice.

Belongs here: rewriting a typed file or a summary. Does not belong here: which damage breaks what (the tests).
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb

from vm_pipeline.quality.verdict import Verdict
from vm_pipeline_tests.programme import Programme

ROWS = "read_parquet('{path}')"


def rewrite(path: Path, query: str) -> None:
    """Replace a typed file by a query over it; `{rows}` stands for its rows."""
    draft = path.with_suffix(".draft")
    with duckdb.connect() as con:
        rows = ROWS.format(path=path)
        con.execute(f"COPY ({query.replace('{rows}', rows)}) TO '{draft}' (FORMAT parquet)")
    draft.replace(path)


def change(path: Path, columns: str) -> None:
    """Replace columns of every row: `'x' AS account_code`."""
    rewrite(path, f"SELECT * REPLACE ({columns}) FROM {{rows}}")


def cut_short(path: Path) -> None:
    """Leave half of the bytes."""
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def restate(programme: Programme, slot: str, **changes: Any) -> None:
    """Change what staging said of a batch."""
    path = programme.staging.folder(programme.receipt(slot)) / "summary.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | changes), "utf-8")


def failing(verdicts: Iterable[Verdict]) -> set[str]:
    """Codes of the verdicts that did not pass."""
    return {verdict.code for verdict in verdicts if not verdict.passed}


def by_code(verdicts: Iterable[Verdict]) -> dict[str, Verdict]:
    """Verdicts by their code; every code once."""
    listed = list(verdicts)
    found = {verdict.code: verdict for verdict in listed}
    assert len(found) == len(listed)
    return found
