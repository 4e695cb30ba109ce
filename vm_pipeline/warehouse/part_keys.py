"""Keys of the parts of one table, and the key of what another table's part reads of it.

Belongs here: places of parts, putting keys together by batch, provider and team.
Does not belong here: what a key stands for, which parts are made (parts).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from vm_pipeline.warehouse.made_from import name_of

Place = tuple[str, str, str]  # provider, batch and team; empty where a table has no such column
EVERYWHERE: Place = ("", "", "")

Name = TypeVar("Name")


@dataclass(frozen=True)
class Keys:
    """Keys of one table, by place."""

    rows: Mapping[Place, str]

    def of(self, place: Place) -> str:
        """The key of what a part at this place reads of the table; the empty place reads all of it."""
        provider, batch, team = place
        if batch and any(b for _, b, _ in self.rows):
            return self._by_batch[batch]
        if team and any(t for _, _, t in self.rows):
            return self._by_team[provider, team]
        return self._by_provider[provider] if provider and any(p for p, _, _ in self.rows) else self._all

    @cached_property
    def _by_batch(self) -> dict[str, str]:
        return _grouped((batch, key) for (_, batch, _), key in self.rows.items())

    @cached_property
    def _by_team(self) -> dict[tuple[str, str], str]:
        return _grouped(((provider, team), f"{batch} {key}") for (provider, batch, team), key in self.rows.items())

    @cached_property
    def _by_provider(self) -> dict[str, str]:
        return _grouped((provider, f"{batch} {team} {key}") for (provider, batch, team), key in self.rows.items())

    @cached_property
    def _all(self) -> str:
        return name_of(sorted(f"{' '.join(place)} {key}" for place, key in self.rows.items()))


def _grouped(pairs: Iterable[tuple[Name, str]]) -> dict[Name, str]:
    found: dict[Name, list[str]] = defaultdict(list)
    for name, key in pairs:
        found[name].append(key)
    return defaultdict(lambda: name_of(()), {name: name_of(sorted(keys)) for name, keys in found.items()})
