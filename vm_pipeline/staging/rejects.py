"""Rejected rows, to be looked at, mended and sent again.

Belongs here: collecting them over batches, with the rule that each failed and what was expected.
Does not belong here: judging them (judging), counts by rule (summary).

Free text and identifiers are not in them: the row number leads back to the file as sent.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb

from vm_pipeline.feeds import contract_for
from vm_pipeline.feeds.contract import LAYOUT_RULES, Contract, Privacy
from vm_pipeline.sources.receipts import Version
from vm_pipeline.staging.batches import Staging
from vm_pipeline.staging.naming import literal
from vm_pipeline.staging.reading import readable

_DUPLICATE = "The same key stands in another sound row of the batch."


def rejects(versions: Iterable[Version], staging: Staging, feed: str) -> tuple[list[str], list[tuple[object, ...]]]:
    """Header and rows: one a rejected row of the feed, by provider, period and row number."""
    chosen = [v for v in versions if v.receipt.slot.feed == feed and staging.rejected(v.receipt).is_file()]
    contract = contract_for(feed)
    header = [
        "feed",
        "batch_provider",
        "batch_period",
        "batch_id",
        "row_number",
        "rule_code",
        "expected",
        *_shown(contract),
    ]
    if not chosen:
        return header, []
    with duckdb.connect(config=staging.limits(2)) as con:
        _put(con, "batch", ("path", "provider", "period", "batch_id"), [_batch(version, staging) for version in chosen])
        _put(con, "rule", ("code", "description"), [*descriptions(contract).items()])
        paths = ", ".join(readable(staging.rejected(version.receipt)) for version in chosen)
        columns = ", ".join(f"sent.{name}" for name in _shown(contract))
        rows = con.execute(
            f"SELECT {literal(feed)}, batch.provider, batch.period, batch_id, row_number, rule_code, description, "
            f"{columns} "
            f"FROM read_parquet([{paths}], filename = true, union_by_name = true) AS sent "
            "JOIN batch ON batch.path = sent.filename LEFT JOIN rule ON rule.code = sent.rule_code "
            "ORDER BY 2, 3, 4, 5"
        ).fetchall()
    return header, rows


def _put(con: duckdb.DuckDBPyConnection, name: str, columns: Sequence[str], rows: Sequence[tuple[str, ...]]) -> None:
    """Texts as a table, in one statement: a board sends a batch of each feed every month."""
    lists = ", ".join(f"unnest(?::VARCHAR[]) AS {column}" for column in columns)
    con.execute(f"CREATE TABLE {name} AS SELECT {lists}", [[*one] for one in zip(*rows, strict=True)])


def descriptions(contract: Contract) -> dict[str, str]:
    """What each rule says, by code."""
    said = {rule.code: rule.description for rule in (*LAYOUT_RULES, *contract.rules)}
    return said | {"duplicate": contract.duplicates.description if contract.duplicates else _DUPLICATE}


def _shown(contract: Contract) -> list[str]:
    return [column.name for column in contract.columns if column.privacy is Privacy.OPEN]


def _batch(version: Version, staging: Staging) -> tuple[str, ...]:
    slot = version.receipt.slot
    path: Path = staging.rejected(version.receipt)
    return (str(path), slot.provider_code, slot.period, version.batch_id)
