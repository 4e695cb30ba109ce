"""One contract, one batch: every column typed, every row judged, accepted and rejected apart.

Belongs here: the SQL that follows from a contract, as text.
Does not belong here: running it (load), teams and indicators (sql/core), comparing totals (control).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from vm_pipeline.calendar import month_number
from vm_pipeline.feeds.contract import LAYOUT_RULES, Column, Consequence, Contract, Duplicates, Fault, Privacy, Rule
from vm_pipeline.feeds.survey import ANSWERS, NOT_ANSWERED
from vm_pipeline.feeds.values import FINANCIAL_YEAR
from vm_pipeline.sources.receipts import Slot
from vm_pipeline.staging.naming import literal, literals
from vm_pipeline.staging.parsing import parsed
from vm_pipeline.staging.steps import FAILED

JUDGING_VERSION = 6  # raise it when the same text would be judged differently
_ADDED_UP = ("answered", "positive", "positive_pct")  # figures whose text, too, says whether they are an answer


def judge(contract: Contract, slots: Sequence[Slot], sent: str, own_layout: bool = False) -> list[str]:
    """Statements that turn a SELECT of text into the table `judged`: typed, with rule_code (NULL = accepted).

    `slots` are the batches of the SELECT's members; with `own_layout` it has `layout_rule`. One pass: text that is not
    needed again is never kept. What more is to be known of rejected rows is in a small table, `rejected`.
    """
    rules = [*(LAYOUT_RULES if own_layout else ()), *contract.rules]
    rules = [rule for rule in rules if rule.consequence is Consequence.REJECT_ROW]
    known = ["row_number", "member", *(["layout_rule"] if own_layout else [])]
    return [
        f"CREATE OR REPLACE TEMP TABLE judged AS {_judged(contract, rules, slots, sent, known)}",
        *(_mark_duplicates(contract.duplicates) if contract.duplicates else ()),
        f"CREATE OR REPLACE TEMP TABLE rejected AS {_rejected(contract, rules, slots)}",
    ]


def _judged(contract: Contract, rules: Sequence[Rule], slots: Sequence[Slot], sent: str, known: Sequence[str]) -> str:
    code = " ".join(f"WHEN {rule.fails_when} THEN '{rule.code}'" for rule in rules)
    text = ", ".join(f"{column.name}_sent" for column in shown(contract))
    return (
        f"SELECT * EXCLUDE ({', '.join(['batch_provider', *_dropped(contract)])}), "
        f"CASE WHEN rule_code IS NOT NULL THEN [{text}] END AS sent FROM (SELECT *, CASE {code} END AS rule_code "
        f"FROM (SELECT {', '.join(known)}, {_provider(slots)} AS batch_provider, {_typed(contract, known)} "
        f"FROM ({sent})))"
    )


def _dropped(contract: Contract) -> list[str]:
    """What nothing needs below, or not in a column. Text of a rejected row is kept for it alone, and in one list.

    Of figures that are added up, text says whether they are an answer. A sound row's provider is its batch's.
    """
    texts = [f"{column.name}_sent" for column in _used(contract) if column.name not in _ADDED_UP]
    return [*texts, *(["provider_code"] if contract.has_periods else [])]


def _rejected(contract: Contract, rules: Sequence[Rule], slots: Sequence[Slot]) -> str:
    """SELECT of rejected rows: their text by name as `sent`, every fault, and the row that counts instead.

    A duplicate is sound: it has neither text nor faults. The mark of a text that a step could not read is taken away:
    nobody sent it.
    """
    names = ", ".join(f"'{one.name}': ltrim(sent[{place}], {FAILED})" for place, one in enumerate(shown(contract), 1))
    texts = [f"sent.{one.name} AS {one.name}_sent" for one in shown(contract) if one.name not in _ADDED_UP]
    if contract.has_periods:
        said = parsed(contract.by_name["provider_code"].value, "sent.provider_code")
        texts.append(f"CASE WHEN sent IS NULL THEN batch_provider ELSE {said} END AS provider_code")
    counts, others = (
        ("counts", " LEFT JOIN again USING (member, row_number)") if contract.duplicates else ("NULL::BIGINT", "")
    )
    return (
        f"SELECT judged.*, CASE WHEN sent IS NOT NULL THEN {_faults(contract, rules)} END AS faults, "
        f"{counts} AS duplicate_of FROM (SELECT *, {', '.join(texts)} FROM (SELECT * REPLACE ("
        f"CASE WHEN sent IS NOT NULL THEN {{{names}}} END AS sent), {_provider(slots)} AS batch_provider FROM judged "
        f"WHERE rule_code IS NOT NULL)) AS judged{others} ORDER BY member, row_number"
    )


def _faults(contract: Contract, rules: Sequence[Rule]) -> str:
    """Every fault of a row, rule and column; a row's code is only its first."""
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


def shown(contract: Contract) -> list[Column]:
    """Columns whose text is kept of rejected rows, in the order of the list `sent`."""
    return [column for column in contract.columns if column.privacy is Privacy.OPEN]


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


def _provider(slots: Sequence[Slot]) -> str:
    """The provider of a row's batch."""
    codes = [literal(slot.provider_code) for slot in slots]
    return codes[0] if len(set(codes)) == 1 else f"([{', '.join(codes)}])[member::BIGINT + 1]"


def _mark_duplicates(duplicates: Duplicates) -> list[str]:
    """Only sound rows can be duplicates; a key with an empty part is nobody's. Only keys with one hash are compared."""
    key = ", ".join(["member", *duplicates.key])
    sound = " AND ".join(["rule_code IS NULL", *(f"{column} IS NOT NULL" for column in duplicates.key)])
    others, counts = ("[2:]", "min") if duplicates.keep == "first" else ("[:-2]", "max")
    return [
        "CREATE OR REPLACE TEMP TABLE again AS SELECT member, unnest("
        f"list_sort(list(row_number)){others}) AS row_number, {counts}(row_number) AS counts FROM judged "
        f"WHERE {sound} AND hash({key}) IN (SELECT hash({key}) FROM judged WHERE {sound} GROUP BY ALL "
        f"HAVING count(*) > 1) GROUP BY {key} HAVING count(*) > 1",
        "UPDATE judged SET rule_code = 'duplicate' FROM again "
        "WHERE judged.member = again.member AND judged.row_number = again.row_number",
    ]


@dataclass(frozen=True)
class Member:
    """One batch within `judged`: which, whose and of when, and the number before that of its first row."""

    place: int
    slot: Slot
    rows_before: int

    @property
    def accepted(self) -> str:
        """What to select its accepted rows from, numbered from 1."""
        number = f"row_number - {self.rows_before} AS row_number"
        return f"(SELECT * REPLACE ({number}) FROM judged WHERE member = {self.place} AND rule_code IS NULL)"

    @property
    def rejected(self) -> str:
        """The same of its rejected rows."""
        numbers = ", ".join(f"{name} - {self.rows_before} AS {name}" for name in ("row_number", "duplicate_of"))
        return f"(SELECT * REPLACE ({numbers}) FROM rejected WHERE member = {self.place})"

    def month(self, own: str) -> str:
        """The month of the batch a row counts in: its `own`, or the nearest the batch has (a late journal stays)."""
        if not self.slot.first_period:
            return "0"
        first, last = month_number(self.slot.first_period), month_number(self.slot.last_period)
        return str(first) if first == last else f"least(greatest(coalesce({own}, {last}), {first}), {last})::INTEGER"


def accepted(contract: Contract, member: Member, content_id: str, questions: tuple[str, ...]) -> str:
    """SELECT of what goes on to core, for one batch, in row order."""
    months = f"{member.month(contract.month)} AS batch_month, {contract.month} AS month_number"
    head = f"{literal(content_id)} AS content_id, row_number, {months}"
    if contract.feed == "survey":
        return _answers(contract, member, head, questions)
    known = ("provider_code",) if contract.has_periods else ()  # a sound row's provider is its batch's
    columns = ", ".join(column.stored for column in contract.stored_columns if column.stored not in known)
    return f"SELECT {head}, {columns} FROM {member.accepted}"


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
        empty = literals(("na", *NOT_ANSWERED))
        return (
            f"SELECT {common}, question_code AS question, CASE WHEN {unsound} THEN '?' END AS answer, "
            f"answered AS answers, {counted} AS positive FROM {member.accepted} "
            f"WHERE answered_sent IS NOT NULL AND lower(answered_sent) NOT IN ({empty})"
        )
    pairs = ", ".join(f"{{'question': {literal(name)}, 'answer': lower(q{i})}}" for i, name in enumerate(questions))
    pairs = pairs or "{'question': NULL::VARCHAR, 'answer': NULL::VARCHAR}"
    known, empty = literals([*ANSWERS]), literals(NOT_ANSWERED)
    return (
        f"SELECT {common}, pair.question AS question, "
        f"CASE WHEN pair.answer IN ({known}) THEN pair.answer ELSE '?' END AS answer, "
        "NULL::BIGINT AS answers, NULL::DECIMAL(18,9) AS positive "
        f"FROM (SELECT *, unnest([{pairs}]) AS pair FROM {member.accepted}) "
        f"WHERE pair.answer IS NOT NULL AND pair.answer NOT IN ({empty})"
    )


def rejected(contract: Contract, member: Member) -> str:
    """SELECT of rejected rows: row number, code, amount, every fault, and the text as sent of what may be shown.

    `duplicate_of` is the row number of the row that counts instead.
    """
    # A duplicate is sound: what it says can be written again from its values.
    columns = ", ".join(f"coalesce(sent.{c.name}, {_written(c)}) AS {c.name}" for c in shown(contract))
    money = contract.money or "NULL::DECIMAL(18,2)"
    return (
        f"SELECT row_number, rule_code, {money} AS amount_gbp, faults, duplicate_of, {columns} FROM {member.rejected}"
    )


def _written(column: Column) -> str:
    """A value as its feed may send it again: a financial year is stored as the year it begins in, `2022/23`."""
    if column.value is FINANCIAL_YEAR:
        return f"printf('%d/%02d', {column.stored}, ({column.stored} + 1) % 100)"
    return f"{column.stored}::VARCHAR"
