"""One provider's files in a folder of its own naming: a pattern finds them, a rule reads the period off the name.

Belongs here: which file stands for which slot when names are not canonical.
Does not belong here: the canonical layout (folder), what the files hold (staging), `vm.toml` (settings).
"""

import re
from dataclasses import dataclass
from pathlib import Path

from vm_pipeline.calendar import is_period, period_of
from vm_pipeline.sources.landing import Extract, Problem, opener
from vm_pipeline.sources.receipts import Slot


@dataclass(frozen=True)
class PeriodRule:
    """How a file's name tells its months.

    `covers` names them outright (`2020-04` or `2020-04_2021-03`). Else `pattern` is searched for in the name, with a
    group `period` (`2020-04`), groups `year` and `month`, or a group `financial_month` (1 = April) of `financial_year`.
    """

    covers: str = ""
    pattern: str = ""
    financial_year: str = ""

    def months(self, name: str) -> tuple[str, str] | None:
        """First and last month, or None where the name does not tell."""
        if self.covers:
            first, _, last = self.covers.partition("_")
            return first, last or first
        found = re.search(self.pattern, name)
        period = self._period(found.groupdict()) if found else ""
        return (period, period) if is_period(period) else None

    def _period(self, groups: dict[str, str | None]) -> str:
        if groups.get("period"):
            return str(groups["period"])
        if groups.get("financial_month"):
            return period_of(int(self.financial_year[:4]) * 12 + 2 + int(groups["financial_month"] or 0))
        return f"{groups.get('year')}-{int(groups.get('month') or 0):02}"


@dataclass(frozen=True)
class FilesSource:
    """Files of one feed of one provider. `files` is a pattern below `root`; `layout` the resolved layout, as JSON."""

    feed: str
    provider_code: str
    root: Path
    files: str
    period: PeriodRule
    layout: str = ""

    def find(self) -> tuple[list[Extract], list[Problem]]:
        """Every file the pattern meets, as an extract; a problem where there is none, or a name tells no period."""
        paths = sorted(self.root.glob(self.files)) if self.root.is_dir() else []
        if not paths:
            remedy = "Mount the folder, or correct `files` of this source."
            return [], [
                Problem(str(self.root / self.files), "no file", f"{self.feed} files of {self.provider_code}", remedy)
            ]
        found = [self._extract(path) for path in paths]
        return (
            [one for one in found if isinstance(one, Extract)],
            [one for one in found if isinstance(one, Problem)],
        )

    def _extract(self, path: Path) -> Extract | Problem:
        if not path.is_file():
            return Problem(str(path), "a folder", "a file", "Put the extract itself there, not a folder of that name.")
        if self.feed.startswith("reference/"):
            return Extract(Slot(self.feed, ""), str(path), opener(path), layout=self.layout)
        months = self.period.months(path.name)
        if months is None:
            return Problem(
                str(path), f"{path.name!r}", f"a name that `period` can read ({self.period.pattern})", "Rename it."
            )
        return Extract(Slot(self.feed, self.provider_code, *months), str(path), opener(path), layout=self.layout)
