"""One provider's files in a folder of its own naming: a pattern finds them, a rule reads the period off the name.

Belongs here: the keys of such a source, and which file stands for which slot when names are not canonical.
Does not belong here: the canonical layout (folder), what the files hold (staging), reading `vm.toml` (settings).
"""

import itertools
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from vm_pipeline.calendar import is_period, period_of
from vm_pipeline.sources.declared import FeedKeys
from vm_pipeline.sources.landing import Extract, Problem, opener
from vm_pipeline.sources.receipts import Slot

_MONTHS = 12


@dataclass(frozen=True)
class PeriodRule:
    """How a file's name tells its months: `covers` says them outright, `pattern` reads them off the name."""

    covers: Annotated[str, Field(examples=["2020-04", "2020-04_2021-03"])] = ""
    """The months outright."""
    pattern: Annotated[str, Field(examples=[r"(?P<period>\d{4}-\d\d)"])] = ""
    """A regular expression searched for in the name, with a group `period` (`2020-04`), or groups `year` and `month`,
    or a group `financial_month` (01 = April)."""
    financial_year: Annotated[str, Field(examples=["2020/21"])] = ""
    """The year of `financial_month`."""

    def __post_init__(self) -> None:
        """Raises ValueError, in words, where it cannot tell any month."""
        first, _, last = self.covers.partition("_")
        if self.covers and not (is_period(first) and is_period(last or first) and first <= (last or first)):
            raise ValueError(f"found covers = {self.covers!r}, expected 2020-04 or 2020-04_2021-03.")
        try:
            groups = re.compile(self.pattern).groupindex
        except re.error as error:
            raise ValueError(f"found pattern = {self.pattern!r}, expected a regular expression: {error}.") from error
        if "financial_month" in groups and not re.fullmatch(r"\d{4}/\d\d", self.financial_year):
            raise ValueError(f"found financial_year = {self.financial_year!r}, expected one like 2020/21.")

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
            month = int(groups["financial_month"] or 0)
            return period_of(int(self.financial_year[:4]) * 12 + 2 + month) if 1 <= month <= _MONTHS else ""
        return f"{groups.get('year')}-{int(groups.get('month') or 0):02}"


@dataclass(frozen=True, kw_only=True)
class FilesKeys(FeedKeys):
    """Files of any naming."""

    files: str
    """A pattern of file names, relative to the file; `*`, `?` and `**` as in a shell."""
    period: PeriodRule = PeriodRule()
    """How a file's name tells its months."""

    @property
    def spans(self) -> tuple[tuple[str, str], ...]:
        """The months that `covers` names."""
        months = self.period.months("") if self.period.covers else None
        return (months,) if months else ()

    def source(self, base: Path, provider: str, layout: str) -> "FilesSource":
        """Of one provider, with paths below `base` and the layout as JSON."""
        pattern = base / self.files
        fixed = list(itertools.takewhile(lambda part: not set(part) & set("*?["), pattern.parts))
        root = Path(*fixed) if len(fixed) < len(pattern.parts) else pattern.parent
        files = str(pattern.relative_to(root))
        return FilesSource(self.feed, provider, root.absolute(), files, self.period, layout, self.part)


@dataclass(frozen=True)
class FilesSource:
    """Files of one feed of one provider. `files` is a pattern below `root`; `layout` the resolved layout, as JSON."""

    feed: str
    provider_code: str
    root: Path
    files: str
    period: PeriodRule
    layout: str = ""
    part: str = ""

    def find(self) -> tuple[list[Extract], list[Problem]]:
        """Every file the pattern meets, as an extract; a problem where there is none, or a name tells no period."""
        paths = sorted(self.root.glob(self.files)) if self.root.is_dir() else []
        if not paths:
            remedy = "Mount the folder, or correct `files` of this source."
            return [], [
                Problem(str(self.root / self.files), "no file", f"{self.feed} files of {self.provider_code}", remedy)
            ]
        found = [self._extract(path) for path in paths]
        extracts = [one for one in found if isinstance(one, Extract)]
        problems = [one for one in found if isinstance(one, Problem)]
        claims = Counter(one.slot for one in extracts)
        problems += [_claimed(one) for one in extracts if claims[one.slot] > 1]
        return [one for one in extracts if claims[one.slot] == 1], problems

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
        return Extract(
            Slot(self.feed, self.provider_code, *months, self.part), str(path), opener(path), layout=self.layout
        )


def _claimed(extract: Extract) -> Problem:
    """Which of two files counts is not for an alphabet to decide: neither does, and what was received stays."""
    return Problem(
        extract.name, f"another file for {extract.slot}", "one file a month", "Move the one that is not in use."
    )
