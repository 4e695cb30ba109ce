"""Which header of a file may be which canonical column: by name, by kind, and by what stands below it.

Belongs here: weighing, and giving each header to one column. Several months are matched together.
Does not belong here: the terms (terms), what follows from a match (draft).
"""

import difflib
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from vm_pipeline.proposal.columns import ColumnLook
from vm_pipeline.proposal.looking import FileLook
from vm_pipeline.proposal.terms import TERMS, Terms
from vm_pipeline.staging.naming import same_name

_ALIKE = 0.82
_SURE, _PART, _FUZZY, _BY_PLACE = 1.0, 0.6, 0.45, 0.3
_LATER = 0.01  # each further term counts so much less
_ONE_VALUE = ("cost_centre_code", "account_code", "journal_id")  # a column of one text tells nothing of these


@dataclass(frozen=True)
class Candidate:
    """A header that may be a canonical column, and how likely that is, 0 to 1."""

    header: str
    weight: float


@dataclass
class Match:
    """Headers of one canonical column over all files, the commonest first; others that were nearly as likely."""

    headers: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    files: int = 0
    weight: float = 1.0


def matched(files: Sequence[FileLook], feed: str) -> dict[str, Match]:
    """What each canonical column is called in the files. One that no file seems to have is not there."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    others: dict[str, Counter[str]] = defaultdict(Counter)
    weights: dict[str, list[float]] = defaultdict(list)
    for file in files:
        for name, (chosen, rest) in _of_file(file, feed).items():
            found[name][chosen.header] += 1
            weights[name].append(chosen.weight)
            others[name].update(one.header for one in rest)
    return {
        name: Match(
            _distinct(headers),
            [header for header in _distinct(others[name]) if header not in headers],
            sum(headers.values()),
            min(weights[name]),
        )
        for name, headers in found.items()
    }


def _distinct(headers: Counter[str]) -> list[str]:
    """Headers, the commonest first; of two spellings of one name, one."""
    return list({same_name(header): header for header, _ in reversed(headers.most_common())}.values())[::-1]


def _of_file(file: FileLook, feed: str) -> dict[str, tuple[Candidate, list[Candidate]]]:
    """The likeliest header of each column, surest first, and the others there were."""
    weighed = [
        (weight, name, column.name)
        for name, terms in TERMS[feed].items()
        for column in file.by_name.values()
        if column.name and (weight := _weight(column, name, terms)) > 0
    ]
    taken: set[str] = set()
    chosen: dict[str, tuple[Candidate, list[Candidate]]] = {}
    for weight, name, header in sorted(weighed, key=lambda one: (-one[0], one[2])):
        if name not in chosen and header not in taken:
            chosen[name] = (Candidate(header, weight), [])
            taken.add(header)
    for weight, name, header in weighed:
        if name in chosen and header not in taken and weight >= _FUZZY:
            chosen[name][1].append(Candidate(header, weight))
    return chosen


def _weight(column: ColumnLook, name: str, terms: Terms) -> float:
    """How likely a column of a file is a canonical one; 0 where what stands in it rules that out."""
    called = plain(column.name)
    if not column.filled or column.personal or any(never in called.split() for never in terms.never):
        return 0
    if _kind(column) not in terms.kinds or (name in _ONE_VALUE and column.distinct == 1 and column.rows > 1):
        return 0
    if name == "supplier_code" and column.kind == "text":
        return 0
    return _by_name(called, terms) or _by_data(column, name, called)


def _kind(column: ColumnLook) -> str:
    if column.is_mostly("serial") and "date" in plain(column.name).split():
        return "serial date"
    return column.kind


def _by_name(called: str, terms: Terms) -> float:
    names = [plain(term) for term in terms.names]
    if called in names:
        return _SURE - _LATER * names.index(called)
    words = set(called.split())
    inside = [place for place, term in enumerate(names) if set(term.removesuffix("*").split()) <= words]
    if inside:
        return _PART - _LATER * inside[0]
    close = difflib.get_close_matches(called, names, 1, _ALIKE)
    return _FUZZY - _LATER * names.index(close[0]) if close else 0


def _by_data(column: ColumnLook, name: str, called: str) -> float:
    """A reference that goes by another name: nearly every row has one of its own."""
    speaks = {"transaction", "reference", "number", "ref", "no"} & set(called.split())
    if name == "journal_id" and speaks and column.kind in ("integer", "code") and column.distinct > column.filled / 2:
        return _BY_PLACE
    return 0


def plain(name: str) -> str:
    """A name as terms are compared: words alone, without case, signs, digits and plural."""
    words = re.sub(r"[^a-z]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()).split()
    return " ".join(re.sub("(?<=[a-z]{2}[^s])s$", "", word) for word in words)
