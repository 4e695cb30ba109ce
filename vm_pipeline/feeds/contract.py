"""What a contract is: columns, rules and their consequences, said once and in words.

Belongs here: the shape of a declaration and the facts derived from it alone (required headers, version).
Does not belong here: any one feed (its own module), parsing (staging), files, databases, Dagster.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from vm_pipeline.feeds.values import CODE, LOWER_CODE, Value


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
class Fault:
    """One way to fail a rule: the column to look at, by its name after staging ("" = not known), and an SQL condition.

    `when` is over typed columns; `<column>_sent` is the trimmed text, `batch_provider` the provider the batch came
    from. `expected` says what would be right, where the type of the column does not say enough; in it, too,
    `{batch_provider}` stands for that provider.
    """

    column: str
    when: str
    expected: str = ""


@dataclass(frozen=True)
class Rule:
    """A row-level rule: it fails where any of its faults holds. A row gets the code of the first rule it fails.

    `remedy` tells the sender what to do.
    """

    code: str
    description: str
    faults: tuple[Fault, ...]
    remedy: str = "Correct the cell where it came from and send the whole file again."
    consequence: Consequence = Consequence.REJECT_ROW

    @property
    def fails_when(self) -> str:
        """The SQL condition under which it fails."""
        return " OR ".join(fault.when for fault in self.faults)


@dataclass(frozen=True)
class Duplicates:
    """Which of several sound rows with one key in one batch counts; the others fail the rule `duplicate`."""

    key: tuple[str, ...]
    keep: str  # "first" or "last"
    description: str
    remedy: str


@dataclass(frozen=True)
class Measure:
    """A number of a month's accepted rows that wrong extracts are known to move: an SQL aggregate over what is stored.

    Two months are compared by how many times the one is the other, or, of a share, by how far they lie apart.
    """

    name: str
    sql: str
    is_share: bool = True


@dataclass(frozen=True)
class Summed:
    """A column whose sum over a batch, without signs, stays below a limit: a thousandth of what tables hold.

    A column of codes in its place is above it in a few rows, and would stop the night of everybody. A table adds up
    several batches, of a month and of a year: each alone may be within what it holds. `sql`: what is
    added up, where it is not the column as it is.
    """

    column: str
    below: int
    sql: str = ""


@dataclass(frozen=True)
class Contract:
    """One layout of one feed. Grain, columns, rules in order of judgement, and the month a row belongs to.

    `month` is an SQL expression over typed columns: the row's month as year * 12 + month - 1, or NULL.
    `open_header` says that columns beyond the declared ones are allowed and mean something (survey questions).
    `measures` are taken of every month. `summed`: what is added up of it, and how much that may be. `dated_far`: an SQL
    condition, whether an accepted row's day is more than a month from its month; `uncounted`: one, whether no
    indicator counts it.
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
    measures: tuple[Measure, ...] = ()
    summed: Summed | None = None
    dated_far: str = "false"
    uncounted: str = "false"

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """Columns by the name they are sent under."""
        return {column.name: column for column in self.columns}

    @cached_property
    def faults(self) -> tuple[tuple[Rule, Fault], ...]:
        """Every way a row can be rejected, in order of judgement."""
        rules = (rule for rule in self.rules if rule.consequence is Consequence.REJECT_ROW)
        return tuple((rule, fault) for rule in rules for fault in rule.faults)

    @cached_property
    def by_stored(self) -> dict[str, Column]:
        """Columns by their name after staging."""
        return {column.stored: column for column in self.columns}

    @cached_property
    def required(self) -> tuple[str, ...]:
        """Headers that must be in the file."""
        return tuple(column.name for column in self.columns if not column.optional)

    @cached_property
    def stored_columns(self) -> tuple[Column, ...]:
        """Columns that go past staging: free text does not."""
        return tuple(column for column in self.columns if column.privacy is not Privacy.FREE_TEXT)

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """Codes of published tables, by name after staging: keys are made of them, and an index holds no long one.

        The provider of a period is its batch's; a list of codes is in no key.
        """
        aside = ("provider_code",) if self.has_periods else ()
        found = (one for one in self.columns if one.privacy is Privacy.OPEN)
        codes = (one.stored for one in found if one.value in (CODE, LOWER_CODE) or one.name == "service")
        return tuple(code for code in codes if code not in aside and not code.endswith("_codes"))

    @cached_property
    def rule_codes(self) -> tuple[str, ...]:
        """Codes a rejected row can carry, in order of judgement."""
        codes = tuple(rule.code for rule in self.rules if rule.consequence is Consequence.REJECT_ROW)
        return (*codes, "duplicate") if self.duplicates else codes

    @cached_property
    def version(self) -> str:
        """Eight hex digits that change when the declaration does."""
        return hashlib.sha256(repr((self.columns, self.rules, self.duplicates, self.month)).encode()).hexdigest()[:8]


def missing(*columns: str) -> tuple[Fault, ...]:
    """Faults: a column is empty, or its text is not read (`<column>_sent`: only where it is empty)."""
    return tuple(Fault(column.removesuffix("_sent"), f"{column} IS NULL") for column in columns)


def unreadable(*columns: str | Column) -> tuple[Fault, ...]:
    """Faults: a column has text that its type does not accept; an empty cell is fine."""
    names = [(one.stored, one.name) if isinstance(one, Column) else (one, one) for one in columns]
    return tuple(Fault(stored, f"({stored} IS NULL AND {sent}_sent IS NOT NULL)") for stored, sent in names)


def not_of(column: str, choices: Sequence[str], may_be_empty: bool = False) -> tuple[Fault, ...]:
    """Faults: a column says something that is not one of the choices."""
    known = ", ".join(f"'{choice}'" for choice in choices)
    conditions = [f"{column} NOT IN ({known})"] if may_be_empty else [f"{column} IS NULL", f"{column} NOT IN ({known})"]
    return tuple(Fault(column, when, f"one of {', '.join(choices)}") for when in conditions)


def only_where(condition: str, faults: Sequence[Fault]) -> tuple[Fault, ...]:
    """The faults, where a condition holds too."""
    return tuple(replace(fault, when=f"{condition} AND {fault.when}") for fault in faults)


MEND_DATE = (
    "Write a day that exists, as `2022-07-31`. A number such as 44136 is how a spreadsheet keeps a day: format the "
    "column as a date before it is exported."
)

WRONG_PROVIDER = Rule(
    "wrong_provider",
    "The row names another provider than its batch.",
    (Fault("provider_code", "provider_code <> batch_provider", "{batch_provider}, whose file it is"),),
    "Take the row out, or correct its provider: a file holds rows of one provider only.",
)
# Of a provider's own layout, before the rules of any feed: they say why a code is empty or none.
UNMADE_CELL = Rule(
    "unmade_cell",
    "A text has not the form that the layout of the provider expects: no match, no such text in a lookup.",
    (Fault("", "layout_rule = 'unmade_cell'", "a text of the form that was agreed for your file"),),
    "Correct the text. If it is right, whoever runs the pipeline has to correct the description of your file.",
)
DAMAGED_CODE = Rule(
    "damaged_code",
    "A code looks like what a spreadsheet makes of one that it takes for a number, `1.2E+347`.",
    (Fault("", "layout_rule = 'damaged_code'", "the code as the system has it, such as 12E347"),),
    "Export the file anew and do not open it in a spreadsheet before it is sent: that is where such codes are spoilt.",
)
LAYOUT_RULES = (UNMADE_CELL, DAMAGED_CODE)
