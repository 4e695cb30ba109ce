"""`vm-pipeline changes`: what changed between two nights, and by which batch.

Belongs here: arguments and the table. Does not belong here: comparing (warehouse, sql/signals/restatement).
"""

import sys

import click
import duckdb
from rich.table import Table

from vm_pipeline import settings
from vm_pipeline.commands.options import CLOSED, JSON, begun, installed, tell
from vm_pipeline.home import Home
from vm_pipeline.page import VERY_WIDE, wide_console
from vm_pipeline.settings import Asked, ConfigurationError
from vm_pipeline.staging.known import NotStaged
from vm_pipeline.warehouse.made_from import code_version
from vm_pipeline.warehouse.restated import put_restated
from vm_pipeline.warehouse.statements import statements

_COLUMNS = ("provider_code", "period", "measure", "before", "after", "difference", "change_pct", "batch_ids")
Rows = list[tuple[object, ...]]


@click.command()
@click.option("--from", "first", metavar="TIME", help="The night before (default: the last but one).")
@click.option("--to", "last", metavar="TIME", help="The night after (default: the last).")
@JSON
@installed
def changes(asked: Asked, first: str | None, last: str | None, as_json: bool) -> None:
    """Figures of a provider's month that changed between two nights: before, after, and the batches that moved."""
    try:
        rows = between(begun(Home(settings.load(asked))), first, last)
    except NotStaged as error:
        click.echo(str(error), err=True)
        sys.exit(CLOSED)
    tell([dict(zip(_COLUMNS, row, strict=True)) for row in rows], as_json, _show)


def between(home: Home, first: str | None, last: str | None) -> Rows:
    """Rows of `restatement` for two times; nights are looked up as they were. Raises ConfigurationError, NotStaged."""
    moments = home.moments(settings.as_of(last) if last else "")
    if not moments:
        raise ConfigurationError("--to: found nothing received by then, expected a night.")
    earlier = home.moments(settings.as_of(first)) if first else moments[:-1]
    if first and not earlier:
        raise ConfigurationError(f"--from: found nothing received by {first}, expected a night.")
    before = home.landed(earlier[-1]) if earlier else None
    (restatement,) = (one for one in statements("signals") if one.name == "restatement")
    with duckdb.connect() as con:
        con.execute("ATTACH ':memory:' AS core")
        put_restated(con, home.as_published, before, home.landed(moments[-1]), code_version())
        return con.execute(f"SELECT {', '.join(_COLUMNS)} FROM ({restatement.sql}\n) ORDER BY ALL").fetchall()


def _show(rows: list[dict[str, object]]) -> None:
    console = wide_console(VERY_WIDE)
    if not rows:
        console.print("No figure of a month that was there before has changed.")
        return
    table = Table(title=f"{len(rows):,} figures changed", title_justify="left")
    for name in _COLUMNS:
        table.add_column(
            name, justify="left" if name in ("provider_code", "period", "measure", "batch_ids") else "right"
        )
    for row in rows:
        table.add_row(*map(_cell, row.values()))
    console.print(table)


def _cell(cell: object) -> str:
    return f"{cell:,.4f}" if isinstance(cell, float) else "none" if cell is None else str(cell)
