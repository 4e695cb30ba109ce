"""Columns of the typed rows that staging leaves: what core, and whoever judges the rows, may rely on.

Belongs here: their names and types, as they follow from a contract.
Does not belong here: the SQL that fills them (judging), what their values promise (quality/promises).
"""

from dataclasses import dataclass

from vm_pipeline.feeds import Contract, values
from vm_pipeline.feeds.contract import Privacy
from vm_pipeline.feeds.values import Value

HEAD = {"content_id": "VARCHAR", "row_number": "BIGINT", "batch_month": "INTEGER", "month_number": ""}
"""Columns before those of any contract, with their types; empty = as the contract's month has it."""


@dataclass(frozen=True)
class Stored:
    """One column of the typed file: its type, the contract's value it holds, and the contract's name for it."""

    name: str
    type: str
    value: Value | None = None
    contract_name: str = ""
    privacy: Privacy = Privacy.OPEN


def stored_columns(contract: Contract) -> tuple[Stored, ...]:
    """What staging writes for a contract, beside the head. A sound row's provider is its batch's, and not stored."""
    if contract.feed == "survey":
        return _survey_columns(contract)
    return tuple(
        Stored(column.stored, column.value.stored, column.value, column.stored, column.privacy)
        for column in contract.stored_columns
        if column.name != "provider_code"
    )


def _survey_columns(contract: Contract) -> tuple[Stored, ...]:
    """Both layouts end as one row an answer. A question of the wide layout is a header: its text is left as sent."""
    head = ("survey_code", "wave_date", "team_name")
    columns = [contract.by_name[name] for name in head]
    question = contract.by_name.get("question_code")
    return (
        *(Stored(column.name, column.value.stored, column.value, column.name) for column in columns),
        Stored("question", "VARCHAR", question.value if question else None, question.name if question else ""),
        Stored("answer", "VARCHAR"),
        Stored("answers", "BIGINT", values.COUNT),
        Stored("positive", "DECIMAL(18,9)", values.QUANTITY),
    )
