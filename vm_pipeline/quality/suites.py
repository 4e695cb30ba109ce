"""Great Expectations suites made from the contracts: what was accepted really keeps its contract.

Belongs here: a suite per contract, measuring it in DuckDB, the verdict on it.
Does not belong here: which promises a contract makes (promises), rejecting rows (staging).

Each expectation is over a number DuckDB counted: how many rows of a file break one promise. Great Expectations over
the rows themselves (on DuckDB through SQLAlchemy) took four times as long and can only be kept from holding cell
values by trusting its settings.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import duckdb

from vm_pipeline.calendar import month_number
from vm_pipeline.feeds import CONTRACTS, Contract
from vm_pipeline.quality.aside import outside
from vm_pipeline.quality.expectations import Bound
from vm_pipeline.quality.parquet import Answer, Batch, ask, batches
from vm_pipeline.quality.promises import (
    Promise,
    count_broken,
    count_repeated,
    mistyped,
    promises,
)
from vm_pipeline.quality.verdict import Figure, Verdict, counted, worst_first
from vm_pipeline.sources.receipts import Version
from vm_pipeline.staging.batches import Staging
from vm_pipeline.staging.known import Known
from vm_pipeline.staging.stored import stored_columns

_TYPES = (
    "SELECT file_name, list(name ORDER BY column_id), list(duckdb_type ORDER BY column_id) "
    "FROM parquet_schema($files) WHERE column_id > 0 GROUP BY file_name"
)
_UNREADABLE = "whose file of accepted rows is missing or cannot be read; expected none"
_REMEDY = "Stage them again with `vm-pipeline run --full`; if it comes back, report it with their content ids."

_Counts = dict[str, int | None]


def bounds(contract: Contract) -> list[Bound]:
    """Everything a contract promises of accepted rows, each as a number that must be 0."""
    return [Bound(one.name, 0, 0, one.description, one.rule_code, critical=True) for one in promises(contract)]


def check_contract(
    con: duckdb.DuckDBPyConnection, feed: str, known: Known, staging: Staging, versions: Iterable[Version]
) -> list[Verdict]:
    """Judge the accepted rows of some versions. One verdict a broken promise, or one that says all are kept.

    `con` is only read with.
    """
    todo = batches(feed, known, staging, versions)
    verdicts, rows, kept = [], 0, 0
    for contract in CONTRACTS[feed]:
        mine = [batch for batch in todo if batch.summary.contract_version == contract.version]
        measured, unreadable = _measure(con, contract, mine, _batch_lists(todo))
        lost = [batch for batch in mine if batch.accepted in unreadable]
        verdicts += _not_judged(feed, lost, "readable", _UNREADABLE) + _broken(contract, mine, measured)
        rows += sum(counts["rows"] or 0 for counts in measured.values())
        kept += len(promises(contract)) if mine else 0
    verdicts += _of_another_contract(feed, todo)
    message = f"{feed}: {counted(rows, 'accepted row')} of {counted(len(todo), 'batch', 'batches')} keep all "
    return verdicts or [Verdict("contract_kept", feed, True, True, f"{message}{counted(kept, 'expectation')}.")]


def _measure(
    con: duckdb.DuckDBPyConnection, contract: Contract, todo: Sequence[Batch], senders: Mapping[str, list[object]]
) -> tuple[dict[Path, _Counts], frozenset[Path]]:
    """Per file, rows that break each promise; files that cannot be read. Mistyped files are not looked into."""
    types = ask(con, _TYPES, [batch.accepted for batch in todo])
    measured: dict[Path, _Counts] = {
        Path(file): {
            "rows": None,
            **{one.name: None for one in promises(contract)},
            **_type_counts(contract, zip(names, kinds, strict=True)),
        }
        for file, names, kinds in types.rows
    }
    sound = [batch for batch in todo if _well_typed(contract, measured.get(batch.accepted))]
    conditions = [one.name for one in promises(contract) if one.broken_when]
    files = [batch.accepted for batch in sound]
    broken = ask(con, count_broken(contract), files, **senders)
    repeated = ask(con, count_repeated(contract), files) if contract.duplicates else Answer([], frozenset())
    for file in files:
        measured[file].update(dict.fromkeys(["rows", *conditions], 0))
        if contract.duplicates:
            measured[file]["rule_duplicate"] = 0
    for file, *counts in broken.rows:
        measured[Path(file)].update(zip(["rows", *conditions], counts, strict=True))
    for file, count in repeated.rows:
        measured[Path(file)]["rule_duplicate"] = count
    return measured, types.unreadable | broken.unreadable | repeated.unreadable


def _type_counts(contract: Contract, found: Iterable[tuple[str, str]]) -> _Counts:
    wrong = mistyped(contract, found)
    names = [*(f"{column.name}_typed" for column in stored_columns(contract)), "only_declared"]
    return {name: int(name in wrong) for name in names}


def _well_typed(contract: Contract, counts: _Counts | None) -> bool:
    return counts is not None and not any(counts[one.name] for one in promises(contract) if _of_file(one))


def _of_file(promise: Promise) -> bool:
    """Whether it is a promise of the file rather than of its rows."""
    return not promise.broken_when and not promise.rule_code


def _batch_lists(todo: Sequence[Batch]) -> Mapping[str, list[object]]:
    slots = [batch.receipt.slot for batch in todo]
    return {
        "names": [str(batch.accepted) for batch in todo],
        "contents": [batch.receipt.content_id for batch in todo],
        "providers": [slot.provider_code for slot in slots],
        "firsts": [month_number(slot.first_period) for slot in slots],
        "lasts": [month_number(slot.last_period) for slot in slots],
    }


def _broken(contract: Contract, todo: Sequence[Batch], measured: Mapping[Path, _Counts]) -> list[Verdict]:
    judged = [batch for batch in todo if batch.accepted in measured]
    places = outside(contract.feed, [measured[batch.accepted] for batch in judged], bounds(contract))
    return [
        _verdict(
            contract, one, [(judged[place], measured[judged[place].accepted][one.name]) for place in places[one.name]]
        )
        for one in promises(contract)
        if places[one.name]
    ]


def _verdict(contract: Contract, promise: Promise, found: list[tuple[Batch, int | None]]) -> Verdict:
    things = "column" if _of_file(promise) else "accepted row"
    number = sum(count or 0 for _, count in found)
    figures: list[Figure] = [{"expectation": promise.name, **batch.about, "found": count} for batch, count in found]
    return Verdict(
        "contract_kept",
        contract.feed,
        False,
        True,
        f"{contract.feed}: found {counted(number, things)} in {counted(len(found), 'batch', 'batches')} that break "
        f"`{promise.name}` ({promise.description.rstrip('.')}); expected none. {_REMEDY}",
        worst_first(figures, "found"),
    )


def _of_another_contract(feed: str, todo: Sequence[Batch]) -> list[Verdict]:
    """Batches that were judged by a contract that is not today's: nobody can say that they keep today's."""
    today = {contract.version for contract in CONTRACTS[feed]}
    others = [batch for batch in todo if batch.summary.contract_version not in today]
    says = f"judged by another version of the contract; expected {' or '.join(sorted(today))}"
    return _not_judged(feed, others, "of_today", says)


def _not_judged(feed: str, batches: Sequence[Batch], expectation: str, says: str) -> list[Verdict]:
    """One verdict on batches whose rows could not be looked into; none where there is none."""
    if not batches:
        return []
    figures: list[Figure] = [{"expectation": expectation, **batch.about, "found": 1} for batch in batches]
    message = f"{feed}: found {counted(len(batches), 'batch', 'batches')} {says}. {_REMEDY}"
    return [Verdict("contract_kept", feed, False, True, message, worst_first(figures, "found"))]
