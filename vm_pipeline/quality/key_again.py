"""The same ledger key in two batches in force: both count, because sources reuse journal numbers. Or sent a line twice.

Belongs here: finding such keys, and what they amount to.
Does not belong here: a key twice in one batch (a rejection: staging), keys of published tables (core).
"""

from collections.abc import Sequence
from decimal import Decimal

import duckdb

from vm_pipeline.calendar import month_number
from vm_pipeline.quality.parquet import Answer, ask, batches
from vm_pipeline.quality.verdict import Figure, Verdict, counted, pounds, worst_first
from vm_pipeline.sources.receipts import Version
from vm_pipeline.staging.batches import Staging
from vm_pipeline.staging.known import Known

# A hash of the key first: 10 million numbers group in a fraction of the time and memory of 10 million texts.
_AGAIN = """
WITH line AS (
    SELECT batch.provider_code, batch.place, ledger.journal_id, ledger.line_no, ledger.amount,
           hash(batch.provider_code, ledger.journal_id, ledger.line_no) AS mark
    FROM read_parquet($files, filename = true) AS ledger
    JOIN (SELECT unnest($names) AS name, unnest($providers) AS provider_code, unnest($places) AS place,
                 unnest($months) AS month) AS batch
      ON batch.name = ledger.filename AND batch.month = ledger.batch_month
),
suspect AS (
    SELECT mark FROM line GROUP BY mark HAVING min(place) < max(place)
),
marked AS (
    SELECT place, amount, place > min(place) OVER (PARTITION BY provider_code, journal_id, line_no) AS again
    FROM line
    SEMI JOIN suspect USING (mark)
)
SELECT place, count(*), sum(amount)::DECIMAL(38,2)
FROM marked
WHERE again
GROUP BY place
"""


def check_key_again(con: duckdb.DuckDBPyConnection, known: Known, staging: Staging) -> Verdict:
    """Ledger lines in force whose key an earlier batch in force has too: rows and pounds that may count twice."""
    versions = sorted(known.in_force("ledger"), key=lambda one: (one.receipt.slot.first_period, one.batch_id))
    answer = _ask(con, known, staging, versions)
    figures: list[Figure] = [_figure(versions[place], rows, amount) for place, rows, amount in answer.rows]
    rows, amount = sum(row[1] for row in answer.rows), sum((row[2] for row in answer.rows), Decimal("0.00"))
    message = "ledger: no line in force has the key of a line in an earlier batch in force."
    if figures:
        message = (
            f"ledger: found {counted(rows, 'line')} ({pounds(amount)} net) in "
            f"{counted(len(figures), 'batch', 'batches')} with the key of a line in an earlier batch in force; both "
            "count. Ask the providers whether journal numbers are used again, or lines were sent twice."
        )
    if answer.unreadable:
        message = (
            f"ledger: found {counted(len(answer.unreadable), 'batch', 'batches')} whose typed rows cannot be read, "
            "expected none; keys were not compared. Stage them again."
        )
    passed = not figures and not answer.unreadable
    return Verdict("key_again", "ledger", passed, False, message, worst_first(figures, "rows"))


def _ask(con: duckdb.DuckDBPyConnection, known: Known, staging: Staging, versions: Sequence[Version]) -> Answer:
    """(place of the version, rows, pounds) of the lines that come again."""
    files = {batch.receipt.content_id: batch.accepted for batch in batches("ledger", known, staging, versions)}
    cells = [
        (str(files[version.receipt.content_id]), version.receipt.slot.provider_code, place, month_number(month))
        for place, version in enumerate(versions)
        for month in version.months_in_force
    ]
    names, providers, places, months = ([cell[part] for cell in cells] for part in range(4))
    answer = ask(con, _AGAIN, list(files.values()), names=names, providers=providers, places=places, months=months)
    return Answer([], answer.unreadable) if answer.unreadable else answer


def _figure(version: Version, rows: int, amount: Decimal) -> Figure:
    slot = version.receipt.slot
    return {
        "provider_code": slot.sender,
        "period": slot.period,
        "batch_id": version.batch_id,
        "rows": rows,
        "amount_gbp": float(amount),
    }
