"""How a file's name tells its months.

Belongs here: the rule. Does not belong here: finding files, the canonical names (folder).
"""

import re
from dataclasses import dataclass

from vm_pipeline.calendar import FULL_MONTH_NAMES, is_financial_year, is_period, period_of

_MONTHS, _LETTERS = 12, 3
_GROUPS = ({"period"}, {"year", "month"}, {"financial_month"})


@dataclass(frozen=True)
class PeriodRule:
    """`covers` names the months outright; else `pattern` is searched for in the name."""

    covers: str = ""
    """The months outright: `2020-04` or `2020-04_2021-03`."""
    pattern: str = ""
    """A regular expression searched for in the name, with a group `period` (`2020-04`), or groups `year` and
    `month` (`04`, `Apr` or `April`), or a group `financial_month` (01 = April)."""
    financial_year: str = ""
    """The year of `financial_month`, such as `2020/21`."""

    def __post_init__(self) -> None:
        """Raises ValueError, in words, where it cannot tell any month."""
        first, _, last = self.covers.partition("_")
        if self.covers and not (is_period(first) and is_period(last or first) and first <= (last or first)):
            raise ValueError(f"found covers = {self.covers!r}, expected 2020-04 or 2020-04_2021-03.")
        try:
            groups = re.compile(self.pattern).groupindex
        except re.error as error:
            raise ValueError(f"found pattern = '{self.pattern}', expected a regular expression: {error}.") from error
        if self.pattern and not any(needed <= groups.keys() for needed in _GROUPS):
            raise ValueError(
                f"found pattern = '{self.pattern}', expected a group: (?P<period>…), (?P<year>…) and (?P<month>…), or "
                "(?P<financial_month>…)."
            )
        if "financial_month" in groups and not is_financial_year(self.financial_year):
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
            month = _number(groups["financial_month"])
            return period_of(int(self.financial_year[:4]) * 12 + 2 + month) if 1 <= month <= _MONTHS else ""
        return f"{groups.get('year')}-{_number(groups.get('month')) or _named(groups.get('month')):02}"


def _number(text: str | None) -> int:
    """What digits say; 0 for any other text, which is no month."""
    return int(text) if text and re.fullmatch("[0-9]{1,2}", text) else 0


def _named(text: str | None) -> int:
    """The month that an English name says, whole or from its first three letters on; 0 for any other text."""
    start = (text or "").casefold()
    named = [name.casefold().startswith(start) for name in FULL_MONTH_NAMES]
    return named.index(True) + 1 if len(start) >= _LETTERS and any(named) else 0
