"""What follows when a column turns out to hold identifiers of people.

Belongs here: the four consequences, and which one a deployment chose for which column.
Does not belong here: finding identifiers and acting on it (personal), reading `vm.toml` (settings).
"""

import difflib
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase

from vm_pipeline.feeds import CONTRACTS, FEEDS
from vm_pipeline.feeds.reference import REFERENCES

DEFAULT = "default"
_COLUMN = 3  # feed/provider/column, or reference/name/column


class Then(StrEnum):
    """What follows, and in words."""

    words: str

    def __new__(cls, value: str, words: str) -> "Then":
        """A consequence that knows its words."""
        one = str.__new__(cls, value)
        one._value_, one.words = value, words
        return one

    REFUSE = "refuse", "The batch is refused: nothing of it goes past landing. The default."
    DROP = "drop", "The column's values in that batch are left out. Not for a column that every file must have."
    PSEUDONYMISE = (
        "pseudonymise",
        "Every value of the column in that batch becomes a keyed hash, as `patient_ref` does. For text only.",
    )
    KEEP = "keep", "Nothing: a person has looked, and it is a false alarm. Not as `default`."


@dataclass(frozen=True)
class Policy:
    """Consequences by pattern of `feed/provider/column` (`reference/name/column`); the last that fits counts."""

    rules: tuple[tuple[str, Then], ...] = ()

    @classmethod
    def of(cls, table: Mapping[str, object]) -> "Policy":
        """The policy of a table of settings. Raises ValueError, in words, where it cannot be one."""
        rules = [(pattern, _then(pattern, said)) for pattern, said in table.items()]
        for pattern, _ in rules:
            _check(pattern)
        # The default comes first, wherever it stands: whatever is said of a column counts more.
        return cls(tuple(sorted(((_pattern(one), then) for one, then in rules), key=lambda rule: rule[0] != "*")))

    def then(self, feed: str, provider: str, column: str) -> Then:
        """What follows when this column of this batch holds identifiers."""
        subject = "/".join(filter(None, (feed, provider, column)))
        said = [then for pattern, then in self.rules if _fits(subject, pattern)]
        return said[-1] if said else Then.REFUSE

    def version(self, feed: str) -> str:
        """Eight hex digits that change when batches of the feed would be staged differently; none for the default."""
        rules = self._rules(feed)
        return hashlib.sha256(repr(rules).encode()).hexdigest()[:8] if rules else ""

    def pseudonymises(self, feed: str) -> bool:
        """Whether any column of the feed may become a keyed hash."""
        return any(then is Then.PSEUDONYMISE for _, then in self._rules(feed))

    def _rules(self, feed: str) -> list[tuple[str, Then]]:
        first = feed.partition("/")[0]
        return [rule for rule in self.rules if fnmatchcase(first, rule[0].partition("/")[0])]


STRICTEST = Policy()


def _pattern(key: str) -> str:
    return "*" if key == DEFAULT else key


def _fits(subject: str, pattern: str) -> bool:
    return fnmatchcase(subject, pattern) or fnmatchcase(subject, f"{pattern}/*")


def _then(pattern: str, said: object) -> Then:
    if said not in list(Then) or (pattern == DEFAULT and said == Then.KEEP):
        known = ", ".join(one for one in Then if one != Then.KEEP or pattern != DEFAULT)
        raise ValueError(f"found {pattern} = {str(said)!r}, expected one of {known}.")
    return next(one for one in Then if one == said)


def _check(pattern: str) -> None:
    """A feed or a column that does not exist is a slip of the pen, and would protect nothing."""
    feed, _, rest = pattern.partition("/")
    _known(pattern, feed, (*FEEDS, "reference", DEFAULT))
    parts = pattern.split("/")
    if len(parts) == _COLUMN:
        _known(pattern, parts[2], _columns(feed, parts[1]))
    if rest and feed == "reference":
        _known(pattern, parts[1], tuple(REFERENCES))


def _known(pattern: str, name: str, known: tuple[str, ...]) -> None:
    if any(fnmatchcase(one, name) for one in known):
        return
    close = difflib.get_close_matches(name, known, 1)
    hint = f" The closest is {close[0]!r}." if close else ""
    raise ValueError(f"found {name!r} in the key {pattern!r}, expected one of {', '.join(known)}.{hint}")


def _columns(feed: str, name: str) -> tuple[str, ...]:
    if feed == "reference":
        contracts = tuple(one.contract for key, one in REFERENCES.items() if fnmatchcase(key, name))
    else:
        contracts = CONTRACTS.get(feed) or tuple(one for some in CONTRACTS.values() for one in some)
    return tuple(dict.fromkeys(column for contract in contracts for column in contract.by_name))
