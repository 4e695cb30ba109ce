"""Extracts of a snapshot: every table and view as a file, for tools that have no driver for the warehouse.

Belongs here: writing Parquet and CSV, and putting the folder in place when it is whole.
Does not belong here: what a file says of its columns (datapackage), the snapshot itself (snapshot).
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
from sqlalchemy import Table

from vm_pipeline.locks import held
from vm_pipeline.sources.objects import digest
from vm_pipeline.staging.naming import literal
from vm_pipeline.warehouse.datapackage import Written, descriptor
from vm_pipeline.warehouse.snapshot import published
from vm_pipeline.warehouse.tables import TABLES
from vm_pipeline.warehouse.views import VIEWS

DESCRIPTOR = "datapackage.json"
_FORMATS = {"parquet": "FORMAT parquet, COMPRESSION zstd", "csv": "FORMAT csv, TIMESTAMPFORMAT '%Y-%m-%dT%H:%M:%S'"}


class NotExtracted(ValueError):
    """What was found and expected. Nothing was written."""


def extract(snapshot: Path, folder: Path, provider: str = "", csv: bool = False) -> list[Written]:
    """Write a snapshot to a folder: all of it, or the rows of one provider and what belongs to no provider.

    An earlier extract in its place is replaced by a whole one. Raises NotExtracted.
    """
    about = published(snapshot)
    if about is None:
        raise NotExtracted(f"{snapshot}: found no warehouse, expected a published one. Use `vm-pipeline run` first.")
    _expect_free(folder)
    with _whole(folder) as draft, duckdb.connect(str(snapshot), read_only=True) as con:
        _expect_known(con, provider)
        con.execute("SET enable_progress_bar = false")
        con.execute(f"SET temp_directory = {literal(draft.with_suffix('.spill'))}")
        formats = ["parquet", "csv"] if csv else ["parquet"]
        files = {table: [_write(con, table, draft, one, provider) for one in formats] for table in (*TABLES, *VIEWS)}
        said = descriptor(files, about, provider)
        (draft / DESCRIPTOR).write_text(json.dumps(said, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return [one for written in files.values() for one in written]


def _expect_free(folder: Path) -> None:
    """A folder of somebody else's is never replaced."""
    if folder.exists() and not (folder / DESCRIPTOR).is_file() and (folder.is_file() or any(folder.iterdir())):
        raise NotExtracted(f"{folder}: found other files, expected an earlier extract or no folder. Name another.")


def _expect_known(con: duckdb.DuckDBPyConnection, provider: str) -> None:
    known = [code for (code,) in con.execute("SELECT provider_code FROM vm.dim_provider ORDER BY 1").fetchall()]
    if provider and provider not in known:
        raise NotExtracted(f"found no provider {provider}, expected one of {', '.join(known)}.")


@contextmanager
def _whole(folder: Path) -> Iterator[Path]:
    """A draft beside the folder, which takes its place at the end. After a failure what was there is there."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft, before = (folder.with_name(f".{folder.name}.{what}") for what in ("draft", "before"))
    with held(folder.with_name(f".{folder.name}.lock")):
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir()
        try:
            yield draft
            _swap(draft, folder, before)
        finally:
            shutil.rmtree(draft, ignore_errors=True)


def _swap(draft: Path, folder: Path, before: Path) -> None:
    """For an instant there is no folder; there is never half a one, nor one of two nights."""
    shutil.rmtree(before, ignore_errors=True)
    if folder.exists():
        folder.rename(before)
    try:
        draft.rename(folder)
    except OSError:
        if before.exists():
            before.rename(folder)
        raise
    shutil.rmtree(before, ignore_errors=True)


def _write(con: duckdb.DuckDBPyConnection, table: Table, draft: Path, form: str, provider: str) -> Written:
    """One table in the order of its key."""
    path = draft / f"{table.name}.{form}"
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    key = ", ".join(table.primary_key.columns.keys())
    where = "WHERE provider_code = $provider" if provider and "provider_code" in table.columns else ""
    rows = f"SELECT {columns} FROM {table.fullname} {where} ORDER BY {key}"
    con.execute(f"COPY ({rows}) TO {literal(path)} ({_FORMATS[form]})", {"provider": provider} if where else {})
    return Written(path.name, path.stat().st_size, digest(path))
