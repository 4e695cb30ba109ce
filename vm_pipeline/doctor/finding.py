"""What a check has to say.

Belongs here: its shape and its wording.
Does not belong here: any check (the other modules).
"""

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "note", "wrong"]


@dataclass(frozen=True)
class Finding:
    """The outcome of one check. A note is worth knowing, and no more; of what is `ok` only `found` counts."""

    check: str
    state: State
    found: str
    expected: str = ""
    remedy: str = ""


def ok(check: str, found: str) -> Finding:
    """As it should be."""
    return Finding(check, "ok", found)


def note(check: str, found: str, expected: str, remedy: str) -> Finding:
    """Worth knowing."""
    return Finding(check, "note", found, expected, remedy)


def wrong(check: str, found: str, expected: str, remedy: str) -> Finding:
    """To be mended."""
    return Finding(check, "wrong", found, expected, remedy)


def named(names: list[str], most: int = 5) -> str:
    """Some names, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
