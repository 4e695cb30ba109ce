"""Extracts: files hold what the snapshot holds, describe themselves, and are there whole or not at all."""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import jsonschema
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from sqlalchemy import Numeric, Table

from vm_pipeline.cli import main
from vm_pipeline.warehouse import extract as module
from vm_pipeline.warehouse.extract import NotExtracted, extract
from vm_pipeline.warehouse.tables import TABLES
from vm_pipeline.warehouse.views import VIEWS
from vm_pipeline_tests.programme import BOARD, OTHER, Programme
from vm_pipeline_tests.warehouse.world import put, small_world

EVERYTHING = (*TABLES, *VIEWS)
OF_PROVIDERS = [table.name for table in EVERYTHING if "provider_code" in table.columns]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small world, published."""
    programme = Programme(tmp_path_factory.mktemp("extract"))
    put(small_world(), programme)
    programme.night()
    programme.warehouse()
    programme.close()
    return programme.home / "work" / "1.duckdb"


@pytest.fixture(scope="module")
def folder(snapshot: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All of it, in both formats."""
    target = tmp_path_factory.mktemp("extracts") / "all"
    extract(snapshot, target, csv=True)
    return target


@pytest.fixture(scope="module")
def package(folder: Path) -> dict[str, Any]:
    """What it says of itself."""
    return dict(json.loads((folder / "datapackage.json").read_text("utf-8")))


@pytest.fixture(scope="module")
def con(snapshot: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(snapshot), read_only=True) as opened:
        yield opened


def sums(table: Table, empty_is_missing: bool = False) -> str:
    """Rows, filled cells of each column, sums of exact numbers. CSV does not tell an empty text from none."""
    exact = [c.name for c in table.columns if isinstance(c.type, Numeric) and c.type.asdecimal]
    cell = """nullif("{}"::VARCHAR, '')""" if empty_is_missing else '"{}"'
    filled = [f"count({cell.format(c.name)})" for c in table.columns]
    return ", ".join(["count(*)", *filled, *(f'sum("{name}")' for name in exact)])


@pytest.mark.parametrize("table", EVERYTHING, ids=lambda table: table.name)
def test_files_hold_what_the_snapshot_holds(con: duckdb.DuckDBPyConnection, folder: Path, table: Table) -> None:
    """Rows, empty cells and sums; the types of Parquet are the warehouse's, and CSV can be read as them."""
    path = folder / f"{table.name}.parquet"
    here = con.execute(f"SELECT {sums(table)} FROM vm.{table.name}").fetchall()
    assert con.execute(f"SELECT {sums(table)} FROM '{path}'").fetchall() == here
    assert pq.read_table(path).num_rows == here[0][0]
    kinds = con.execute(f"DESCRIBE vm.{table.name}").fetchall()
    assert [row[:2] for row in con.execute(f"DESCRIBE SELECT * FROM '{path}'").fetchall()] == [row[:2] for row in kinds]
    typed = "{" + ", ".join(f"'{name}': '{kind}'" for name, kind, *_ in kinds) + "}"
    plain = "header = true, auto_detect = false, delim = ',', quote = '\"'"
    csv = f"read_csv('{path.with_suffix('.csv')}', columns = {typed}, {plain})"
    in_csv = sums(table, empty_is_missing=True)
    assert (
        con.execute(f"SELECT {in_csv} FROM {csv}").fetchall()
        == con.execute(f"SELECT {in_csv} FROM vm.{table.name}").fetchall()
    )


NAME = {"type": "string", "pattern": "^[-a-z0-9._]+$"}
NAMES = {"type": "array", "items": {"type": "string"}, "minItems": 1}
FIELD = {
    "type": "object",
    "required": ["name", "type", "title", "description"],
    "properties": {
        "name": {"type": "string"},
        "type": {"enum": ["string", "number", "integer", "boolean", "date", "datetime"]},
        "title": {"type": "string", "minLength": 1},
        "description": {"type": "string", "minLength": 1},
        "constraints": {"type": "object", "properties": {"required": {"type": "boolean"}}, "minProperties": 1},
    },
}
JOIN = {
    "type": "object",
    "required": ["fields", "reference"],
    "properties": {
        "fields": NAMES,
        "reference": {
            "type": "object",
            "required": ["fields", "resource"],
            "properties": {"resource": NAME, "fields": NAMES},
        },
    },
}
RESOURCE = {
    "type": "object",
    "required": ["name", "path", "type", "format", "schema", "bytes", "hash"],
    "properties": {
        "name": NAME,
        "path": {"type": "string", "pattern": r"^(?!/)(?!.*\.\.)[\w.]+$"},
        "type": {"const": "table"},
        "format": {"enum": ["parquet", "csv"]},
        "mediatype": {"type": "string", "pattern": "^(.+)/(.+)$"},
        "bytes": {"type": "integer", "minimum": 1},
        "hash": {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"},
        "schema": {
            "type": "object",
            "required": ["fields", "primaryKey"],
            "properties": {
                "fields": {"type": "array", "minItems": 1, "items": FIELD},
                "primaryKey": NAMES,
                "foreignKeys": {"type": "array", "minItems": 1, "items": JOIN},
            },
        },
    },
}
PACKAGE = {
    "type": "object",
    "required": ["$schema", "name", "resources", "created"],
    "properties": {
        "$schema": {"const": "https://datapackage.org/profiles/2.0/datapackage.json"},
        "name": NAME,
        "created": {"type": "string", "format": "date-time"},
        "resources": {"type": "array", "minItems": 1, "items": RESOURCE},
    },
}


def test_the_descriptor_keeps_the_rules_of_data_packages(package: dict[str, Any]) -> None:
    jsonschema.validate(package, PACKAGE, format_checker=jsonschema.FormatChecker())
    names = [one["name"] for one in package["resources"]]
    assert len(set(names)) == len(names) == 2 * len(EVERYTHING)


def test_keys_and_joins_name_fields_there_are(package: dict[str, Any]) -> None:
    """A join leads to the key of a resource of the same format, and its types agree."""
    by_name = {one["name"]: one for one in package["resources"]}
    kinds = {name: {f["name"]: f["type"] for f in one["schema"]["fields"]} for name, one in by_name.items()}
    joins = 0
    for name, one in by_name.items():
        assert set(one["schema"]["primaryKey"]) <= kinds[name].keys()
        for join in one["schema"].get("foreignKeys", []):
            other = by_name[join["reference"]["resource"]]
            assert other["schema"]["primaryKey"] == join["reference"]["fields"]
            assert kinds[name][join["fields"][0]] == kinds[other["name"]][join["reference"]["fields"][0]]
            assert other["format"] == one["format"]
            joins += 1
    assert joins > 40


def test_files_are_those_it_names_byte_for_byte(package: dict[str, Any], folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} == {one["path"] for one in package["resources"]} | {
        "datapackage.json"
    }
    for one in package["resources"]:
        found = (folder / one["path"]).read_bytes()
        assert (len(found), f"sha256:{hashlib.sha256(found).hexdigest()}") == (one["bytes"], one["hash"])


def test_an_extract_of_one_provider_has_no_row_of_another(
    snapshot: Path, con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    extract(snapshot, tmp_path / "one", provider=BOARD)
    for name in OF_PROVIDERS:
        found = con.execute(f"SELECT DISTINCT provider_code FROM '{tmp_path}/one/{name}.parquet'").fetchall()
        assert found in ([(BOARD,)], []), name
        mine = con.execute(f"SELECT count(*) FROM vm.{name} WHERE provider_code = ?", [BOARD]).fetchall()
        assert con.execute(f"SELECT count(*) FROM '{tmp_path}/one/{name}.parquet'").fetchall() == mine
    words = b"".join((tmp_path / "one" / f"{name}.parquet").read_bytes() for name in ("bi_fact_cost", "bi_indicator"))
    assert BOARD.encode() in words and OTHER.encode() not in words


def test_an_unknown_provider_is_named_and_nothing_is_written(snapshot: Path, tmp_path: Path) -> None:
    with pytest.raises(NotExtracted, match="no provider X9, expected one of"):
        extract(snapshot, tmp_path / "none", provider="X9")
    assert not (tmp_path / "none").exists()


def test_an_earlier_extract_is_replaced_whole(snapshot: Path, tmp_path: Path) -> None:
    extract(snapshot, tmp_path / "here", csv=True)
    (tmp_path / "here" / "left-over.txt").write_text("of the night before")
    extract(snapshot, tmp_path / "here")
    assert {path.suffix for path in (tmp_path / "here").iterdir()} == {".parquet", ".json"}
    assert not [path.name for path in tmp_path.iterdir() if re.search(r"\.(draft|before|spill)$", path.name)]


def test_the_earlier_one_stays_where_writing_fails(
    snapshot: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    extract(snapshot, tmp_path / "here")
    before = {path.name: path.read_bytes() for path in (tmp_path / "here").iterdir()}

    def fails(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(module, "descriptor", fails)
    for place in ("here", "new"):
        with pytest.raises(OSError, match="full"):
            extract(snapshot, tmp_path / place)
    assert {path.name: path.read_bytes() for path in (tmp_path / "here").iterdir()} == before
    assert not (tmp_path / "new").exists()


def test_a_swap_that_fails_puts_the_earlier_one_back(
    snapshot: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    extract(snapshot, tmp_path / "here")
    rename = Path.rename

    def fails(path: Path, target: Path) -> Path:
        if path.name.endswith(".draft"):
            raise OSError("no right to it")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", fails)
    with pytest.raises(OSError, match="no right"):
        extract(snapshot, tmp_path / "here")
    assert (tmp_path / "here" / "datapackage.json").is_file()


@pytest.mark.parametrize("theirs", ["file", "folder"])
def test_what_is_no_extract_is_not_replaced(snapshot: Path, tmp_path: Path, theirs: str) -> None:
    target = tmp_path / "photos"
    if theirs == "folder":
        target.mkdir()
    kept = target / "one.jpg" if theirs == "folder" else target
    kept.write_bytes(b"mine")
    with pytest.raises(NotExtracted, match="found other files"):
        extract(snapshot, target)
    assert kept.read_bytes() == b"mine"


def test_the_command_says_what_it_wrote_or_why_not(snapshot: Path, tmp_path: Path) -> None:
    asked = ["--warehouse", str(snapshot), "--home", str(tmp_path)]
    done = CliRunner().invoke(main, ["extract", str(tmp_path / "x"), "--provider", BOARD, *asked])
    assert done.exit_code == 0 and f"{len(EVERYTHING)} files" in done.output
    missing = CliRunner().invoke(main, ["extract", str(tmp_path / "y"), "--warehouse", str(tmp_path / "none.duckdb")])
    assert missing.exit_code == 2 and "found no warehouse" in missing.output
