"""The published snapshot: one DuckDB file, put in place in one step that readers never see half done.

Belongs here: the swap, what the snapshot says about itself, and never replacing a newer night by an older one.
Does not belong here: building it (build), other engines.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb

from vm_pipeline.disk import flush, put
from vm_pipeline.locks import held
from vm_pipeline.sources.objects import digest


@dataclass(frozen=True)
class Publication:
    """What a snapshot was made from. `inputs` is a hash of every version known and of the code."""

    inputs: str
    as_of: str
    code: str


def describe(con: duckdb.DuckDBPyConnection, publication: Publication) -> None:
    """Write the publication into a database that is being built."""
    con.execute(
        "CREATE SCHEMA IF NOT EXISTS pipeline; "
        "CREATE OR REPLACE TABLE pipeline.publication (inputs VARCHAR, as_of VARCHAR, code VARCHAR)"
    )
    con.execute(
        "INSERT INTO pipeline.publication VALUES (?, ?, ?)", [publication.inputs, publication.as_of, publication.code]
    )


def published(path: Path) -> Publication | None:
    """What the snapshot in place was made from; None where there is none that can be read."""
    if not path.is_file():
        return None
    try:
        with duckdb.connect(str(path), read_only=True) as con:
            rows = con.execute("SELECT inputs, as_of, code FROM pipeline.publication").fetchall()
    except duckdb.Error:
        return None
    return Publication(*rows[0]) if rows else None


@dataclass(frozen=True)
class Record:
    """What is remembered beside a snapshot of how it was published."""

    inputs: str
    sha256: str


def recorded(path: Path) -> Record | None:
    """The record of the snapshot; None where there is none that can be read."""
    try:
        return Record(**json.loads(_record(path).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _record(path: Path) -> Path:
    return path.with_name(f".{path.name}.json")


def publish(draft: Path, path: Path) -> str:
    """Put a finished draft in place of the snapshot. Returns its digest.

    Empty, and the draft is dropped, where a newer one is there.
    """
    mine = published(draft)
    if mine is None:
        raise ValueError(f"{draft}: found no publication in it, expected a finished draft")
    path.parent.mkdir(parents=True, exist_ok=True)
    with held(path.with_name(f".{path.name}.lock")):
        there = published(path)
        if there and there.as_of > mine.as_of:
            draft.unlink()
            return ""
        flush(draft)
        record = Record(mine.inputs, digest(draft))
        draft.replace(path)
        put(_record(path), json.dumps(asdict(record)) + "\n")
        flush(path.parent)
    return record.sha256
