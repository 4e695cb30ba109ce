"""What a judged batch holds, in figures: rows and pounds by rule, and by ledger period as sent.

Belongs here: counting, for all members of a SELECT in one query each: a batch is small, a query costs as its rows do.
Does not belong here: comparing with a control file (control).
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import duckdb

from vm_pipeline.calendar import financial_year, period_of
from vm_pipeline.feeds.contract import LAYOUT_RULES, Contract
from vm_pipeline.feeds.ledger import LEDGER
from vm_pipeline.sources.receipts import Slot
from vm_pipeline.staging.judging import shown
from vm_pipeline.staging.reading import Refused
from vm_pipeline.staging.summary import PeriodCount, RuleCount

NOTHING = Decimal("0.00")
LONGEST_CODE = 1000  # bytes: an index of PostgreSQL holds keys of some 2,700, and one of more stops everybody's night
_OF_LAYOUTS = tuple(rule.code for rule in LAYOUT_RULES)
# What figures call a year or period as sent. Text that is no number may be anything, a name too: that is only `?`.
_NUMERIC = re.compile(r"(?!.*[0-9]{9})[0-9/. -]{0,9}")


@dataclass(frozen=True)
class Counts:
    """Rows and pounds of one batch. `outside`: accepted rows of another month; `far`: dated far from their month;
    `uncounted`: that no indicator counts.

    `rows_before`: the number before that of its first row. `size`: what it has of the column that is summed, without
    signs. `longest`: bytes of the longest code of an accepted row.
    """

    received: int = 0
    accepted: int = 0
    pounds_received: Decimal = NOTHING
    pounds_accepted: Decimal = NOTHING
    outside: int = 0
    far: int = 0
    uncounted: int = 0
    rejections: tuple[RuleCount, ...] = ()
    rows_before: int = 0
    size: Decimal = NOTHING
    longest: int = 0


def count(con: duckdb.DuckDBPyConnection, contract: Contract, slots: Sequence[Slot]) -> dict[int, Counts]:
    """By member, of the batches `slots`; one without rows is not there."""
    pounds = f"coalesce(sum({contract.money or '0'}), 0)::DECIMAL(38,2)"
    summed = (contract.summed.sql or contract.summed.column) if contract.summed else "0"
    size = f"coalesce(sum(abs({summed})), 0)::DECIMAL(38,3)"
    longest = f"max(greatest({', '.join(f'strlen({code})' for code in contract.codes)}, 0))"
    rows = con.execute(
        f"SELECT member, rule_code, {contract.month}, count(*), {pounds}, min(row_number), {size}, {longest}, "
        f"count_if({contract.dated_far}), count_if({contract.uncounted}) FROM judged GROUP BY ALL"
    ).fetchall()
    members: dict[int, list[_Part]] = defaultdict(list)
    for member, code, *figures in rows:
        members[member].append(_Part(code or "", *figures))
    return {member: _counts(found, contract, slots[member], len(members) > 1) for member, found in members.items()}


@dataclass(frozen=True)
class _Part:
    """Rows of one batch under one rule ("" = accepted) in the month that they say; `first`: the least number."""

    rule_code: str
    month: int | None
    rows: int
    pounds: Decimal
    first: int
    size: Decimal
    longest: int
    far: int
    uncounted: int


def _counts(found: Sequence[_Part], contract: Contract, slot: Slot, several: bool) -> Counts:
    by_rule: dict[str, RuleCount] = {}
    for part in found:
        before = by_rule.get(part.rule_code, RuleCount(part.rule_code, 0, NOTHING))
        by_rule[part.rule_code] = RuleCount(part.rule_code, before.rows + part.rows, before.amount + part.pounds)
    sound, kept = by_rule.get("", RuleCount("", 0, NOTHING)), [part for part in found if not part.rule_code]
    return Counts(
        received=sum(rule.rows for rule in by_rule.values()),
        accepted=sound.rows,
        pounds_received=sum((rule.amount for rule in by_rule.values()), NOTHING),
        pounds_accepted=sound.amount,
        outside=sum(part.rows for part in kept if _is_outside(part.month, slot)),
        far=sum(part.far for part in kept),
        uncounted=sum(part.uncounted for part in kept),
        rejections=tuple(by_rule[code] for code in (*_OF_LAYOUTS, *contract.rule_codes) if code in by_rule),
        rows_before=min(part.first for part in found) - 1 if several else 0,
        size=sum((part.size for part in found), NOTHING),
        longest=max((part.longest for part in kept), default=0),
    )


def beyond(contract: Contract, counts: Counts) -> Refused | None:
    """Why a batch is refused whose figures add up to more than tables hold, or a code is longer; None where neither."""
    limit = contract.summed
    if counts.longest > LONGEST_CODE:
        return Refused(
            "code_too_long",
            f"found a code of {counts.longest:,} bytes, expected at most {LONGEST_CODE:,}. Look for a quote that is "
            "not closed, and for a column of text in the place of codes.",
        )
    if limit is None or counts.size < limit.below:
        return None
    return Refused(
        "sum_too_large",
        f"found {limit.column} that adds up to {counts.size:,.0f} without signs, expected less than {limit.below:,}. "
        "Look for a column of codes or references in its place, and for cells mistyped by many digits.",
    )


def _is_outside(month: int | None, slot: Slot) -> bool:
    return month is not None and slot.first_period != "" and period_of(month) not in slot.months


def count_periods(con: duckdb.DuckDBPyConnection) -> dict[int, list[PeriodCount]]:
    """Rows and pounds of every (financial year, period) of a ledger as sent, by member."""
    unread = [
        f"CASE WHEN {one.stored} IS NULL THEN sent[{place}] END"
        for place, one in enumerate(shown(LEDGER), 1)
        if one.name in ("financial_year", "period")
    ]
    rows = con.execute(
        f"SELECT member, financial_year, ledger_period, {', '.join(unread)}, count(*), "
        "coalesce(sum(amount), 0)::DECIMAL(38,2), coalesce(sum(amount) FILTER (rule_code IS NULL), 0)::DECIMAL(38,2) "
        "FROM judged GROUP BY ALL"
    ).fetchall()
    sums: dict[int, dict[tuple[str, str], list[Decimal]]] = defaultdict(dict)
    for member, year, period, year_sent, period_sent, *figures in rows:
        key = (
            as_sent(year_sent) if year is None else financial_year(date(year, 4, 1)),
            as_sent(period_sent) if period is None else str(period),
        )
        before = sums[member].get(key, [Decimal(0), NOTHING, NOTHING])
        sums[member][key] = [old + new for old, new in zip(before, figures, strict=True)]
    return {member: [_period(*key, *found[key]) for key in sorted(found)] for member, found in sums.items()}


def _period(year: str, period: str, rows: Decimal, received: Decimal, accepted: Decimal) -> PeriodCount:
    return PeriodCount(year, period, int(rows), received, accepted, None)


def as_sent(text: str | None) -> str:
    """A financial year or period as figures call it: without leading zeros."""
    return re.sub(r"^0+(?=[0-9])", "", text or "") if _NUMERIC.fullmatch(text or "") else "?"
