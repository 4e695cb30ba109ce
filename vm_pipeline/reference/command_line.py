"""The page of the command line, from the commands themselves.

Belongs here: commands and options as Markdown. Does not belong here: what they do (how-to pages).
"""

import inspect
from collections.abc import Iterator

import click

from vm_pipeline import cli
from vm_pipeline.reference.markdown import code, joined, table


def cli_page() -> str:
    """Every command and option, as click knows them."""
    about = inspect.getdoc(cli) or ""
    commands = list(_every(cli.main))
    status = next(part for part in about.split("\n\n") if part.startswith("Exit status"))
    return joined(
        "# Command line",
        f"`vm-pipeline COMMAND [OPTIONS]`. {' '.join((cli.main.help or '').split())}",
        " ".join(status.split()),
        table(
            ("command", "what it does"),
            [(f"[{name}](#{name.replace(' ', '-')})", one.help or "") for name, one in commands],
        ),
        *(_command(name, one) for name, one in commands),
    )


def _every(group: click.Group, before: str = "") -> Iterator[tuple[str, click.Command]]:
    """Commands by name; those of a group stand behind its own."""
    for name, one in sorted(group.commands.items()):
        yield f"{before}{name}", one
        if isinstance(one, click.Group):
            yield from _every(one, f"{before}{name} ")


def _command(name: str, command: click.Command) -> str:
    options = [one for one in command.params if isinstance(one, click.Option)]
    return joined(
        f"## {name}",
        command.help or "",
        table(("option", "what it does"), [(_option(one), _helps(one)) for one in options]),
    )


def _option(one: click.Option) -> str:
    shown = one.metavar or ("" if one.is_flag else one.type.name.upper())
    if isinstance(one.type, click.Choice):
        shown = "|".join(map(str, one.type.choices))
    return code(" ".join(filter(None, (", ".join(one.opts), shown))))


def _helps(one: click.Option) -> str:
    default = f" Default: `{one.default}`." if one.show_default else ""
    return f"{one.help or ''}{default}"
