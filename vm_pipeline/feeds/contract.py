"""What a contract is: columns, rules and their consequences, said once and in words.

Belongs here: the shape of a declaration and the facts derived from it alone (required headers, version).
Does not belong here: any one feed (its own module), parsing (staging), files, databases, Dagster.
"""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from vm_pipeline.feeds.values import Value


class Consequence(StrEnum):
    """What follows when a rule fails: there are only these three."""

    REFUSE_BATCH = "refuse the batch"
    REJECT_ROW = "reject the row"
    WARN = "warn"


class Privacy(StrEnum):
    """How far a column's text may travel."""

    OPEN = "open"
    IDENTIFIER = "identifier"  # used in staging, shown nowhere
    PSEUDONYM = "pseudonym"  # a keyed hash of it goes on, the text does not
    FREE_TEXT = "free text"  # ends in landing


@dataclass(frozen=True)
class Column:
    """One column as sent. `stored_as` renames it after staging; an optional column may be absent from the file.

    `default` is what an empty cell means, where it means something.
    """

    name: str
    value: Value
    description: str
    optional: bool = False
    privacy: Privacy = Privacy.OPEN
    stored_as: str = ""
    default: str = ""

    @property
    def stored(self) -> str:
        """The column's name after staging."""
        return self.stored_as or self.name


@dataclass(frozen=True)
class Rule:
    """A row-level rule. `fails_when` is an SQL condition over typed columns; `<column>_sent` is the trimmed text.

    `batch_provider` stands for the provider the batch came from. A row gets the code of the first rule it fails.
    """

    code: str
    description: str
    fails_when: str
    consequence: Consequence = Consequence.REJECT_ROW


@dataclass(frozen=True)
class Duplicates:
    """Which of several sound rows with one key in one batch counts; the others fail the rule `duplicate`."""

    key: tuple[str, ...]
    keep: str  # "first" or "last"
    description: str


@dataclass(frozen=True)
class Contract:
    """One layout of one feed. Grain, columns, rules in order of judgement, and the month a row belongs to.

    `month` is an SQL expression over typed columns: the row's month as year * 12 + month - 1, or NULL.
    `open_header` says that columns beyond the declared ones are allowed and mean something (survey questions).
    """

    feed: str
    grain: str
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...]
    duplicates: Duplicates | None = None
    money: str = ""
    month: str = "NULL"
    open_header: bool = False
    has_periods: bool = True

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """Columns by the name they are sent under."""
        return {column.name: column for column in self.columns}

    @cached_property
    def required(self) -> tuple[str, ...]:
        """Headers that must be in the file."""
        return tuple(column.name for column in self.columns if not column.optional)

    @cached_property
    def stored_columns(self) -> tuple[Column, ...]:
        """Columns that go past staging: free text does not."""
        return tuple(column for column in self.columns if column.privacy is not Privacy.FREE_TEXT)

    @cached_property
    def rule_codes(self) -> tuple[str, ...]:
        """Codes a rejected row can carry, in order of judgement."""
        codes = tuple(rule.code for rule in self.rules if rule.consequence is Consequence.REJECT_ROW)
        return (*codes, "duplicate") if self.duplicates else codes

    @cached_property
    def version(self) -> str:
        """Eight hex digits that change when the declaration does."""
        return hashlib.sha256(repr((self.columns, self.rules, self.duplicates, self.month)).encode()).hexdigest()[:8]


def missing(*columns: str) -> str:
    """SQL condition: any of the columns is empty."""
    return " OR ".join(f"{column} IS NULL" for column in columns)


def unreadable(*columns: str | Column) -> str:
    """SQL condition: any of the columns has text that its type does not accept; an empty cell is fine."""
    names = [(one.stored, one.name) if isinstance(one, Column) else (one, one) for one in columns]
    return " OR ".join(f"({stored} IS NULL AND {sent}_sent IS NOT NULL)" for stored, sent in names)


WRONG_PROVIDER = Rule(
    "wrong_provider", "The row names another provider than its batch.", "provider_code <> batch_provider"
)
# Of a provider's own layout, before the rules of any feed: they say why a code is empty or none.
UNMADE_CELL = Rule(
    "unmade_cell",
    "A text has not the form that the layout of the provider expects: no match, no such text in a lookup.",
    "layout_rule = 'unmade_cell'",
)
DAMAGED_CODE = Rule(
    "damaged_code",
    "A code looks like what a spreadsheet makes of one that it takes for a number, `1.2E+347`.",
    "layout_rule = 'damaged_code'",
)
LAYOUT_RULES = (UNMADE_CELL, DAMAGED_CODE)
