"""Control totals: what the sender says a batch holds, against what was read.

Belongs here: comparing the two, and saying the difference in figures.
Does not belong here: reading files (reading), row rules (judging).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from vm_pipeline.staging.reading import Refused


@dataclass(frozen=True)
class PeriodTotal:
    """Rows and pounds of one (financial year, period) as sent, sound or not; both names are text."""

    financial_year: str
    period: str
    rows: int
    amount: Decimal


def compare_periods(found: Sequence[PeriodTotal], control: Sequence[PeriodTotal]) -> None:
    """Raise Refused unless every (financial year, period) has the rows and the pounds its control line says."""
    sent, said = ({(t.financial_year, t.period): t for t in totals} for totals in (found, control))
    for key in sorted(sent.keys() | said.keys()):
        nothing = PeriodTotal(*key, 0, Decimal(0))
        one, other = sent.get(key, nothing), said.get(key, nothing)
        if (one.rows, one.amount) != (other.rows, other.amount):
            raise Refused(
                "control_mismatch",
                f"financial year {key[0] or '(empty)'}, period {key[1] or '(empty)'}: found {one.rows} rows and "
                f"£{one.amount:,.2f}; the control file says {other.rows} rows and £{other.amount:,.2f} "
                f"(difference {one.rows - other.rows} rows, £{one.amount - other.amount:,.2f}). "
                "Ask the sender for the extract and its control file again.",
            )


def compare_rows(found: int, control: int) -> None:
    """Raise Refused unless the number of rows is what the control file says."""
    if found != control:
        raise Refused(
            "control_mismatch",
            f"found {found} rows; the control file says {control} (difference {found - control}). "
            "Ask the sender for the extract and its control file again.",
        )
