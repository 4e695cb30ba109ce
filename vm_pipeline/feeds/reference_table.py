"""One reference table: what a file of it says, and what is missing where it is not sent.

Belongs here: how a table is declared, columns and rules that many of them share.
Does not belong here: which tables there are (reference).
"""

from dataclasses import dataclass

from vm_pipeline.feeds.contract import Column, Contract, Fault, Rule, missing, unreadable
from vm_pipeline.feeds.values import (
    CODE,
    COUNT,
    DATE,
    FINANCIAL_YEAR,
    FLAG,
    LEDGER_PERIOD,
    LEVEL,
    MONEY,
    MONTH,
    PRICE,
    SHARE,
    TEXT,
    Value,
)

PROVIDER = Column("provider_code", CODE, "Health board or trust.")
TEAM = Column("team_code", CODE, "Team of the programme.")
HINTS = (
    Column("rows", TEXT, "Ignored: a hint in a list of unmapped codes.", optional=True),
    Column("amount_gbp", TEXT, "Ignored: a hint in a list of unmapped codes.", optional=True),
)


@dataclass(frozen=True)
class Reference:
    """One reference file.

    `alone` names the columns of which two rows may not hold on one day (refused otherwise). `is_fact`: its rows are
    published one by one, each with its batch and row number; those of others say how facts are read.
    """

    name: str
    contract: Contract
    consequence: str
    essential: bool = False
    alone: tuple[str, ...] = ()
    is_fact: bool = False

    @property
    def has_spans(self) -> bool:
        """Whether its rows hold from a day to a day."""
        return "valid_from" in self.contract.by_name


_NUMBERS = (SHARE, MONEY, PRICE, LEVEL, MONTH, COUNT, FLAG, FINANCIAL_YEAR, LEDGER_PERIOD)


def optional(name: str, value: Value, description: str) -> Column:
    """A column that a file may lack."""
    return Column(name, value, description, optional=True)


def text(name: str, description: str, value: Value = TEXT, optional: bool = False) -> Column:
    """A column whose value type is text unless another is named."""
    return Column(name, value, description, optional=optional)


def contract_of(name: str, grain: str, *columns: Column, key: tuple[str, ...], more: tuple[Rule, ...] = ()) -> Contract:
    """The contract of a table; `key` names what may not be empty, `more` the rules of its own."""
    dates = [c for c in columns if c.value is DATE]
    numbers = [c for c in columns if c.value in _NUMBERS]
    rules = [Rule("missing_code", "A key part is empty.", missing(*key))]
    if dates:
        rules.append(Rule("bad_date", "A day cannot be read.", unreadable(*dates)))
    if numbers:
        rules.append(Rule("bad_number", "A number, flag or period cannot be read.", unreadable(*numbers)))
    return Contract(feed=f"reference/{name}", grain=grain, columns=columns, rules=(*rules, *more), has_periods=False)


SPAN = (
    optional("valid_from", DATE, "First day it holds; empty = always."),
    optional("valid_to", DATE, "Last day it holds; empty = until further notice."),
)
BACKWARDS = Rule("end_before_start", "valid_to is before valid_from.", (Fault("valid_to", "valid_to < valid_from"),))
