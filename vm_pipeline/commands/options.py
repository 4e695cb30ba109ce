"""What every command has in common: its exit status, its options, and one way to say what is wrong with them."""

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from vm_pipeline import settings
from vm_pipeline.settings import Asked, ConfigurationError
from vm_pipeline.warehouse.postgres.refused import WarehouseRefused

CLOSED, USAGE = 1, 2
PATH = click.Path(path_type=Path)
CONFIG = click.option("--config", type=PATH, help="vm.toml (default: VM_CONFIG).")


def installed(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options every command takes, and one way to say what is wrong with them."""

    @wraps(command)
    def wrapped(**arguments: Any) -> Any:
        try:
            return command(**arguments)
        except ConfigurationError as error:
            amiss("bold red", str(error))
            sys.exit(USAGE)
        except WarehouseRefused as error:
            Console(stderr=True, soft_wrap=True).print(f"[bold red]Warehouse:[/] {error}", highlight=False)
            sys.exit(CLOSED)

    wrapped = click.option("--warehouse", metavar="URL", help="Snapshot file, or postgresql+psycopg://user@host/name.")(
        wrapped
    )
    return click.option("--home", type=PATH, help="Home folder (default: VM_HOME, or ./vm-home).")(wrapped)


def amiss(style: str, said: str) -> None:
    """Something about the configuration, on the error stream; a line for each thing."""
    console = Console(stderr=True, soft_wrap=True)
    console.print("Configuration:", style=style, end=" " if "\n" not in said else "\n")
    console.print(said, highlight=False, markup=False)


def loaded(asked: Asked) -> settings.Settings:
    """The settings; what they warn of is told."""
    chosen = settings.load(asked)
    for warning in chosen.warnings:
        amiss("yellow", warning)
    return chosen
