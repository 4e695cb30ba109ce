"""What is known, made up: receipts and summaries without a single file.

Belongs here: building a Known. Does not belong here: assertions, real staging (programme).
"""

from dataclasses import dataclass, field
from decimal import Decimal

from vm_pipeline.calendar import months
from vm_pipeline.sources.receipts import Receipt, Slot, versions
from vm_pipeline.staging.known import Known
from vm_pipeline.staging.summary import RuleCount, Summary, Warned

LATER = "2026-01-05T02:00:00.000000+00:00"


@dataclass
class Made:
    """Batches in the order they are received."""

    feed: str = "ledger"
    receipts: list[Receipt] = field(default_factory=list)
    summaries: dict[str, Summary] = field(default_factory=dict)

    def batch(
        self,
        period: str,
        rows: int = 100,
        provider: str = "B1",
        rejected: int = 0,
        outside: int = 0,
        far: int = 0,
        refused: str = "",
        control: bool = True,
        received_at: str = LATER,
        part: str = "",
    ) -> "Made":
        """One more batch; `period` may be `2022-04_2022-06`, `part` one of several systems of the provider."""
        first, _, last = period.partition("_")
        slot = Slot(self.feed, provider, first, last or first, part)
        receipt = Receipt(slot, f"{len(self.receipts):064}", "", "", received_at, "extract.csv", 1)
        warnings = [Warned("outside_period", outside, "")] if outside else []
        warnings += [Warned("dated_far", far, "")] if far else []
        warnings += [] if control else [Warned("no_control", 0, "")]
        self.receipts.append(receipt)
        self.summaries[receipt.content_id] = Summary(
            receipt.content_id,
            "c",
            rows_received=rows,
            rows_accepted=rows - rejected,
            rows_rejected=rejected,
            refused_code=refused,
            refused_because="found the cell Zebedee Quux" if refused else "",
            rejections=(RuleCount("bad_date", rejected, Decimal(0)),) if rejected else (),
            warnings=tuple(warnings),
        )
        return self

    def each(self, first: str, last: str, rows: int = 100, provider: str = "B1") -> "Made":
        """A batch a month."""
        for month in months(first, last):
            self.batch(month, rows, provider)
        return self

    def known(self) -> Known:
        """What all of it comes to."""
        refused = {content_id for content_id, summary in self.summaries.items() if summary.refused}
        return Known(tuple(versions(self.receipts, refused)), self.summaries)
