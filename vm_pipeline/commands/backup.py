"""`vm-pipeline backup`: a copy of what cannot be made again.

Belongs here: arguments, what is printed, the exit status.
Does not belong here: copying (backup).
"""

import sys
from pathlib import Path

import click

from vm_pipeline.backup import BackupRefused, back_up
from vm_pipeline.commands.options import CLOSED, CONFIG, FOLDER, home_of, installed
from vm_pipeline.doctor.finding import named
from vm_pipeline.settings import Asked, ConfigurationError


@click.command()
@CONFIG
@click.argument("target", type=FOLDER, metavar="DIR")
@click.option("--without-key", is_flag=True, help="Leave out pseudonym.key, where it is kept apart.")
@installed
def backup(asked: Asked, target: Path, without_key: bool) -> None:
    """Copy to DIR what is not there yet of what cannot be made again. DIR is laid out as a home; a night may run."""
    try:
        found = back_up(home_of(asked), target, not without_key)
    except BackupRefused as error:
        raise ConfigurationError(str(error)) from error
    logs = f"{found.receipts} files of receipts, {found.decisions} of decisions"
    click.echo(f"{found.objects} objects, {logs}, {found.others} others copied to {target}")
    if found.damaged:
        click.echo(f"Not copied, for they are damaged: {named(found.damaged)}. `vm-pipeline doctor --deep` says more.")
        sys.exit(CLOSED)
