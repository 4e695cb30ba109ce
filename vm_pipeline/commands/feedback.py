"""`vm-pipeline feedback`: what is wrong with what was sent, as files to pass to whoever sent it.

Belongs here: arguments, what is printed, the exit status.
Does not belong here: what senders are told (feedback).
"""

from pathlib import Path

import click
from rich.table import Table

from vm_pipeline.commands.options import CONFIG, FOLDER, PERIOD, PROVIDER, home_of, installed
from vm_pipeline.feedback.reports import Told, to_tell, write
from vm_pipeline.feeds import FEEDS
from vm_pipeline.page import wide_console
from vm_pipeline.settings import Asked
from vm_pipeline.sources.receipts import Version


@click.command()
@CONFIG
@click.option("--feed", type=click.Choice([*FEEDS, "reference"]), help="Only this feed.")
@PROVIDER
@PERIOD
@click.option("--to", "target", type=FOLDER, help="Write the files there (default: reports/feedback in the home).")
@installed
def feedback(asked: Asked, feed: str | None, provider: str | None, period: str | None, target: Path | None) -> None:
    """Every problem of every batch, a file each for its sender, safe to open in a spreadsheet."""
    known = home_of(asked, provider)

    def wanted(version: Version) -> bool:
        slot = version.receipt.slot
        return slot.is_of(provider, period) and (not feed or slot.feed.partition("/")[0] == feed)

    told = to_tell(known.known(), target or known.feedback, wanted)
    write(told, known.staging)
    _show(told, target or known.feedback)


def _show(told: list[Told], folder: Path) -> None:
    console = wide_console()
    if not told:
        console.print("Nothing to tell: no batch in force has rejected rows, and none was refused last.")
        return
    table = Table(title="What senders are told")
    for name in ("batch", "received", "rejected", "refused", "file"):
        table.add_column(name, justify="right" if name in ("received", "rejected") else "left", overflow="fold")
    for one in told:
        found = one.summary
        rows = (f"{found.rows_received:,}", f"{found.rows_rejected:,}")
        table.add_row(str(one.version.receipt.slot), *rows, found.refused_code, str(one.path.relative_to(folder)))
    console.print(table)
    console.print(f"{len(told)} files in {folder}, each with a summary beside it.", highlight=False, soft_wrap=True)
