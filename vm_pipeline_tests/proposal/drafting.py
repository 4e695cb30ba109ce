"""Sample files of a provider, a draft made of them, and what came of it.

Belongs here: the steps that `vm-pipeline propose` takes.
Does not belong here: assertions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vm_pipeline import settings
from vm_pipeline.proposal.draft import Draft, as_toml, propose
from vm_pipeline.proposal.looking import FileLook, opened
from vm_pipeline.proposal.trial import Tried, tried
from vm_pipeline.settings import Asked


def look(path: Path, workspace: Path) -> FileLook:
    """A look at one file."""
    with opened(path, workspace) as (_, found):
        return found


@dataclass(frozen=True)
class Drafted:
    """A draft, its text, and what its own files gave."""

    draft: Draft
    text: str
    files: list[Tried]


def drafted(paths: Sequence[Path], workspace: Path, provider: str = "X1") -> Drafted:
    """A draft, written, loaded by itself and tried."""
    draft = propose([look(path, workspace) for path in paths], "ledger", provider, workspace)
    text = as_toml(draft)
    config = workspace / "vm.toml"
    config.write_text(text, "utf-8")
    chosen = settings.load(Asked(config=config, home=workspace / "home"), {})
    extracts = [extract for source in chosen.sources for extract in source.find()[0]]
    return Drafted(draft, text, tried(extracts, workspace / "home"))
