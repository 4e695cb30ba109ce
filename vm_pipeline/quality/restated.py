"""What the last landing changed of figures that were published before, against how much may change unseen.

Belongs here: judging `restatement`. Does not belong here: finding what changed (warehouse).
"""

import duckdb

from vm_pipeline.quality.history import Thresholds
from vm_pipeline.quality.verdict import Figure, Verdict, counted, per_cent, worst_first

_MOVED = """
SELECT provider_code, period, measure, before, after,
       coalesce(change_pct, CASE WHEN after IS NULL THEN -100 ELSE 100 END), batch_ids
FROM vm.restatement
WHERE change_pct IS NULL OR abs(change_pct) > ?
"""


def check_restated(con: duckdb.DuckDBPyConnection, thresholds: Thresholds) -> Verdict:
    """A warning for every figure of a provider's month that moved by more than `restated`, or that is gone."""
    rows = con.execute("SELECT count(*) FROM vm.restatement").fetchall()[0][0]
    names = ("provider_code", "period", "measure", "before", "after", "change_pct", "batch_ids")
    found = con.execute(_MOVED, [100 * thresholds.restated]).fetchall()
    figures: list[Figure] = [dict(zip(names, row, strict=True)) for row in found]
    limit = per_cent(thresholds.restated)
    message = f"restatement: {counted(rows, 'figure')} of months published before changed"
    message += (
        f"; found {counted(len(figures), 'figure')} that moved by more than {limit} or are gone. "
        "`vm-pipeline changes` tells which, and by which batch."
        if figures
        else f", none by more than {limit}."
    )
    return Verdict("restated", "restatement", not figures, False, message, worst_first(figures, "change_pct"))
