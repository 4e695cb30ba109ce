"""One column of a file: what was counted in it, and what it is taken for.

Belongs here: the record, and judgements that follow from counts alone.
Does not belong here: counting (looking), which canonical column it is (matching).
"""

from dataclasses import dataclass, field
from decimal import Decimal

from vm_pipeline.proposal.kinds import MONTHS, ODD

MOST = 0.98  # of the texts of a column are of its kind: a few may be mistakes


@dataclass(frozen=True)
class ColumnLook:
    """What was counted in one column. Counts are of rows whose cell is not empty.

    `counts`: test → rows. `forms`: form of dates or months → rows, the likeliest first. `months`: form → the month that
    most of its days are of, and their share. `shapes`: the commonest shapes of its texts, `9999-AA`. `personal`: what
    it seems to hold of people, in words; empty = nothing.
    """

    name: str
    rows: int
    filled: int
    distinct: int
    counts: dict[str, int] = field(default_factory=dict)
    forms: dict[str, int] = field(default_factory=dict)
    shapes: tuple[str, ...] = ()
    total: Decimal | None = None
    negatives: int = 0
    personal: str = ""
    months: dict[str, tuple[str, float]] = field(default_factory=dict)

    def share(self, test: str) -> float:
        """Share of its texts that pass a test."""
        return self.counts.get(test, 0) / self.filled if self.filled else 0.0

    def is_mostly(self, test: str) -> bool:
        """Whether nearly all of its texts pass a test."""
        return self.share(test) >= MOST

    @property
    def blank_share(self) -> float:
        """Share of rows whose cell is empty."""
        return 1 - self.filled / self.rows if self.rows else 1.0

    @property
    def fitting(self) -> list[str]:
        """Forms that nearly all of its texts fit, the likeliest first."""
        return [form for form, rows in self.forms.items() if rows >= MOST * self.filled > 0]

    @property
    def mixed_dates(self) -> bool:
        """Whether days and months seem to come in both orders: no one form fits, and two together may."""
        british, american = self.forms.get("%d/%m/%Y", 0), self.forms.get("%m/%d/%Y", 0)
        return not self.fitting and min(british, american) > 0 and british + american >= self.filled

    @property
    def odd(self) -> dict[str, int]:
        """What is odd about its texts, with the rows it concerns."""
        found = {name: self.counts[name] for name in ODD if self.counts.get(name)}
        return found | ({"days and months in both orders": self.filled} if self.mixed_dates else {})

    @property
    def kind(self) -> str:
        """What it is taken for."""
        if not self.filled:
            return "empty"
        if self.mixed_dates:
            return "date"
        if self.fitting and not self.is_mostly("integer"):
            return "month" if self.fitting[0] in MONTHS else "date"
        for kind in ("flag", "financial year"):
            if self.is_mostly(kind):
                return kind
        return self._number or self._text

    @property
    def _number(self) -> str:
        if self.is_mostly("period") and self.distinct <= 15:  # noqa: PLR2004 - 0 to 14
            return "period"
        if self.is_mostly("integer"):
            return "code" if self.counts.get("leading zeros") else "integer"
        if self.is_mostly("money"):
            return "money"
        if self.is_mostly("decimal comma"):
            return "money, decimal comma"
        return "number" if self.is_mostly("number") else ""

    @property
    def _text(self) -> str:
        return "code" if self.share("code") >= 0.9 else "text"  # noqa: PLR2004
