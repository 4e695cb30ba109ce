"""`vm-pipeline trace`: from a figure to rows of files, and back.

Belongs here: arguments and the exit status.
Does not belong here: finding anything, how it looks (trace).

Exit status: 0; 1 where rows do not add up to what is published, or a file is not the one received; 2 usage.
"""

import sys
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.tree import Tree

from vm_pipeline import settings
from vm_pipeline.calendar import is_period
from vm_pipeline.commands.options import CLOSED, CONFIG, JSON, USAGE, installed, of_this_version, snapshot_of, tell
from vm_pipeline.home import Home
from vm_pipeline.page import VERY_WIDE, wide_console
from vm_pipeline.settings import Asked, ConfigurationError
from vm_pipeline.trace.batch import trace_batch
from vm_pipeline.trace.fact import trace_fact
from vm_pipeline.trace.figure import Figure, sql_of, trace_column, trace_indicator
from vm_pipeline.trace.origin import Origin, Origins
from vm_pipeline.trace.saving import trace_saving
from vm_pipeline.trace.selection import Whose
from vm_pipeline.trace.tree import show_batch, show_fact, show_figure
from vm_pipeline.trace.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

_VERIFY = click.option("--verify", is_flag=True, help="Hash the files in landing again.")
_ROWS = click.option("--rows", default=0, metavar="N", help="Show the N largest rows of each batch.")
_SQL = click.option("--sql", is_flag=True, help="Print the query of every row instead.")


@click.group()
def trace() -> None:
    """From a figure to its rows, batches and files; or from a row to its figures."""


@trace.command()
@CONFIG
@click.argument("code")
@click.option("--provider", default="*", help="Health board or trust; without it, all.")
@click.option("--service", default="*", help="A service of the provider.")
@click.option("--team", default="*", help="A team of the provider.")
@click.option("--period", required=True, metavar="YYYY-MM", help="The month; with --grain week, any day of the week.")
@click.option(
    "--grain", type=click.Choice(["month", "week"]), default="month", show_default=True, help="Month or week."
)
@click.option(
    "--level",
    type=click.Choice(["team", "service", "provider", "all"]),
    help="Level of the value (default: the lowest that is named).",
)
@_ROWS
@_VERIFY
@_SQL
@JSON
@installed
def indicator(
    asked: Asked,
    code: str,
    provider: str,
    service: str,
    team: str,
    period: str,
    grain: str,
    level: str | None,
    rows: int,
    verify: bool,
    sql: bool,
    as_json: bool,
) -> None:
    """One value of one indicator: numerator and denominator, down to rows."""
    named = {"provider": provider.upper(), "service": service, "team": team.upper()}
    who = (_level(named, level), named["provider"], named["service"], named["team"])
    whose = Whose(code.upper(), *who, grain, _starts_on(period, grain))
    _figure(trace_indicator, asked, whose, rows, verify, sql, as_json)


@trace.command()
@CONFIG
@click.argument("column")
@click.option("--provider", required=True, help="Health board or trust.")
@click.option("--team", required=True, help="A team of it.")
@click.option("--period", required=True, metavar="YYYY-MM", help="The month.")
@_ROWS
@_VERIFY
@_SQL
@JSON
@installed
def month(
    asked: Asked, column: str, provider: str, team: str, period: str, rows: int, verify: bool, sql: bool, as_json: bool
) -> None:
    """One column of one row of team_month, down to rows."""
    whose = Whose(column.lower(), "team", provider.upper(), "*", team.upper(), "month", _starts_on(period, "month"))
    _figure(trace_column, asked, whose, rows, verify, sql, as_json)


@trace.command()
@CONFIG
@click.argument("case")
@click.option("--provider", required=True, help="Health board or trust.")
@_ROWS
@_VERIFY
@JSON
@installed
def saving(asked: Asked, case: str, provider: str, rows: int, verify: bool, as_json: bool) -> None:
    """One declared saving: what both windows cost and counted, each pair of them, down to rows."""
    with _opened(asked, verify) as (con, origins):
        found = trace_saving(con, origins, provider.upper(), case.upper(), rows)
    tell(found, as_json, lambda figures: _print(*map(show_figure, figures)))
    _close_if_damaged([origin for one in found for origin in _origins(one)], verify)
    sys.exit(0 if all(one.agrees for one in found) else CLOSED)


@trace.command()
@CONFIG
@click.option("--batch", required=True, metavar="ID", help="Its batch.")
@click.option("--row", required=True, type=int, metavar="N", help="Its row number: 1 = the first below the header.")
@_VERIFY
@JSON
@installed
def fact(asked: Asked, batch: str, row: int, verify: bool, as_json: bool) -> None:
    """Where one row of one batch went: teams, shares, and the indicators it counts in."""
    with _opened(asked, verify) as (con, origins):
        found = trace_fact(con, origins, batch, row)
    tell(found, as_json, lambda one: _print(show_fact(one)))
    _close_if_damaged([found.batch], verify)


@trace.command()
@CONFIG
@click.argument("batch_id")
@_VERIFY
@JSON
@installed
def batch(asked: Asked, batch_id: str, verify: bool, as_json: bool) -> None:
    """One batch: its file, its rows, and what became of them."""
    with _opened(asked, verify) as (con, origins):
        found = trace_batch(con, origins, batch_id)
    tell(found, as_json, lambda one: _print(show_batch(one)))
    _close_if_damaged([found.batch], verify)


def _figure(
    how: "Callable[[duckdb.DuckDBPyConnection, Origins, Whose, int], Figure]",
    asked: Asked,
    whose: Whose,
    rows: int,
    verify: bool,
    sql: bool,
    as_json: bool,
) -> None:
    with _opened(asked, verify) as (con, origins):
        found = how(con, origins, whose, rows)
    if sql:
        click.echo(sql_of(whose) or found.look_at)
        return
    tell(found, as_json, lambda one: _print(show_figure(one)))
    _close_if_damaged(_origins(found), verify)
    sys.exit(0 if found.agrees else CLOSED)


@contextmanager
def _opened(asked: Asked, verify: bool) -> "Iterator[tuple[duckdb.DuckDBPyConnection, Origins]]":
    """The published warehouse, read only, beside the receipts of its home."""
    import duckdb

    home = Home(settings.load(asked))
    path = snapshot_of(home.settings)
    try:
        with of_this_version(path), duckdb.connect(str(path), read_only=True) as con:
            yield con, Origins(con, home, verify)
    except Unknown as error:
        Console(stderr=True, soft_wrap=True).print(str(error), highlight=False, markup=False)
        sys.exit(USAGE)


def _level(named: dict[str, str], level: str | None) -> str:
    lowest = next((name for name in ("team", "service", "provider") if named[name] != "*"), "all")
    if lowest in ("team", "service") and named["provider"] == "*":
        raise ConfigurationError(f"found --{lowest} without --provider, expected both.")
    if level and level != lowest:
        raise ConfigurationError(f"found --level {level} and what names a {lowest}, expected what names a {level}.")
    return lowest


def _starts_on(period: str, grain: str) -> date:
    try:
        day = date.fromisoformat(f"{period}-01" if is_period(period) else period)
    except ValueError as error:
        raise ConfigurationError(f"--period: found {period!r}, expected 2022-07, or a day for a week.") from error
    if grain == "week":
        if is_period(period):
            raise ConfigurationError(f"--period: found {period!r}, expected a day of the week, like {period}-04.")
        return date.fromordinal(day.toordinal() - day.weekday())
    return day.replace(day=1)


def _print(*trees: Tree) -> None:
    for tree in trees:
        wide_console(VERY_WIDE).print(tree, highlight=False)


def _close_if_damaged(origins: Iterable[Origin], verify: bool) -> None:
    if verify and any(one.landing != "same hash" for one in origins):
        sys.exit(CLOSED)


def _origins(found: Figure) -> list[Origin]:
    pieces = [piece for side in found.sides for part in side.parts for piece in part.pieces]
    return [rows.batch for piece in pieces for rows in piece.batches]
