"""What every command has in common: its exit status, its options, and one way to say what is wrong with them.

Belongs here: options that several commands take, what they name (settings, a home, a snapshot), telling what was found.
Does not belong here: any one command.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn

import click
import duckdb
from rich.console import Console
from rich.markup import escape

from vm_pipeline import settings
from vm_pipeline.calendar import is_period
from vm_pipeline.disk import said_of_disk
from vm_pipeline.home import Home
from vm_pipeline.settings import Asked, ConfigurationError
from vm_pipeline.settings.problems import closest
from vm_pipeline.sources.objects import LandingDamaged
from vm_pipeline.staging.known import NotStaged
from vm_pipeline.warehouse.made_from import code_version
from vm_pipeline.warehouse.postgres.refused import WarehouseRefused
from vm_pipeline.warehouse.snapshot import published

CLOSED, USAGE = 1, 2
PATH = click.Path(path_type=Path)
FOLDER = click.Path(path_type=Path, file_okay=False)


class _Month(click.ParamType[str]):
    """One that is misspelt has nothing in it, which would look like good news."""

    name = "month"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The month as it was said."""
        return value if is_period(value) else self.fail(f"found {value!r}, expected a month like 2022-07.", param, ctx)


class _File(click.Path):
    """A file to write: that it cannot lie there is said before any work."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path."""
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        if not path.parent.is_dir():
            self.fail(f"found no folder {path.parent}, expected one to write to. Make it, or name another.", param, ctx)
        return path


FILE = _File(path_type=Path, dir_okay=False)
CONFIG = click.option("--config", type=PATH, help="vm.toml (default: VM_CONFIG).")
PROVIDER = click.option("--provider", help="Only this provider.")
PERIOD = click.option("--period", type=_Month(), metavar="YYYY-MM", help="Only this month.")
JSON = click.option("--json", "as_json", is_flag=True, help="For machines.")


def installed(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options every command takes, which it is given as `Asked`, and one way to say what is wrong with them."""

    @wraps(command)
    def wrapped(home: Path | None, warehouse: str | None, config: Path | None = None, **arguments: Any) -> Any:
        try:
            return command(Asked(config=config, home=home, warehouse=warehouse), **arguments)
        except ConfigurationError as error:
            amiss("bold red", str(error))
            sys.exit(USAGE)
        except WarehouseRefused as error:
            _closed("Warehouse", str(error))
        except LandingDamaged as error:
            _closed("Landing", str(error))
        except NotStaged as error:
            _closed("Staging", str(error))
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


def tell(found: Any, as_json: bool, show: Callable[[Any], None]) -> None:
    """What was found, shown to people or as JSON."""
    if as_json:
        click.echo(json.dumps(found, indent=1, ensure_ascii=False, default=_as_json))
    else:
        show(found)


def _as_json(found: Any) -> Any:
    return asdict(found) if is_dataclass(found) and not isinstance(found, type) else str(found)


def snapshot_of(chosen: settings.Settings) -> Path:
    """The published snapshot. Raises ConfigurationError where there is none."""
    if not chosen.warehouse.is_file():
        if chosen.warehouse.parent == chosen.home:
            begun(Home(chosen))
        found = f"{chosen.warehouse}: found no warehouse"
        raise ConfigurationError(f"{found}, expected a published one. Use `vm-pipeline run` first.")
    return chosen.warehouse


@contextmanager
def of_this_version(snapshot: Path) -> Iterator[Path]:
    """A snapshot that is read: one of another version may lack what this one asks for. Raises ConfigurationError."""
    try:
        yield snapshot
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        about = published(snapshot)
        if about is None or about.code == code_version():
            raise
        raise ConfigurationError(
            f"{snapshot}: found a warehouse of another version of vm-pipeline, without a table or column that this one "
            "reads; expected one of this version. `vm-pipeline run` makes it again (with --as-of that of a time)."
        ) from error


def loaded(asked: Asked) -> settings.Settings:
    """The settings; what they warn of is told."""
    chosen = settings.load(asked)
    for warning in chosen.warnings:
        amiss("yellow", warning)
    return chosen


def home_of(asked: Asked, provider: str | None = None) -> Home:
    """A home that is there, and has received of the provider that is asked for: of another, nothing that is told would
    be true. Raises ConfigurationError.
    """
    found = begun(Home(loaded(asked)))
    if provider:
        known = sorted({receipt.slot.provider_code for receipt in found.receipts()} - {""})
        if provider.upper() not in known:
            one = f"one of {', '.join(known)}" if known else "one of those received, of which there are none"
            raise ConfigurationError(f"found no provider {provider}, expected {one}.")
    return found


def begun(home: Home) -> Home:
    """The home, if a night ever began in it: one that is mistyped would look like one that has nothing to tell.

    Raises ConfigurationError.
    """
    folder = home.folder
    if home.landing.root.is_dir():
        return home
    there = "a folder without `landing`, in which no night ever began" if folder.is_dir() else "no such folder"
    near = closest(folder.name, [path.parent.name for path in folder.parent.glob("*/landing")])
    raise ConfigurationError(
        f"{folder}: found {there}, expected the home of your nights.{near} Name it: --home, VM_HOME, or `home` of "
        "vm.toml. To begin one there: `vm-pipeline run --feeds DIR`, or `--config vm.toml`."
    )
