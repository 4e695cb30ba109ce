"""What the names of files say of their months: a rule for `period`, and a pattern for `files`.

Belongs here: telling both from names, checked against the months of the dates inside.
Does not belong here: the rule itself (sources/files), reading the files (looking).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from vm_pipeline.calendar import MONTH_NAMES, financial_year, first_day, is_period, ledger_period
from vm_pipeline.sources.period import PeriodRule

_MONTH = r"(?P<month>0[1-9]|1[0-2])"
_YEAR = r"(?P<year>20[0-9]{2})"
_NAMED = rf"(?P<month>(?:{'|'.join(MONTH_NAMES)})[A-Za-z]*)"
_CALENDAR = (
    r"(?P<period>20[0-9]{2}-(?:0[1-9]|1[0-2]))",
    rf"(?<![0-9]){_YEAR}[-_. ]?{_MONTH}(?![0-9])",
    rf"(?<![0-9]){_MONTH}[-_. ]?{_YEAR}(?![0-9])",
    rf"(?<![A-Za-z]){_NAMED}[-_. ]?{_YEAR}(?![0-9])",
    rf"(?<![0-9]){_YEAR}[-_. ]?{_NAMED}",
)
_NUMBERS = r"(?<![0-9])(0?[1-9]|1[0-2])(?![0-9])"


@dataclass(frozen=True)
class Named:
    """A rule, as settings write it; what is not sure of it, or why there is none."""

    rule: Mapping[str, str]
    unsure: str = ""

    def months(self, name: str) -> tuple[str, str] | None:
        """The months the rule tells of a name."""
        return PeriodRule(**self.rule).months(name) if self.rule else None


def period_rule(names: Sequence[str], months: Mapping[str, str]) -> Named:
    """The rule that tells the month of every name. `months`: name → the month most dates inside are of, where known."""
    for pattern in _CALENDAR:
        rule = Named({"pattern": pattern})
        if _tells_all(rule, names):
            return rule if _agrees(rule, months) else Named(rule.rule, _disagrees(rule, months))
    return _numbered(names, months) or _covers(names, months)


def _tells_all(rule: Named, names: Sequence[str]) -> bool:
    """Every name has a month, and no two the same."""
    told = [rule.months(name) for name in names]
    return all(told) and len(set(told)) == len(names)


def _agrees(rule: Named, months: Mapping[str, str]) -> bool:
    return all(rule.months(name) == (month, month) for name, month in months.items())


def _disagrees(rule: Named, months: Mapping[str, str]) -> str:
    other = sum(rule.months(name) != (month, month) for name, month in months.items())
    return f"most dates in {other} of {len(months)} files are of another month than the name says"


def _numbered(names: Sequence[str], months: Mapping[str, str]) -> Named | None:
    """A number of the month within the financial year, 01 = April, that the dates inside agree with."""
    years = {financial_year(first_day(month)) for month in months.values()}
    if len(years) != 1:
        return None
    pattern = _with_group(names)
    rule = Named({"pattern": pattern, "financial_year": years.pop()}) if pattern else None
    if rule and _tells_all(rule, names) and all(_fits(rule, name, month) for name, month in months.items()):
        return Named(
            rule.rule, "the number is taken for the month of the financial year, 01 = April: dates inside agree"
        )
    return None


def _fits(rule: Named, name: str, month: str) -> bool:
    """A payment may be of the month after; the number must not be that of the calendar."""
    told = rule.months(name)
    return told is not None and abs(ledger_period(first_day(month)) - ledger_period(first_day(told[0]))) <= 1


def _with_group(names: Sequence[str]) -> str:
    """A pattern of what all names begin with, up to a number of one or two digits."""
    found = [re.search(_NUMBERS, name) for name in names]
    if not all(found):
        return ""
    heads = {name[: match.start()] for name, match in zip(names, found, strict=True) if match}
    tails = [name[match.end() :] for name, match in zip(names, found, strict=True) if match]
    head = f"^{_escaped(heads.pop())}" if len(heads) == 1 else "(?<![0-9])"
    shared = _shared(tails)
    tail = _escaped(shared[: len(shared) - len(shared.lstrip("-_. "))])
    return rf"{head}(?P<financial_month>\d\d?){tail or '(?![0-9])'}"


def _escaped(text: str) -> str:
    """A text as a pattern; a blank is left as it is, for people to read."""
    return re.escape(text).replace("\\ ", " ").replace("\\-", "-")


def _covers(names: Sequence[str], months: Mapping[str, str]) -> Named:
    """One file: its months are said outright."""
    if len(names) == 1 and months and is_period(next(iter(months.values()))):
        return Named({"covers": next(iter(months.values()))}, "the month most dates inside are of")
    return Named(
        {},
        "The names do not tell the months, or not so that the dates inside agree. Give a pattern, or for one file say "
        'it outright: period = { covers = "2022-04_2023-03" }.',
    )


def files_pattern(paths: Sequence[Path]) -> tuple[Path, str]:
    """The folder of some files, and the pattern there that finds them; as narrow as it can be said with one star."""
    folders = {path.parent for path in paths}
    if len(folders) == 1 and len(paths) == 1:
        return paths[0].parent, _plain(paths[0].name)
    folder = folders.pop() if len(folders) == 1 else Path(*_common([path.parent.parts for path in paths]))
    names = [path.name for path in paths]
    head = _shared(names)
    tail = _shared([name[len(head) :][::-1] for name in names])[::-1]
    head = head.rstrip("0123456789")  # the year or month that all of these share, others will not
    inner = "**/" if len({path.parent for path in paths}) > 1 else ""
    return folder, f"{inner}{_plain(head)}*{_plain(tail.lstrip('0123456789'))}"


def _shared(texts: Sequence[str]) -> str:
    """What all texts begin with."""
    return "".join(_common([tuple(text) for text in texts]))


def _common(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """The parts that all rows begin with."""
    return [parts[0] for parts in takewhile(lambda parts: len(set(parts)) == 1, zip(*rows, strict=False))]


def _plain(name: str) -> str:
    return re.sub(r"([*?\[])", r"[\1]", name)
