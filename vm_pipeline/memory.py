"""The memory that DuckDB may take: what the settings say, or half of the machine. What is more spills to disk.

Belongs here: how much that is, what each of several DuckDBs at once may have of it, and how they are told.
Does not belong here: opening them, where they spill.
"""

import os
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

_OF_CONTAINER = Path("/sys/fs/cgroup/memory.max")
_MEMORY = re.compile(r"([0-9.]+) ?([A-Za-z]+)")


def half_of_machine(container: Path = _OF_CONTAINER) -> str:
    """Half of what this machine has, or of what its container may take, as DuckDB reads it."""
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    with suppress(OSError, ValueError):  # `max`: no limit
        whole = min(whole, int(container.read_text("ascii")))
    return f"{whole >> 21}MiB"


def limits(memory: str, threads: int = 0, several: int = 1) -> dict[str, Any]:
    """The configuration of each of several DuckDBs that are open at once. Empty and 0: as many as there are."""
    of_memory = {"memory_limit": share(memory, several)} if memory else {}
    return of_memory | ({"threads": threads} if threads else {})


def share(memory: str, several: int) -> str:
    """What each of several may take, so that together they take no more."""
    number, unit = _MEMORY.fullmatch(memory).groups()  # type: ignore[union-attr]  # the settings take nothing else
    return f"{float(number) / several:.3f}{unit}"
