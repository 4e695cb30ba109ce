"""`vm-pipeline inspect`: what the reader understood of a file, without a word of what stands in it.

Belongs here: arguments, what is printed, the exit status.
Does not belong here: reading the file, and looking at it (proposal/looking).
"""

import json
import sys
import tempfile
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from vm_pipeline import settings
from vm_pipeline.commands.options import CLOSED, FILE, JSON, PATH, USAGE, amiss, tell
from vm_pipeline.feeds.identifiers import masked
from vm_pipeline.proposal.columns import ColumnLook
from vm_pipeline.proposal.looking import FileLook, opened, write_table
from vm_pipeline.staging.reading import AS_IT_SAYS, FileShape, Refused

_WITH_SHAPES = (
    "code",
    "date",
    "month",
    "financial year",
    "period",
    "integer",
    "money",
    "money, decimal comma",
    "number",
)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--sheet", help="Sheet of a workbook (default: the first that is not hidden).")
@click.option("--layout", help="Read the file as this layout of the configuration says.")
@click.option("--config", type=PATH, help="vm.toml that has the layout.")
@click.option("--to", "target", type=FILE, help="Write the table as it was read to a CSV file, with row numbers.")
@JSON
def inspect(
    file: Path, sheet: str | None, layout: str | None, config: Path | None, target: Path | None, as_json: bool
) -> None:
    """What a file is: format, header, columns, what they seem to hold, and what is odd."""
    try:
        shape = _shape(sheet, layout, config)
        with tempfile.TemporaryDirectory() as workspace, opened(file, Path(workspace), shape) as (con, found):
            if target:
                write_table(con, found, target)
    except Refused as why:
        _refused(why, as_json)
        sys.exit(CLOSED)
    except (settings.ConfigurationError, ValueError, OSError) as error:
        amiss("bold red", str(error))
        sys.exit(USAGE)
    tell(figures(found), as_json, partial(_show, found))


def _shape(sheet: str | None, layout: str | None, config: Path | None) -> FileShape:
    """How to read the file. Raises ConfigurationError."""
    said = AS_IT_SAYS
    if layout and not config:
        raise settings.ConfigurationError("found --layout without --config, expected the vm.toml that has the layout.")
    if layout and config:
        said = settings.file_shape(config, layout)
    return replace(said, sheets=(sheet,)) if sheet else said


def figures(found: FileLook) -> dict[str, Any]:
    """What was found, as plain figures."""
    sheet = found.sheet
    return {
        "format": sheet.format,
        "encoding": sheet.encoding.removesuffix("-sig"),
        "delimiter": sheet.delimiter,
        "line_ends": found.line_ends,
        "sheets": [*map(masked, sheet.sheets)],
        "header_row": sheet.header_row,
        "has_header": found.has_header,
        "rows": found.rows,
        "notes": [note.message for note in sheet.notes],
        "odd_rows": {name: {"rows": rows, "first": list(first)} for name, (rows, first) in found.odd_rows.items()},
        "columns": [_column(found, place, column) for place, column in enumerate(found.columns, 1)],
    }


def _column(found: FileLook, place: int, column: ColumnLook) -> dict[str, Any]:
    whole = asdict(column)
    return {
        "name": column.name if found.has_header else f"column {place}",
        "kind": column.kind,
        "forms": column.fitting,
        "shapes": list(column.shapes) if column.kind in _WITH_SHAPES and not column.personal else [],
        "blank_share": round(column.blank_share, 4),
        "odd": column.odd,
        **{name: whole[name] for name in ("filled", "distinct", "personal")},
        **({"total": column.total, "negatives": column.negatives} if _is_added_up(column) else {}),
    }


def _is_added_up(column: ColumnLook) -> bool:
    """Whether its sum may be told: of identifiers, that of a single row is one of them."""
    return "money" in column.kind and not column.personal


def _refused(why: Refused, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"refused": why.code, "because": str(why)}, ensure_ascii=False))
    else:
        Console(stderr=True, soft_wrap=True).print(f"[bold red]Refused ({why.code}):[/] {why}", highlight=False)


def _show(found: FileLook, told: dict[str, Any]) -> None:
    console = Console(soft_wrap=True, highlight=False)
    parts = {"cells parted by": repr(told["delimiter"]) if told["delimiter"] else "", "line ends": told["line_ends"]}
    said = [told["format"], told["encoding"], *(f"{name} {value}" for name, value in parts.items() if value)]
    console.print(", ".join(filter(None, said)))
    header, rows = told["header_row"], f"{told['rows']:,} rows"
    stands = f"header in row {header}, {rows} below it" if header else f"no header row, {rows}"
    console.print(f"{stands}, {len(told['columns'])} columns")
    if told["sheets"]:
        console.print(f"read from the sheet {', '.join(map(escape, told['sheets']))}")
    if not found.has_header:
        console.print("[yellow]The header seems to be a row of the table:[/] name the columns in `file.no_header`.")
    for note in told["notes"]:
        console.print(f"[yellow]•[/] {escape(note)}")
    for name, rows in told["odd_rows"].items():
        console.print(f"[yellow]•[/] {rows['rows']:,} {name}, the first in row {', '.join(map(str, rows['first']))}")
    console.print(_table(told["columns"]))


def _table(columns: list[dict[str, Any]]) -> Table:
    table = Table()
    for name in ("column", "seems to be", "blank", "different", "what is known of it"):
        table.add_column(name, justify="right" if name in ("blank", "different") else "left")
    for column in columns:
        share = f"{100 * column['blank_share']:.1f} %" if column["blank_share"] else ""
        table.add_row(
            escape(column["name"]), column["kind"], share, f"{column['distinct']:,}", "\n".join(_known(column))
        )
    return table


def _known(column: dict[str, Any]) -> list[str]:
    said = [f"[red]{column['personal']}[/]"] if column["personal"] else []
    if len(column["forms"]) == 1:
        said.append(f"form {column['forms'][0]}")
    elif column["forms"]:
        said.append(f"forms that fit: {', '.join(column['forms'])}")
    if column["shapes"]:
        said.append(escape(f"like {', '.join(column['shapes'])}"))
    if column.get("total") is not None:
        said.append(f"sum {column['total']:,.2f}, {column['negatives']:,} below zero")
    return said + [f"[yellow]{rows:,} {name}[/]" for name, rows in column["odd"].items()]
