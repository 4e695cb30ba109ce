"""What every command has in common: its exit status, its options, and one way to say what is wrong with them."""

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn

import click
from rich.console import Console
from rich.markup import escape

from vm_pipeline import settings
from vm_pipeline.disk import said_of_disk
from vm_pipeline.settings import Asked, ConfigurationError
from vm_pipeline.sources.objects import LandingDamaged
from vm_pipeline.warehouse.postgres.refused import WarehouseRefused

CLOSED, USAGE = 1, 2
PATH = click.Path(path_type=Path)
CONFIG = click.option("--config", type=PATH, help="vm.toml (default: VM_CONFIG).")
JSON = click.option("--json", "as_json", is_flag=True, help="For machines.")


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
            _closed("Warehouse", str(error))
        except LandingDamaged as error:
            _closed("Landing", str(error))
        except Exception as error:
            if not (said := said_of_disk(error)):
                raise
            _closed("Disk", said)

    wrapped = click.option("--warehouse", metavar="URL", help="Snapshot file, or postgresql+psycopg://user@host/name.")(
        wrapped
    )
    return click.option("--home", type=PATH, help="Home folder (default: VM_HOME, or ./vm-home).")(wrapped)


def _closed(what: str, said: str) -> NoReturn:
    """Something a person has to mend before a night can run; the last good warehouse stays."""
    console = Console(stderr=True, soft_wrap=True)
    console.print(f"[bold red]{what}:[/] {escape(said)}", highlight=False)
    sys.exit(CLOSED)


def amiss(style: str, said: str) -> None:
    """Something about the configuration, on the error stream; a line for each thing."""
    console = Console(stderr=True, soft_wrap=True)
    console.print("Configuration:", style=style, end=" " if "\n" not in said else "\n")
    console.print(said, highlight=False, markup=False)


def snapshot_of(chosen: settings.Settings) -> Path:
    """The published snapshot. Raises ConfigurationError where there is none."""
    if not chosen.warehouse.is_file():
        found = f"{chosen.warehouse}: found no warehouse"
        raise ConfigurationError(f"{found}, expected a published one. Use `vm-pipeline run` first.")
    return chosen.warehouse


def loaded(asked: Asked) -> settings.Settings:
    """The settings; what they warn of is told."""
    chosen = settings.load(asked)
    for warning in chosen.warnings:
        amiss("yellow", warning)
    return chosen
