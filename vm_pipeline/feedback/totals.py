"""A batch in figures, for its sender: rows and pounds received, accepted, rejected, and what the control file said.

Belongs here: the lines of the summary that goes beside the problems.
Does not belong here: the problems (problems), counting (staging).
"""

from collections.abc import Iterator
from decimal import Decimal

from vm_pipeline.feedback.problems import Batch
from vm_pipeline.staging.rejects import descriptions
from vm_pipeline.staging.summary import PeriodCount

HEADER = ("what", "rows", "amount £", "note")
Line = tuple[str, int | None, Decimal | None, str]


def totals(batch: Batch) -> Iterator[Line]:
    """The whole first, then rejected rows by their first rule, then year by year and period by period."""
    found = batch.summary
    rejected = None if found.received is None or found.accepted is None else found.received - found.accepted
    yield "received", found.rows_received, found.received, str(batch.slot)
    yield "accepted", found.rows_accepted, found.accepted, _counts(batch)
    yield "rejected", found.rows_rejected, rejected, "each row under the first rule it breaks:"
    said = descriptions(batch.contract)
    for rule in found.rejections:
        yield f"rejected: {rule.rule_code}", rule.rows, _money(batch, rule.amount), said[rule.rule_code]
    for period in found.periods:
        yield from _period(period)


def _counts(batch: Batch) -> str:
    return "none of it counts: the file was refused" if batch.summary.refused else "in the warehouse"


def _money(batch: Batch, amount: Decimal) -> Decimal | None:
    return amount if batch.contract.money else None


def _period(period: PeriodCount) -> Iterator[Line]:
    name = f"year {period.financial_year or '(empty)'}, period {period.period or '(empty)'}"
    yield f"{name}: received", period.rows, period.received, "amounts that can be read"
    if period.control is not None:
        yield f"{name}: control file", None, period.control, f"difference £{period.received - period.control:,.2f}"
