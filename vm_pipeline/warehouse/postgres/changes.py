"""What has to be written: parts whose content is another than is noted of the server, place by place.

Belongs here: comparing contents. Does not belong here: what a part is (parts), writing it (writing).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Table

from vm_pipeline.warehouse.postgres.parts import Content, is_in, time_of, year_of
from vm_pipeline.warehouse.postgres.schema import partition
from vm_pipeline.warehouse.tables import SCHEMA

_SHARE = 10  # one row in so many is much: autovacuum's own measure for new statistics


@dataclass(frozen=True)
class Change:
    """Parts of one table that lie in one place (a partition, or the table itself) and are not as they were.

    `noted`: of these parts, those the server has. `size`: rows of the place when all is done.
    """

    table: Table
    year: str
    parts: tuple[str, ...]
    noted: Mapping[str, Content]
    size: int
    is_all: bool

    @property
    def place(self) -> str:
        """Where the rows go."""
        return partition(self.table.name, self.year) if self.year else f"{SCHEMA}.{self.table.name}"

    @property
    def rows(self) -> str:
        """A condition on the rows of these parts, for both engines."""
        return " OR ".join(f"({is_in(self.table, part)})" for part in self.parts)

    def is_much(self, written: int) -> bool:
        """Whether so many rows make the place's statistics old."""
        return written * _SHARE > self.size


def changes(table: Table, before: dict[str, Content], now: dict[str, Content]) -> list[Change]:
    """What has to be written, place by place."""
    years: dict[str, list[str]] = {}
    for part in sorted({*before, *now}):
        if before.get(part) != now.get(part):
            years.setdefault(_year(table, part), []).append(part)
    return [_change(table, year, parts, before, now) for year, parts in years.items()]


def _change(table: Table, year: str, parts: list[str], before: dict[str, Content], now: dict[str, Content]) -> Change:
    noted = {part: before[part] for part in parts if part in before}
    size = sum(one.rows for part, one in now.items() if _year(table, part) == year)
    is_all = not any(_year(table, part) == year for part in before.keys() - noted.keys())
    return Change(table, year, tuple(parts), noted, size, is_all)


def _year(table: Table, part: str) -> str:
    return year_of(part) if time_of(table) else ""
