"""A draft tried on the files it was made of: landed and staged in a folder that is gone afterwards.

Belongs here: the trial and what it came to, in figures.
Does not belong here: the draft (draft), settings (the command asks them first).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from vm_pipeline.sources.extract import Extract
from vm_pipeline.sources.landing import Landing
from vm_pipeline.staging.batches import Staging
from vm_pipeline.staging.summary import Summary

_NIGHT = datetime(2000, 1, 1, tzinfo=UTC)  # any: nothing of it is kept


@dataclass(frozen=True)
class Tried:
    """What staging found in one file."""

    name: str
    summary: Summary

    def __str__(self) -> str:
        found = self.summary
        if found.refused:
            return f"{self.name}: refused, {found.refused_because}"
        rules = ", ".join(f"{rule.rows:,} {rule.rule_code}" for rule in found.rejections)
        money = f", £{found.accepted:,.2f}" if found.accepted is not None else ""
        return f"{self.name}: {found.rows_accepted:,} rows accepted{money}" + (f"; rejected {rules}" if rules else "")


def tried(extracts: Sequence[Extract], folder: Path) -> list[Tried]:
    """Every extract staged in a folder of its own."""
    landing = Landing(folder / "landing")
    landing.receive(list(extracts), _NIGHT)
    receipts = list(landing.receipts())
    staging = Staging(folder / "staging", landing, "0" * 32)
    staging.stage(receipts)
    return [Tried(Path(receipt.name).name, staging.summary(receipt)) for receipt in receipts]


def in_words(found: Sequence[Tried]) -> str:
    """What it came to, in one line."""
    taken = [one.summary for one in found if not one.summary.refused]
    money = sum((one.accepted for one in taken if one.accepted is not None), Decimal(0))
    rules = Counter[str]()
    for one in taken:
        rules.update({rule.rule_code: rule.rows for rule in one.rejections})
    said = f"Tried on {len(found)} files: {len(taken)} taken, {sum(one.rows_accepted for one in taken):,} rows accepted"
    rejected = (
        f", rejected {', '.join(f'{rows:,} {code}' for code, rows in rules.items())}" if rules else ", none rejected"
    )
    return f"{said}, £{money:,.2f}{rejected}."
