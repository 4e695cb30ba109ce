"""`vm-pipeline prune`: old runs out of Dagster's storage.

Belongs here: arguments, what is printed, the exit status.
Does not belong here: which runs may go (defs/pruning).
"""

import click

from vm_pipeline.commands.options import CONFIG, home_of, installed
from vm_pipeline.home import utc_now
from vm_pipeline.settings import Asked


@click.command()
@CONFIG
@click.option("--days", type=click.IntRange(min=1), default=400, show_default=True, help="How long runs are kept.")
@installed
def prune(asked: Asked, days: int) -> None:
    """Delete old runs and their events from Dagster's storage. Receipts, batches and the warehouse are not in it."""
    from vm_pipeline.defs.pruning import prune as prune_runs
    from vm_pipeline.defs.run import dagster_instance

    with dagster_instance(home_of(asked).folder) as instance:
        click.echo(f"{prune_runs(instance, days, utc_now())} runs deleted.")
