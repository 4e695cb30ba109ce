"""What was left out of a batch that was taken: told by the night that received it, whatever else it tells."""

import pytest

from vm_pipeline.figures import noted
from vm_pipeline.staging.summary import Summary, Warned
from vm_pipeline_tests.quality.received import Made


@pytest.mark.parametrize(("rows", "rest"), [(3, ""), (0, "; no row is left, look whether that is meant")])
def test_rows_that_where_leaves_out_are_told_and_all_of_them_louder(rows: int, rest: str) -> None:
    made = Made().batch("2022-04", rows)
    (receipt,) = made.receipts
    left = (Warned("no_control", 0, "a check tells"), Warned("skipped_rows", 6, "6 rows left out by `where`"))
    made.summaries[receipt.content_id] = Summary(receipt.content_id, "c", rows_received=rows, warnings=left)
    assert noted(made.known(), made.receipts) == [f"ledger/B1/2022-04: 6 rows left out by `where`{rest}"]
    assert noted(made.known(), []) == []
