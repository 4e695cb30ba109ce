"""One contract, one batch: every column typed, every row judged, accepted and rejected apart.

Belongs here: the SQL that follows from a contract, as text.
Does not belong here: running it (batches), teams and indicators (sql/core), comparing totals (control).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from vm_pipeline.calendar import month_number
from vm_pipeline.feeds.contract import LAYOUT_RULES, Column, Consequence, Contract, Duplicates, Fault, Privacy, Rule
from vm_pipeline.feeds.survey import ANSWERS, NOT_ANSWERED
from vm_pipeline.sources.receipts import Slot
from vm_pipeline.staging.naming import literal
from vm_pipeline.staging.parsing import parsed
from vm_pipeline.staging.steps import FAILED

JUDGING_VERSION = 4  # raise it when the same text would be judged differently


def judge(contract: Contract, slots: Sequence[Slot], sent: str, own_layout: bool = False) -> list[str]:
    """Statements that turn a SELECT of text into the table `judged`: typed, month, rule_code (NULL = accepted).

    `slots` are the batches of the SELECT's members; with `own_layout` it has `layout_rule`. One pass: text that is not
    needed again is never kept.
    """
    statements = [f"CREATE OR REPLACE TEMP TABLE judged AS {_judged(contract, slots, sent, own_layout)}"]
    if contract.duplicates:
        statements += _mark_duplicates(contract.duplicates)
    return statements


def _judged(contract: Contract, slots: Sequence[Slot], sent: str, own_layout: bool) -> str:
    rules = [*(LAYOUT_RULES if own_layout else ()), *contract.rules]
    rules = [rule for rule in rules if rule.consequence is Consequence.REJECT_ROW]
    code = " ".join(f"WHEN {rule.fails_when} THEN '{rule.code}'" for rule in rules)
    known = ["row_number", "member", *(["layout_rule"] if own_layout else [])]
    provider = _of_member([literal(slot.provider_code) for slot in slots])
    return (
        f"SELECT * EXCLUDE ({', '.join([*_dropped(contract), *known[2:]])}), "
        f"CASE WHEN rule_code IS NOT NULL THEN {_as_sent(contract)} END AS sent, "
        f"CASE WHEN rule_code IS NOT NULL THEN {_faults(contract, rules)} END AS faults, NULL::BIGINT AS duplicate_of "
        f"FROM (SELECT *, CASE {code} END AS rule_code, {_batch_month(slots)} AS batch_month "
        f"FROM (SELECT *, {contract.month} AS month_number, {provider} AS batch_provider "
        f"FROM (SELECT {', '.join(known)}, {_typed(contract, known)} FROM ({sent}))))"
    )


def _as_sent(contract: Contract) -> str:
    """The text of a rejected row, kept for it alone: a copy for every row doubles what a batch costs.

    The mark of a text that a step could not read is taken away: nobody sent it.
    """
    sent = (f"'{column.name}': ltrim({column.name}_sent, {FAILED})" for column in _shown(contract))
    return "{" + ", ".join(sent) + "}"


def _faults(contract: Contract, rules: Sequence[Rule]) -> str:
    """Every fault of a row, rule and column, worked out for rejected rows alone; a row's code is only its first."""
    found = ", ".join(
        f"CASE WHEN {fault.when} THEN {{'rule_code': '{rule.code}', 'column': '{_sent_as(contract, fault)}'}} END"
        for rule in rules
        for fault in rule.faults
    )
    return f"list_filter([{found}], lambda fault: fault IS NOT NULL)"


def _sent_as(contract: Contract, fault: Fault) -> str:
    return contract.by_stored[fault.column].name if fault.column else ""


def _used(contract: Contract) -> list[Column]:
    """Free text is not even read."""
    return [column for column in contract.columns if column.privacy is not Privacy.FREE_TEXT]


def _shown(contract: Contract) -> list[Column]:
    return [column for column in contract.columns if column.privacy is Privacy.OPEN]


def _dropped(contract: Contract) -> list[str]:
    """Text that nothing below needs: control totals need the period as sent, added-up answers their figures."""
    needed = {"financial_year", "period", "answered", "positive", "positive_pct"}
    return [f"{column.name}_sent" for column in _used(contract) if column.name not in needed]


def _typed(contract: Contract, known: Sequence[str]) -> str:
    columns = [
        f"{column.name} AS {column.name}_sent, {_value(column)} AS {column.stored}" for column in _used(contract)
    ]
    questions = [f"* EXCLUDE ({', '.join([*known, *contract.by_name])})"] if contract.open_header else []
    return ", ".join(columns + questions)


def _value(column: Column) -> str:
    if column.privacy is Privacy.PSEUDONYM:
        return f"left(sha256(getvariable('pseudonym_key') || {column.name}), 16)"
    value = parsed(column.value, column.name)
    if column.default:
        return f"CASE WHEN {column.name} IS NULL THEN {column.default}::{column.value.stored} ELSE {value} END"
    return value


def _of_member(values: Sequence[str]) -> str:
    """The value of a row's batch, where several batches are judged together."""
    return values[0] if len(set(values)) == 1 else f"([{', '.join(values)}])[member::BIGINT + 1]"


def _batch_month(slots: Sequence[Slot]) -> str:
    """The month of the batch a row counts in: its own, or the nearest the batch has (a late journal stays)."""
    if not slots[0].first_period:
        return "0"
    first = _of_member([str(month_number(slot.first_period)) for slot in slots])
    last = _of_member([str(month_number(slot.last_period)) for slot in slots])
    if first == last:
        return first
    return f"least(greatest(coalesce(month_number, {last}), {first}), {last})::INTEGER"


def _mark_duplicates(duplicates: Duplicates) -> list[str]:
    """Only sound rows can be duplicates; a key with an empty part is nobody's."""
    key = ", ".join(duplicates.key)
    whole = " AND ".join(f"{column} IS NOT NULL" for column in duplicates.key)
    others, counts = ("[2:]", "min") if duplicates.keep == "first" else ("[:-2]", "max")
    return [
        "CREATE OR REPLACE TEMP TABLE again AS SELECT unnest("
        f"list_sort(list(row_number)){others}) AS row_number, {counts}(row_number) AS counts FROM judged "
        f"WHERE rule_code IS NULL AND {whole} GROUP BY member, {key} HAVING count(*) > 1",
        "UPDATE judged SET rule_code = 'duplicate', duplicate_of = again.counts FROM again "
        "WHERE judged.row_number = again.row_number",
    ]


@dataclass(frozen=True)
class Member:
    """One batch within `judged`: which, and the number of rows before its first."""

    place: int
    rows_before: int

    @property
    def rows(self) -> str:
        """What to select its rows from, numbered from 1."""
        numbers = ", ".join(f"{name} - {self.rows_before} AS {name}" for name in ("row_number", "duplicate_of"))
        return f"(SELECT * REPLACE ({numbers}) FROM judged WHERE member = {self.place})"


def accepted(contract: Contract, member: Member, content_id: str, questions: tuple[str, ...]) -> str:
    """SELECT of what goes on to core, for one batch, in row order."""
    head = f"{literal(content_id)} AS content_id, row_number, batch_month, month_number"
    if contract.feed == "survey":
        return _answers(contract, member, head, questions)
    known = ("provider_code",) if contract.has_periods else ()  # a sound row's provider is its batch's
    columns = ", ".join(column.stored for column in contract.stored_columns if column.stored not in known)
    return f"SELECT {head}, {columns} FROM {member.rows} WHERE rule_code IS NULL"


def _answers(contract: Contract, member: Member, head: str, questions: tuple[str, ...]) -> str:
    """One row an answer, whichever layout; `answer` is a known answer, or '?' when it is on no scale."""
    common = f"{head}, survey_code, wave_date, team_name"
    if not contract.open_header:
        share = "TRY_CAST(answered::DECIMAL(20,0) * positive_pct * 0.01 AS DECIMAL(18,9))"
        counted = f"coalesce(TRY_CAST(positive AS DECIMAL(18,9)), {share})"
        unsound = (
            "answered IS NULL OR (positive IS NULL AND positive_sent IS NOT NULL)"
            " OR (positive_pct IS NULL AND positive_pct_sent IS NOT NULL)"
            f" OR ({counted} IS NULL AND coalesce(positive_sent, positive_pct_sent) IS NOT NULL)"
            f" OR positive > answered OR {counted} > answered"
        )
        empty = ", ".join(map(literal, ("na", *NOT_ANSWERED)))
        return (
            f"SELECT {common}, question_code AS question, CASE WHEN {unsound} THEN '?' END AS answer, "
            f"answered AS answers, {counted} AS positive FROM {member.rows} WHERE rule_code IS NULL "
            f"AND answered_sent IS NOT NULL AND lower(answered_sent) NOT IN ({empty})"
        )
    pairs = ", ".join(f"{{'question': {literal(name)}, 'answer': lower(q{i})}}" for i, name in enumerate(questions))
    pairs = pairs or "{'question': NULL::VARCHAR, 'answer': NULL::VARCHAR}"
    known, empty = (", ".join(map(literal, texts)) for texts in (ANSWERS, NOT_ANSWERED))
    return (
        f"SELECT {head}, survey_code, wave_date, team_name, pair.question AS question, "
        f"CASE WHEN pair.answer IN ({known}) THEN pair.answer ELSE '?' END AS answer, "
        "NULL::BIGINT AS answers, NULL::DECIMAL(18,9) AS positive "
        f"FROM (SELECT *, unnest([{pairs}]) AS pair FROM {member.rows} WHERE rule_code IS NULL) "
        f"WHERE pair.answer IS NOT NULL AND pair.answer NOT IN ({empty})"
    )


def rejected(contract: Contract, member: Member) -> str:
    """SELECT of rejected rows: row number, code, amount, every fault, and the text as sent of what may be shown.

    `duplicate_of` is the row number of the row that counts instead.
    """
    # A duplicate is sound: what it says can be written again from its values.
    columns = ", ".join(f"coalesce(sent.{c.name}, {c.stored}::VARCHAR) AS {c.name}" for c in _shown(contract))
    money = contract.money or "NULL::DECIMAL(18,2)"
    return (
        f"SELECT row_number, rule_code, {money} AS amount_gbp, faults, duplicate_of, {columns} "
        f"FROM {member.rows} WHERE rule_code IS NOT NULL"
    )
