"""How long files are kept: the declaration of `[retention]` in vm.toml.

Belongs here: the keys and their meaning. Does not belong here: removing anything (keeping).
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True)
class Retention:
    """Days that files are kept after they stopped being needed; 0 = for good.

    `superseded_days`: extracts that were superseded, withdrawn or refused, since then (reference files stay: an older
    one may be the last good one). `as_of_days`: warehouses of other times, since they were made. `leftover_days`: typed
    batches of another version of the reader, drafts and files half received, since they were last written.
    """

    superseded_days: int = 0
    as_of_days: int = 0
    leftover_days: int = 0

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> "Retention":
        """From the configuration. Raises ValueError."""
        known = [one.name for one in fields(cls)]
        for name, days in table.items():
            if name not in known:
                raise ValueError(f"found the key {name!r}, expected one of {', '.join(known)}.")
            if not isinstance(days, int) or isinstance(days, bool) or days < 0:
                raise ValueError(f"found {name} = {days!r}, expected a whole number of days; 0 = for good.")
        return cls(**table)


FOR_GOOD = Retention()
