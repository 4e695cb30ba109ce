"""What was told already, by way out, and so what is news.

Belongs here: the record in the home, and comparing it with the causes there are now.
Does not belong here: sending.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from vm_pipeline.alerts.cause import KINDS, Cause
from vm_pipeline.disk import put


@dataclass(frozen=True)
class Message:
    """One thing to tell: a cause, or that one which was told is over."""

    title: str
    cause: Cause
    is_over: bool = False

    def lines(self) -> list[str]:
        """What a person reads: what was found, its figures, what to do."""
        if self.is_over:
            return [self.title]
        figures = ["; ".join(f"{name}: {value}" for name, value in one.items()) for one in self.cause.figures]
        return [self.title, self.cause.reason, *figures, self.cause.remedy]


@dataclass(frozen=True)
class Told:
    """A cause that somebody was told of, and how it looked then."""

    kind: str
    about: str
    state: str


def news(told: Collection[Told], causes: Sequence[Cause], judged: Collection[str]) -> list[Message]:
    """What to tell of the causes there are. A cause that is not there is over if its kind was `judged`."""
    known = {(one.kind, one.about): one.state for one in told}
    there = {(cause.kind, cause.about) for cause in causes}
    new = [Message(cause.title, cause) for cause in causes if known.get((cause.kind, cause.about)) != cause.state]
    gone = [Cause(one.kind, one.about, "", "") for one in told if (one.kind, one.about) not in there]
    return new + [Message(f"Over: {one.title}", one, is_over=True) for one in gone if one.kind in judged]


def after(told: Collection[Told], message: Message) -> list[Told]:
    """What was told, once a message was delivered."""
    cause = message.cause
    others = [one for one in told if (one.kind, one.about) != (cause.kind, cause.about)]
    return others if message.is_over else [*others, Told(cause.kind, cause.about, cause.state)]


def read(path: Path) -> list[Told]:
    """The record of one way out. One that cannot be read counts as none: things are told again rather than never."""
    try:
        return [one for one in (Told(**raw) for raw in json.loads(path.read_text("utf-8"))) if one.kind in KINDS]
    except (OSError, ValueError, TypeError):
        return []


def write(path: Path, told: Collection[Told]) -> None:
    """Keep the record, whole or as it was."""
    put(path, json.dumps([asdict(one) for one in told], indent=1) + "\n")
