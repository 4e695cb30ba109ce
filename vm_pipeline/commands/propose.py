"""`vm-pipeline propose`: a draft of the configuration for files that nobody has described yet.

Belongs here: arguments, what is printed, the exit status.
Does not belong here: the draft, and trying it (proposal).
"""

import sys
import tempfile
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape

from vm_pipeline import settings
from vm_pipeline.commands.options import CLOSED, FILE, USAGE, amiss
from vm_pipeline.proposal.draft import Draft, as_toml
from vm_pipeline.proposal.draft import propose as drafted
from vm_pipeline.proposal.looking import FileLook, opened
from vm_pipeline.proposal.terms import TERMS
from vm_pipeline.proposal.trial import Tried, in_words, tried
from vm_pipeline.settings import Asked
from vm_pipeline.staging.reading import Refused


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--feed", type=click.Choice([*TERMS]), required=True, help="The feed that the files are of.")
@click.option("--provider", default="PROVIDER", show_default=True, help="Code of the provider whose files they are.")
@click.option("--to", "target", type=FILE, help="Write the draft there (default: print it).")
def propose(files: tuple[Path, ...], feed: str, provider: str, target: Path | None) -> None:
    """A draft of vm.toml from sample files, several months of them, tried on the same files."""
    console = Console(stderr=True, soft_wrap=True, highlight=False)
    if target and target.exists():
        amiss("bold red", f"{target}: found a file, expected none. Name another, or move it.")
        sys.exit(USAGE)
    try:
        with tempfile.TemporaryDirectory() as workspace:
            looks = [_look(file, Path(workspace)) for file in files]
            draft = drafted(looks, feed, provider.upper(), target.parent if target else Path.cwd())
            found = _tried(drafted(looks, feed, provider.upper(), Path(workspace)), Path(workspace), looks)
    except Refused as why:
        console.print(f"[bold red]Refused ({why.code}):[/] {escape(str(why))}")
        sys.exit(CLOSED)
    text = as_toml(draft, [in_words(found)] if found else [])
    if target:
        target.write_text(text, "utf-8")
        console.print(f"Draft written to {target}.")
    else:
        click.echo(text, nl=False)
    _show(console, draft, found)


def _look(file: Path, workspace: Path) -> FileLook:
    try:
        with opened(file, workspace) as (_, found):
            return found
    except Refused as why:
        raise Refused(why.code, f"{file.name}: {why}") from why


def _tried(draft: Draft, workspace: Path, looks: list[FileLook]) -> list[Tried]:
    """The draft, loaded as settings and staged; its paths are relative to the workspace."""
    config = workspace / "vm.toml"
    config.write_text(as_toml(draft), "utf-8")
    chosen = settings.load(Asked(config=config, home=workspace / "home"), {})
    wanted = {look.path.resolve() for look in looks}
    extracts = [one for source in chosen.sources for one in source.find()[0] if Path(one.name).resolve() in wanted]
    return tried(extracts, workspace / "home")


def _show(console: Console, draft: Draft, found: list[Tried]) -> None:
    """What it came to, and what a person has still to say."""
    for one in found:
        if one.summary.refused or one.summary.rows_rejected:
            console.print(f"[yellow]•[/] {escape(str(one))}")
    if found:
        console.print(in_words(found))
    elif not draft.missing:
        console.print("[yellow]Nothing was tried:[/] no file's month is known.")
    for cell in draft.missing:
        console.print(f"[yellow]Missing:[/] {cell.name}: {cell.missing}.")
