"""`vm-pipeline doctor`: what is wrong with this installation.

Belongs here: arguments, what is printed, the exit status.
Does not belong here: finding out what is wrong (doctor).
"""

import sys

import click
from rich.console import Console
from rich.markup import escape

from vm_pipeline import settings
from vm_pipeline.commands.options import CLOSED, CONFIG, JSON, installed, tell
from vm_pipeline.doctor.examination import environment, installation
from vm_pipeline.doctor.finding import Finding, wrong
from vm_pipeline.home import Home, utc_now
from vm_pipeline.settings import Asked, ConfigurationError

_MARKS = {"ok": "[green]ok[/]   ", "note": "[yellow]note[/] ", "wrong": "[bold red]wrong[/]"}


@click.command()
@CONFIG
@click.option("--deep", is_flag=True, help="Hash everything that is kept, and ask every web address and database.")
@JSON
@installed
def doctor(asked: Asked, deep: bool, as_json: bool) -> None:
    """Say what is wrong with this installation, and what to do. Changes nothing; exit status 1 if anything is wrong."""
    found = [*environment()]
    try:
        chosen = settings.load(asked)
    except ConfigurationError as error:
        found.append(wrong("configuration", str(error), "one that can be used", "Correct it: `vm-pipeline check`."))
    else:
        found += installation(Home(chosen), utc_now(), deep)
    tell(found, as_json, _show)
    sys.exit(CLOSED if any(one.state == "wrong" for one in found) else 0)


def _show(found: list[Finding]) -> None:
    console = Console(soft_wrap=True, highlight=False)
    for one in found:
        console.print(f"{_MARKS[one.state]} {one.check}: {escape(one.found)}")
        if one.state != "ok":
            console.print(f"      expected {escape(one.expected)}. {escape(one.remedy)}")
    amiss = sum(one.state == "wrong" for one in found)
    console.print(f"{amiss} wrong, {sum(one.state == 'note' for one in found)} to note, of {len(found)} findings.")
