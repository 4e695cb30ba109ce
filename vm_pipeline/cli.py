"""The command `vm-pipeline`: the door people and cron come in by.

Belongs here: arguments, exit status, and calling one thing.
Does not belong here: commands with a module of their own (commands), the work (defs, home), how results look (page).

Exit status: 0 published, or nothing to do; 1 a gate closed (the last good warehouse stays), or --strict and a batch
that was refused has not been sent again, or a file could not be received; 2 usage or configuration.
"""

import atexit
import contextlib
import csv
import gc
import sys
from dataclasses import replace
from pathlib import Path

import click
from rich.console import Console

from vm_pipeline import __version__, figures, page, settings
from vm_pipeline.commands.backup import backup
from vm_pipeline.commands.beginning import need_source, refuse_empty
from vm_pipeline.commands.changes import changes
from vm_pipeline.commands.doctor import doctor
from vm_pipeline.commands.extract import extract
from vm_pipeline.commands.feedback import feedback
from vm_pipeline.commands.inspect import inspect
from vm_pipeline.commands.keeping import purge, tidy, withdraw
from vm_pipeline.commands.options import (
    CLOSED,
    CONFIG,
    FILE,
    JSON,
    PATH,
    PERIOD,
    PROVIDER,
    USAGE,
    begun,
    home_of,
    installed,
    loaded,
    of_this_version,
    snapshot_of,
    tell,
)
from vm_pipeline.commands.propose import propose
from vm_pipeline.commands.prune import prune
from vm_pipeline.commands.server import roles, upgrade
from vm_pipeline.commands.trace import trace
from vm_pipeline.feeds import FEEDS
from vm_pipeline.feeds.reference import REFERENCES
from vm_pipeline.home import Home, Report, utc_now
from vm_pipeline.indicators.profiles import PROFILES
from vm_pipeline.outcome import Outcome, nothing_to_do
from vm_pipeline.quality import aside
from vm_pipeline.settings import Asked, ConfigurationError

_NEW_OBJECTS = 50_000  # between two looks for cycles; Python's own 700 are for programs that make little
_REJECTING = [*FEEDS, *(f"reference/{name}" for name in REFERENCES)]


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """Finance, activity and staff experience joined per team, every night, to the penny."""
    gc.freeze()  # modules stay: to look through them again and again took 0.6 of the 12 s of a night with one month
    gc.set_threshold(_NEW_OBJECTS)
    atexit.register(gc.unfreeze)  # DuckDB complains of 150 "leaked" objects of its own where they stay to the very end


@main.command()
@CONFIG
@click.option("--feeds", type=PATH, help="A drop folder in the canonical layout; needs no configuration.")
@click.option(
    "--as-of",
    "moment",
    metavar="TIME",
    help="Rebuild the warehouse as it was known then; receives nothing. --warehouse: where.",
)
@click.option("--full", is_flag=True, help="Stage and build everything again; the fingerprint must not change.")
@click.option(
    "--strict", is_flag=True, help="A batch that waits to be mended, or an unreadable file, makes the exit status 1."
)
@click.option("--dry-run", is_flag=True, help="Say what would be received; change nothing.")
@JSON
@installed
def run(
    asked: Asked, feeds: Path | None, moment: str | None, full: bool, strict: bool, dry_run: bool, as_json: bool
) -> None:
    """Receive what is new, judge it, build the warehouse and publish it."""
    if asked.config and feeds:
        raise ConfigurationError("found --config and --feeds, expected one of them.")
    chosen = loaded(replace(asked, feeds=feeds, as_of=moment or ""))
    if not moment:
        need_source(chosen)
    if dry_run:  # reads the sources, writes nothing
        tell(figures.plan(Home(chosen)), as_json, page.show_plan)
    else:
        sys.exit(night(chosen, moment, full, strict, as_json))


def night(chosen: settings.Settings, moment: str | None, full: bool, strict: bool, as_json: bool) -> int:
    """One night, told as it goes. Returns the exit status."""
    as_of = settings.as_of(moment) if moment else ""
    (begun if moment else refuse_empty)(Home(chosen))
    watch = page.Watch(quiet=as_json)
    with watch:
        outcome = _as_of(chosen, as_of, full, watch.report) if moment else _tonight(chosen, full, watch.report)
    found = figures.summarise(Home(chosen), outcome, as_of, watch.seconds)
    tell(found, as_json, page.show)
    amiss = found["refused"] or found["problems"]
    return CLOSED if outcome.failure or (strict and amiss) else 0


def _tonight(chosen: settings.Settings, full: bool, report: Report) -> Outcome:
    """Receive, and go on only where that leaves something to do: what works it through takes seconds to import."""
    home, received = Home(chosen), None
    report("landing", 0, 1)
    with contextlib.suppress(Exception):  # the run that lands meets it again, and Dagster keeps its trace
        home.tidy()
        received = home.receive(utc_now())
        if not (full or home.is_awaited) and (nothing := nothing_to_do(home, received)):
            report("landing", 1, 1)
            return nothing
    aside.begin()
    from vm_pipeline.defs.run import run_night

    return run_night(chosen, report, full, received)


def _as_of(chosen: settings.Settings, moment: str, full: bool, report: Report) -> Outcome:
    aside.begin()
    from vm_pipeline.defs.run import rebuild_as_of

    return rebuild_as_of(chosen, report, moment, full)


@main.command()
@CONFIG
@JSON
@installed
def check(asked: Asked, as_json: bool) -> None:
    """Check vm.toml, ask every source for its files and months, try layouts on the last file. Changes nothing."""
    chosen = settings.load(asked)
    need_source(chosen)
    found = figures.look(Home(chosen))
    tell(found, as_json, page.show_look)
    sys.exit(USAGE if found["problems"] or found["layouts"] else 0)


@main.command()
@click.option("--to", "target", type=FILE, help="Write it there (default: print it).")
def schema(target: Path | None) -> None:
    """The JSON schema of vm.toml, for editors that check while you type."""
    from vm_pipeline.settings.schema import for_editors

    if target is None:
        click.echo(for_editors(), nl=False)
    else:
        target.write_text(for_editors(), "utf-8")


@main.command()
@click.option("--feeds", type=PATH, default=Path("demo-feeds"), show_default=True, help="Where to write the programme.")
@installed
def demo(asked: Asked, feeds: Path) -> None:
    """Write a small synthetic programme and run two nights of it."""
    from vm_pipeline.defs.run import land_only
    from vm_pipeline.demo import restate, write_programme

    console = Console()
    chosen = settings.load(replace(asked, feeds=feeds, home=asked.home or Path("demo-home")))
    console.print(f"Writing a synthetic programme of four boards and 36 months to [bold]{feeds}[/] …")
    write_programme(feeds)
    received = land_only(chosen)
    console.print(f"First night: {len(received.new)} extracts received, kept under their hashes.")
    console.print(f"Then a board corrected a month: {restate(feeds)}")
    sys.exit(night(chosen, None, False, False, False))


@main.command()
@CONFIG
@click.option("--feed", type=click.Choice(_REJECTING), metavar="FEED", help="Only this feed, or reference/<name>.")
@PROVIDER
@PERIOD
@click.option("--to", "target", type=FILE, help="Write them to a CSV file (with --feed, the feed's own columns).")
@installed
def rejects(asked: Asked, feed: str | None, provider: str | None, period: str | None, target: Path | None) -> None:
    """Rejected rows in force, with rule, batch and row number, to be mended and sent again."""
    known = home_of(asked, provider)
    tables = figures.rejected_rows(known, [feed] if feed else _REJECTING, provider, period)
    if target is None:
        page.show_rejects(tables)
        return
    header, rows = figures.one_table(tables)
    with target.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    click.echo(f"{len(rows)} rejected rows written to {target}")


@main.command()
@click.argument("series", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--profile", required=True, metavar="NAME", help=f"Rules to judge by: {', '.join(PROFILES)}.")
@click.option("--chart", default="", metavar="CHART", help="Chart, where the profile judges several: i, p, u …")
@click.option("--option", "options", multiple=True, metavar="NAME=VALUE", help="An option of the profile; repeatable.")
@click.option("--to", "target", type=FILE, help="Write the judged points there (default: print them).")
def signals(series: Path, profile: str, chart: str, options: tuple[str, ...], target: Path | None) -> None:
    """Judge the series of a CSV file: measure, team, period, num, den, value."""
    from vm_pipeline import series_file

    try:
        count, found = series_file.judge_file(series, series_file.question(profile, chart, options), target)
    except series_file.SeriesError as error:
        Console(stderr=True, soft_wrap=True).print(f"[bold red]Series:[/] {error}", highlight=False, markup=True)
        sys.exit(USAGE)
    if target is not None:
        click.echo(f"{count} points written to {target}, {found} of them signal.")


@main.command()
@CONFIG
@installed
def fingerprint(asked: Asked) -> None:
    """One hash of the published content, the same on any machine."""
    from vm_pipeline.warehouse.fingerprint import fingerprint_of

    chosen = loaded(asked)
    if chosen.postgres:
        from vm_pipeline.warehouse.postgres.publish import fingerprint as fingerprint_at

        click.echo(fingerprint_at(chosen.postgres))
        return
    with of_this_version(snapshot_of(chosen)) as snapshot:
        click.echo(fingerprint_of(snapshot))


@main.command()
@CONFIG
@JSON
@installed
def status(asked: Asked, as_json: bool) -> None:
    """What has been received, what is in force, what was refused, who is late, what is published."""
    tell(figures.status(home_of(asked), utc_now()), as_json, page.show_status)


for command in (
    backup,
    changes,
    doctor,
    extract,
    feedback,
    inspect,
    propose,
    prune,
    purge,
    roles,
    tidy,
    trace,
    upgrade,
    withdraw,
):
    main.add_command(command)
