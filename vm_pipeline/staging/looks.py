"""What a month of accepted rows looks like, in the measures of its contract: taken once, when a batch is staged.

Belongs here: the one query over the files of several batches.
Does not belong here: the measures (feeds), comparing a month with those before it (quality/distribution).
"""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import duckdb

from vm_pipeline.calendar import period_of
from vm_pipeline.feeds.contract import Contract
from vm_pipeline.staging.reading import readable
from vm_pipeline.staging.summary import Look


def looks(con: duckdb.DuckDBPyConnection, contract: Contract, files: Sequence[Path]) -> dict[Path, tuple[Look, ...]]:
    """By file of accepted rows: every month its rows count in, with its measures."""
    if not (files and contract.measures):
        return {}
    names, numbers = zip(*((one.name, one.sql) for one in contract.measures), strict=True)
    rows = con.execute(
        f"SELECT filename, batch_month, {', '.join(numbers)} FROM read_parquet([{', '.join(map(readable, files))}], "
        "filename = true) GROUP BY filename, batch_month ORDER BY batch_month"
    ).fetchall()
    found: dict[Path, list[Look]] = defaultdict(list)
    for file, month, *values in rows:
        found[Path(file)].append(Look(period_of(month), dict(zip(names, values, strict=True))))
    return {file: tuple(of_months) for file, of_months in found.items()}
