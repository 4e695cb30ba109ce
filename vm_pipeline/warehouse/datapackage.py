"""What an extract says of itself: `datapackage.json`, a Frictionless data package made from the declarations.

Belongs here: names, types, keys, joins and words as https://datapackage.org/standard wants them.
Does not belong here: writing files (extract), declaring tables (tables, views).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean, Column, Date, DateTime, Integer, Numeric, String, Table
from sqlalchemy.types import TypeEngine

from vm_pipeline.warehouse.snapshot import Publication
from vm_pipeline.warehouse.views.columns import label

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_TYPES: Mapping[type[TypeEngine[Any]], str] = {
    String: "string",
    Boolean: "boolean",
    DateTime: "datetime",
    Date: "date",
    Integer: "integer",
    Numeric: "number",
}


@dataclass(frozen=True)
class Written:
    """One file of an extract: bytes, and its SHA-256 in hex."""

    path: str
    size: int
    sha256: str


def descriptor(
    files: Mapping[Table, Iterable[Written]], publication: Publication, provider: str = ""
) -> dict[str, Any]:
    """The whole package; a resource for each file. `provider`: the only one whose rows are in it."""
    of = f", of provider {provider}" if provider else ""
    return {
        "$schema": PROFILE,
        "name": "vm-warehouse",
        "title": f"Value management warehouse{of}",
        "description": "Money is in pounds (_gbp), percentages are 0 to 100 (_pct), months are YYYY-MM, weeks are "
        "named by their Monday. Divide sums by sums; do not add up or average ratios. Figures are exact: small "
        "numbers can point at a person.",
        "version": publication.inputs,
        "created": publication.as_of,
        "resources": [_resource(table, one) for table, written in files.items() for one in written],
    }


def _resource(table: Table, file: Written) -> dict[str, Any]:
    stem, _, extension = file.path.rpartition(".")
    return {
        "name": stem if extension == "parquet" else f"{stem}-{extension}",
        "type": "table",
        "path": file.path,
        "format": extension,
        "mediatype": "text/csv" if extension == "csv" else "application/vnd.apache.parquet",
        **({"encoding": "utf-8"} if extension == "csv" else {}),
        "description": table.comment,
        "bytes": file.size,
        "hash": f"sha256:{file.sha256}",
        "schema": schema(table, "" if extension == "parquet" else f"-{extension}"),
    }


def schema(table: Table, suffix: str = "") -> dict[str, Any]:
    """Fields, key and joins of a table or view. `suffix`: how the resources it refers to are called beside it."""
    joins = [
        {
            "fields": [column.name],
            "reference": {"resource": f"{key.column.table.name}{suffix}", "fields": [key.column.name]},
        }
        for column in table.columns
        for key in column.foreign_keys
    ]
    return {
        "fields": [_field(column) for column in table.columns],
        "primaryKey": table.primary_key.columns.keys(),
        **({"foreignKeys": joins} if joins else {}),
    }


def _field(column: Column[Any]) -> dict[str, Any]:
    """Text may be empty, which CSV does not tell from missing: only text of a key is required."""
    required = not column.nullable and (column.primary_key or not isinstance(column.type, String))
    return {
        "name": column.name,
        "title": label(column),
        "type": next(word for kind, word in _TYPES.items() if isinstance(column.type, kind)),
        "description": column.comment,
        **({"constraints": {"required": True}} if required else {}),
    }
