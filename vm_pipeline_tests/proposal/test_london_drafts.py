"""Drafts for seven real ledgers, no two alike: each must take every row, to the penny, without a word from a person."""

from decimal import Decimal
from pathlib import Path

import pytest

from vm_pipeline_tests.london.night import LONDON, reference
from vm_pipeline_tests.proposal.drafting import drafted

TRUSTS = ("CHWE", "CROY", "EPSH", "GUYS", "IMPC", "LEGR", "WHIT")

pytestmark = pytest.mark.skipif(not LONDON.is_dir(), reason=f"no real data at {LONDON}: set VM_SHARED")


@pytest.mark.parametrize("trust", TRUSTS)
def test_the_draft_takes_every_row_to_the_penny(tmp_path: Path, trust: str) -> None:
    told = drafted(sorted((LONDON / "spend_raw" / trust).glob("*.csv")), tmp_path, trust)
    found = {
        one.name: (one.summary.refused_because, one.summary.rows_accepted, one.summary.accepted) for one in told.files
    }
    assert found == {
        row["file"]: ("", int(row["rows"]), Decimal(row["total_gbp"]))
        for row in reference("reference_spend_by_file.csv")
        if row["folder"] == trust
    }
    assert told.draft.missing == []
    assert "# MISSING" not in told.text
    assert ("%m/%d/%Y" in told.text) == (trust == "EPSH")
    assert not {"Supplier", "Supplier Name"} & {str(cell.spec) for cell in told.draft.cells}
