"""What changed between two landings: figures of a provider's month then and now, and the batches that moved.

Belongs here: keeping the figures of a landing, one small file each; laying two of them side by side.
Does not belong here: comparing them (sql/signals/restatement), judging a change (quality).

A landing's file is named by what was known then and by the code, and is made by building that night once more where it
is missing. So a change is always between two nights as they were, and no later receipt is in it.
"""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from vm_pipeline.sources.receipts import Version
from vm_pipeline.staging.batches import Purged
from vm_pipeline.staging.naming import literal
from vm_pipeline.staging.reading import readable
from vm_pipeline.warehouse.as_published import Landed, written

# What it puts under `core`.
RESTATED = ("figure_before", "figure_now", "batch_moved")

# What a reference table chooses (a budget, a saving case) is of facts too: any feed may be the cause.
FIGURES = """
SELECT value.provider_code, value.period, value.indicator_code AS measure, value.value AS amount,
       coalesce(nullif(one.numerator_feed, 'reference'), '*') AS feed, coalesce(one.denominator_feed, '') AS other_feed
FROM vm.indicator_value AS value
JOIN core.indicator AS one USING (indicator_code)
WHERE value.level = 'provider' AND value.grain = 'month' AND value.value IS NOT NULL
UNION ALL
SELECT provider_code, period, 'ledger_gbp', sum(amount_gbp)::DOUBLE, 'ledger', ''
FROM core.cost_part
GROUP BY provider_code, period
ORDER BY ALL
"""
_NONE = (
    "SELECT NULL::VARCHAR AS provider_code, NULL::VARCHAR AS period, NULL::VARCHAR AS measure, NULL::DOUBLE AS amount, "
    "NULL::VARCHAR AS feed, NULL::VARCHAR AS other_feed WHERE false"
)


def put_restated(con: duckdb.DuckDBPyConnection, folder: Path, before: Landed | None, now: Landed, code: str) -> None:
    """Create `core.figure_before`, `core.figure_now`, `core.batch_moved`. Without a landing before, nothing moved.

    `code` names the code that makes the figures: what another made is no change of the data.
    """
    paths = [
        _kept(folder / f"{landed.name}-{code}.figures.parquet", landed) if landed else None for landed in (before, now)
    ]
    for name, path in zip(("figure_before", "figure_now"), paths, strict=True):
        source = f"FROM read_parquet({readable(path)})" if path else _NONE
        con.execute(f"CREATE OR REPLACE TABLE core.{name} AS {source}")
    con.execute("CREATE OR REPLACE TABLE core.batch_moved (feed VARCHAR, provider_code VARCHAR, batch_id VARCHAR)")
    moved = [_named(one) for one in _moved(before.versions(), now.versions())] if before else []
    if moved:
        con.executemany("INSERT INTO core.batch_moved VALUES (?, ?, ?)", moved)


def _kept(path: Path, landed: Landed) -> Path | None:
    """The figures of a landing; None where its rows were erased, and nothing can be said of them."""
    if not path.is_file():
        try:
            with landed.look() as then, written(path) as draft:
                then.execute(f"COPY ({FIGURES}) TO {literal(draft)} (FORMAT parquet)")
        except Purged:
            return None
    return path


def _moved(before: Sequence[Version], now: Sequence[Version]) -> list[Version]:
    """Versions that came into force or went out of it, for any month; a reference file is one, too."""
    then = {one.batch_id: one.months_in_force for one in before}
    return [one for one in now if one.months_in_force != then.get(one.batch_id, ())]


def _named(version: Version) -> tuple[str, str, str]:
    slot = version.receipt.slot
    return slot.feed, slot.provider_code, version.batch_id
