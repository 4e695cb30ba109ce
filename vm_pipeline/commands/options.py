"""What every command has in common: its exit status, its options, and one way to say what is wrong with them."""

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from vm_pipeline.settings import ConfigurationError

CLOSED, USAGE = 1, 2
PATH = click.Path(path_type=Path)


def installed(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options of a command that works on a home."""

    @wraps(command)
    def wrapped(**arguments: Any) -> Any:
        try:
            return command(**arguments)
        except ConfigurationError as error:
            Console(stderr=True).print(f"[bold red]Configuration:[/] {error}", highlight=False)
            sys.exit(USAGE)

    wrapped = click.option("--warehouse", metavar="URL", help="Snapshot file, a path or duckdb:///path.")(wrapped)
    return click.option("--home", type=PATH, help="Home folder (default: VM_HOME, or ./vm-home).")(wrapped)
