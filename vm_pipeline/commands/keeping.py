"""`vm-pipeline withdraw`, `purge` and `tidy`: what counts and what is kept, by decision.

Belongs here: arguments, what is printed, the exit status. Does not belong here: the work (keeping).
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import click

from vm_pipeline.commands.options import CONFIG, JSON, PATH, USAGE, home_of, installed, tell
from vm_pipeline.home import utc_now
from vm_pipeline.keeping.purge import Erased
from vm_pipeline.keeping.purge import purge as purge_batch
from vm_pipeline.keeping.retention import Tidied
from vm_pipeline.keeping.retention import tidy as tidy_home
from vm_pipeline.keeping.withdraw import CannotDecide, Decided, reinstate
from vm_pipeline.keeping.withdraw import withdraw as withdraw_batch
from vm_pipeline.settings import Asked
from vm_pipeline.staging.known import NotStaged
from vm_pipeline.staging.personal import holds_identifier


def _impersonal(context: click.Context, option: click.Parameter, reason: str) -> str:
    """A reason as it was said: it is published with the batch, and can never be taken back."""
    if holds_identifier(reason):
        raise click.BadParameter("found what looks like an identifier of a person; expected none.", context, option)
    return reason


_REASON = click.option(
    "--reason",
    required=True,
    callback=_impersonal,
    help="Why, for those who read it later. No names, no data of persons.",
)
_DRY_RUN = click.option("--dry-run", is_flag=True, help="Say what would go; change nothing.")
_THEN_RUN = "Readers see it after the next `vm-pipeline run`."


@click.command()
@click.argument("batch_id")
@CONFIG
@_REASON
@click.option("--undo", is_flag=True, help="Take an earlier withdrawal back.")
@JSON
@installed
def withdraw(asked: Asked, batch_id: str, reason: str, undo: bool, as_json: bool) -> None:
    """Take a batch out of force: from now on the version before it counts. As of before, it still did."""
    with _refusing():
        decide = reinstate if undo else withdraw_batch
        found = decide(home_of(asked), batch_id, reason, utc_now())
    tell(found, as_json, _in_lines(_show_decided))


@click.command()
@click.argument("batch_id")
@CONFIG
@_REASON
@_DRY_RUN
@JSON
@installed
def purge(asked: Asked, batch_id: str, reason: str, dry_run: bool, as_json: bool) -> None:
    """Erase a batch for good: its bytes, its rows, and what was built of them. A tombstone stays."""
    with _refusing():
        found = purge_batch(home_of(asked), batch_id, reason, utc_now(), dry_run)
    tell(found, as_json, _in_lines(partial(_show_erased, dry_run=dry_run)))


@click.command()
@click.option("--config", type=PATH, help="vm.toml with [retention] (default: VM_CONFIG).")
@_DRY_RUN
@JSON
@installed
def tidy(asked: Asked, dry_run: bool, as_json: bool) -> None:
    """Remove what was kept as long as [retention] says. Not while a run works."""
    with _refusing():
        found = tidy_home(home_of(asked), utc_now(), dry_run)
    tell(found, as_json, _in_lines(partial(_show_tidied, dry_run=dry_run)))


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except (CannotDecide, NotStaged) as error:
        click.echo(str(error), err=True)
        sys.exit(USAGE)


def _in_lines(said: Callable[[Any], Iterator[str]]) -> Callable[[Any], None]:
    return lambda found: click.echo("\n".join(said(found)))


def _show_decided(found: Decided) -> Iterator[str]:
    one = found.decision
    yield f"{found.slot}: batch {one.batch_id} {one.kind} at {one.received_at}."
    for month in found.moved:
        now = f"batch {month.after} counts again" if month.after else "no version counts: the month is missing"
        yield f"  {month.month or 'the file'}: {now}"
    if not found.moved:
        yield "  No month changes hands: another version counts."
    yield _THEN_RUN


def _show_erased(found: Erased, dry_run: bool) -> Iterator[str]:
    yield f"{'Would purge' if dry_run else 'Purged'}: {', '.join(found.batches)}."
    yield from (f"  {'would go' if dry_run else 'gone'}: {path}" for path in found.paths)
    if found.is_published:
        yield "The warehouse that readers use still has its rows: use `vm-pipeline run` now."
    yield "Not in this home, and for you to erase: the file at its source, copies of the warehouse, backups."
    yield "A backup made before has the same paths: `vm-pipeline backup` once more, then remove them there."
    yield "In this home Dagster's history still has what runs said: counts, and codes of it that nobody had mapped."


def _show_tidied(found: Tidied, dry_run: bool) -> Iterator[str]:
    verb = "Would remove" if dry_run else "Removed"
    yield f"{verb} {len(found.paths)} files and folders, and with them the rows of {len(found.batches)} batches."
    yield from (f"  {path}" for path in found.paths)
