"""`vm-pipeline extract`: the warehouse as files, for tools that have no driver for it.

Belongs here: arguments, what is printed, the exit status.
Does not belong here: writing the files (warehouse/extract).
"""

import sys
from pathlib import Path

import click

from vm_pipeline.commands.options import CONFIG, PATH, USAGE, amiss, installed, loaded, of_this_version, snapshot_of
from vm_pipeline.settings import Asked


@click.command()
@click.argument("folder", type=PATH)
@CONFIG
@click.option("--provider", default="", metavar="CODE", help="Only rows of this provider, and what belongs to none.")
@click.option("--csv", is_flag=True, help="CSV files beside the Parquet files.")
@installed
def extract(asked: Asked, folder: Path, provider: str, csv: bool) -> None:
    """Write every table and view to FOLDER as Parquet, with a datapackage.json that describes them."""
    from vm_pipeline.warehouse.extract import NotExtracted
    from vm_pipeline.warehouse.extract import extract as write

    chosen = loaded(asked)
    try:
        with of_this_version(snapshot_of(chosen)) as snapshot:
            written = write(snapshot, folder, provider, csv)
    except NotExtracted as error:
        amiss("bold red", str(error))
        sys.exit(USAGE)
    size = sum(one.size for one in written) / 1_000_000
    click.echo(f"{len(written)} files, {size:,.1f} MB, written to {folder}, exact: who may read them is your decision.")
