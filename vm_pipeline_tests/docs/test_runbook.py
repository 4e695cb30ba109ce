"""The runbook has a section for every alert: how it is noticed, what to do, what is then seen."""

import re
from pathlib import Path

import pytest

from vm_pipeline.alerts.cause import KINDS, Cause
from vm_pipeline.cli import main

DOCS = Path(__file__).parents[2] / "docs"
PARTS = ("**You notice:**", "**Do:**", "**You then see:**")
TYPED = re.compile(r"`?vm-pipeline ([a-z]+)")


def sections() -> dict[str, str]:
    """By heading, what stands under it."""
    _, *found = re.split(r"^## (.+)\n", (DOCS / "runbook.md").read_text("utf-8"), flags=re.MULTILINE)
    return dict(zip(found[::2], found[1::2], strict=True))


@pytest.mark.parametrize("kind", KINDS)
def test_every_alert_has_its_section(kind: str) -> None:
    """With the name that stands in the message, and a line in the page of alerts that leads there."""
    title = KINDS[kind]
    section = sections()[title]
    assert [part for part in PARTS if part not in section] == []
    assert f"the alert *{title}*" in section
    assert f"../runbook.md#{title.lower().replace(' ', '-')}" in (DOCS / "how-to" / "be-told.md").read_text("utf-8")


@pytest.mark.parametrize("kind", KINDS)
def test_a_section_says_what_is_told_when_it_is_over(kind: str) -> None:
    """Or, of what passes by itself, that nothing more is."""
    _, _, seen = sections()[KINDS[kind]].partition(PARTS[-1])
    over = f"*Over: {KINDS[kind]}*" if Cause(kind, "", "", "").lasts else "told once"
    assert over in " ".join(seen.split())


def test_what_the_runbook_types_are_commands() -> None:
    typed = {command for section in sections().values() for command in TYPED.findall(section)}
    assert typed and typed <= main.commands.keys()
