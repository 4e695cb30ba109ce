"""How long files are kept: the declaration of `[retention]` in vm.toml.

Belongs here: the keys and their meaning. Does not belong here: removing anything (keeping).
"""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

Days = Annotated[int, Field(ge=0)]


@dataclass(frozen=True)
class Retention:
    """Days that files are kept after they stopped being needed; 0 = for good."""

    superseded_days: Days = 0
    """Extracts that were superseded, withdrawn or refused: bytes and rows go, counts stay. Reference files are kept: an
    older one may be the last good one."""
    as_of_days: Days = 0
    """Warehouses of other times, in `as-of/`."""
    leftover_days: Days = 0
    """Typed batches of another version of the reader, drafts, files half received."""


FOR_GOOD = Retention()
