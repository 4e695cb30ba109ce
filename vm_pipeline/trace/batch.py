"""From a batch to its file, its rows and what became of them, in counts and pounds.

Belongs here: asking `batch`, `rejection`, `reconciliation` and the fact tables about one batch.
Does not belong here: single rows (fact).
"""

from dataclasses import dataclass
from decimal import Decimal

import duckdb

from vm_pipeline.trace.facts import FACTS_OF
from vm_pipeline.trace.origin import Origin, Origins
from vm_pipeline.warehouse.rows import Row, named_rows

_MONEY = "amount_received_gbp, amount_accepted_gbp, amount_rejected_gbp"
_BY_TEAM = (
    "SELECT team_code, period, count(*) AS rows, sum({1}) AS amount FROM vm.{0} WHERE batch_id = ? "
    "GROUP BY team_code, period"
)
_RECONCILED = (
    "financial_year, ledger_period, control_total_gbp, ledger_total_gbp, rejected_gbp, superseded_gbp, "
    "year_to_date_before_gbp, team_total_gbp, unallocated_gbp, difference_gbp"
)


@dataclass(frozen=True)
class Batch:
    """What a batch came to. `months_in_force`: of its months, those that count. Tables are rows by column name."""

    batch: Origin
    months_in_force: tuple[str, ...]
    received_gbp: Decimal | None
    accepted_gbp: Decimal | None
    rejected_gbp: Decimal | None
    rejections: tuple[Row, ...]
    reconciliation: tuple[Row, ...]
    teams: tuple[Row, ...]


def trace_batch(con: duckdb.DuckDBPyConnection, origins: Origins, batch_id: str) -> Batch:
    """One batch. Raises Unknown."""
    origin = origins(batch_id)
    version, table = origins.versions.get(batch_id), FACTS_OF.get(origin.feed)
    money = con.execute(f"SELECT {_MONEY} FROM vm.batch WHERE batch_id = ?", [batch_id]).fetchall()[0]
    return Batch(
        origin,
        version.months_in_force if version else (),
        money[0],
        money[1],
        money[2],
        _table(con, "SELECT rule_code, rows, amount_gbp FROM vm.rejection WHERE batch_id = ?", batch_id),
        _table(con, f"SELECT {_RECONCILED} FROM vm.reconciliation WHERE batch_id = ?", batch_id),
        _table(con, _BY_TEAM.format(table.name, table.amount), batch_id) if table else (),
    )


def _table(con: duckdb.DuckDBPyConnection, sql: str, batch_id: str) -> tuple[Row, ...]:
    return tuple(named_rows(con.execute(f"{sql} ORDER BY ALL", [batch_id])))
