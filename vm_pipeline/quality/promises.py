"""What a contract promises of every accepted row, as conditions that no stored row may meet.

Belongs here: deriving promises from a declaration (columns, types, rules, key), and the SQL that counts broken ones.
Does not belong here: running it (suites), rules themselves (feeds), totals (totals).

Staging judged the text as sent; this judges what it stored, by another way, so that neither can be wrong unseen.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from vm_pipeline.calendar import FIRST_DAY, LAST_DAY
from vm_pipeline.feeds import Contract, values
from vm_pipeline.feeds.contract import Column, Consequence, Privacy
from vm_pipeline.feeds.survey import ANSWERS
from vm_pipeline.staging.parsing import BLANKS
from vm_pipeline.staging.stored import HEAD, stored_columns

_PSEUDONYM = "[0-9a-f]{16}"
_OFF_SCALE = "?"


@dataclass(frozen=True)
class Promise:
    """One promise. `broken_when` is a condition over stored columns; empty where a query of its own counts it.

    `rule_code` is the code of the contract's rule it comes from, where it comes from one.
    """

    name: str
    description: str
    broken_when: str = ""
    rule_code: str = ""


def promises(contract: Contract) -> tuple[Promise, ...]:
    """Everything a contract promises of an accepted row."""
    return (
        *_typed(contract),
        *_whole(),
        *_present(contract),
        *_spelt(contract),
        *_in_range(contract),
        *(_survey_answers(contract) if contract.feed == "survey" else ()),
        *_rules(contract),
    )


def _typed(contract: Contract) -> Iterator[Promise]:
    for column in stored_columns(contract):
        yield Promise(f"{column.name}_typed", f"{column.name} is stored as {column.type}")
    yield Promise("only_declared", "no column is stored that the contract does not declare for storing")


def _whole() -> Iterator[Promise]:
    yield Promise(
        "own_batch", "the row lies in the file of its own batch", "content_id IS DISTINCT FROM own_content_id"
    )
    yield Promise("row_numbered", "the row has a number", "row_number IS NULL OR row_number < 1")
    yield Promise(
        "own_month", "the month it counts in is one of its batch's", "(batch_month BETWEEN first AND last) IS NOT TRUE"
    )
    yield Promise(
        "month_follows", "its month follows from its contract", "month_number IS DISTINCT FROM contract_month"
    )


def _present(contract: Contract) -> Iterator[Promise]:
    """Columns whose absence alone fails a rule."""
    stored = {column.contract_name: column.name for column in stored_columns(contract)}
    needed = {fault.column for _, fault in contract.faults if fault.when == f"{fault.column} IS NULL"}
    for contract_name, name in stored.items():
        if contract_name in needed:
            yield Promise(f"{name}_present", f"{name} is never empty", f"{name} IS NULL")


_CASES = {values.CODE.name: "upper", values.LOWER_CODE.name: "lower", values.NAME.name: "lower", values.TEXT.name: ""}


def _spelt(contract: Contract) -> Iterator[Promise]:
    """Text is trimmed, never blank, and in the case its value has; a pseudonym is a hash and nothing else."""
    for column in stored_columns(contract):
        if column.privacy is Privacy.PSEUDONYM:
            unlike = f"NOT regexp_full_match({column.name}, '{_PSEUDONYM}')"
            yield Promise(f"{column.name}_hashed", f"{column.name} is a hash of 16 hex digits", unlike)
        elif column.value and column.value.name in _CASES:
            case = _CASES[column.value.name]
            ends = " OR ".join(f"contains('{BLANKS}', {column.name}[{place}])" for place in (1, -1))
            unlike = f"{ends} OR {column.name} <> {case}({column.name})" if case else ends
            yield Promise(
                f"{column.name}_spelt",
                f"{column.name} is trimmed and not blank" + (f", in {case} case" if case else ""),
                unlike,
            )


_FROM, _BEYOND = f"DATE '{FIRST_DAY}'", f"DATE '{LAST_DAY}' + 1"
_RANGES = {
    values.LEDGER_PERIOD.name: ("0 to 14", "{x} NOT BETWEEN 0 AND 14"),
    values.FINANCIAL_YEAR.name: (
        f"{FIRST_DAY.year} to {LAST_DAY.year}",
        f"{{x}} NOT BETWEEN {FIRST_DAY.year} AND {LAST_DAY.year}",
    ),
    values.DATE.name: (f"{FIRST_DAY} to {LAST_DAY}", f"{{x}} < {_FROM} OR {{x}} >= {_BEYOND}"),
    values.TIMESTAMP.name: (f"{FIRST_DAY} to {LAST_DAY}", f"{{x}} < {_FROM} OR {{x}} >= {_BEYOND}"),
    values.QUANTITY.name: ("0 or more", "{x} < 0"),
    values.COUNT.name: ("0 or more", "{x} < 0"),
    values.INTEGER.name: ("0 or more", "{x} < 0"),
}


def _in_range(contract: Contract) -> Iterator[Promise]:
    for column in stored_columns(contract):
        if column.value and column.value.name in _RANGES:
            span, outside = _RANGES[column.value.name]
            yield Promise(f"{column.name}_in_range", f"{column.name} is {span}", outside.replace("{x}", column.name))


def _survey_answers(contract: Contract) -> Iterator[Promise]:
    """A single answer is one that exists; answers added up are not fewer than the positive ones; `?` is left out."""
    if contract.open_header:
        known = ", ".join(f"'{answer}'" for answer in (*ANSWERS, _OFF_SCALE))
        unknown = f"answer IS NULL OR answer NOT IN ({known}) OR answers IS NOT NULL OR positive IS NOT NULL"
        yield Promise("answer_known", "an answer is one of a scale, or left out", unknown)
        return
    unsound = f"answer IS NOT NULL AND answer <> '{_OFF_SCALE}' OR answer IS NULL AND answers IS NULL"
    yield Promise("answer_known", "answers added up have a count, or are left out", unsound)
    yield Promise(
        "positive_within", "no more answers are positive than were given", "answer IS NULL AND positive > answers"
    )


def _rules(contract: Contract) -> Iterator[Promise]:
    for rule in contract.rules:
        if rule.consequence is Consequence.REJECT_ROW:
            yield Promise(
                f"rule_{rule.code}",
                f"no accepted row fails the rule: {rule.description}",
                f"({rule.fails_when})",
                rule.code,
            )
    if contract.duplicates:
        yield Promise(
            "rule_duplicate",
            f"no accepted row fails the rule: {contract.duplicates.description}",
            rule_code="duplicate",
        )


def count_broken(contract: Contract) -> str:
    """One query over `$files`: per file, how many rows break each promise that has a condition."""
    counts = ", ".join(f"count_if({one.broken_when}) AS {one.name}" for one in promises(contract) if one.broken_when)
    return f"SELECT filename, count(*), {counts} FROM ({_judged(contract)}) GROUP BY filename"


def count_repeated(contract: Contract) -> str:
    """One query over `$files`: per file, sound rows beyond the first of one key. A key with an empty part is nobody's.

    Where the key needs a column that is not stored (a respondent), what is left to see is a row counted twice.
    """
    key = ", ".join(["filename", *repeated_key(contract)])
    whole = " AND ".join(f"{name} IS NOT NULL" for name in repeated_key(contract))
    # Keys are compared only where their hashes repeat: ten million of them take a third of the memory of the keys.
    return (
        f"WITH keyed AS NOT MATERIALIZED (SELECT {key}, hash({key}) AS mark "
        f"FROM read_parquet($files, filename = true) WHERE {whole}), "
        "suspect AS (SELECT mark FROM keyed GROUP BY mark HAVING count(*) > 1) "
        "SELECT filename, sum(again)::BIGINT FROM (SELECT filename, count(*) - 1 AS again "
        f"FROM keyed SEMI JOIN suspect USING (mark) GROUP BY {key}) GROUP BY filename"
    )


def repeated_key(contract: Contract) -> tuple[str, ...]:
    """The stored columns of which no two accepted rows of a batch may agree."""
    stored = {column.contract_name: column.name for column in stored_columns(contract)}
    if contract.duplicates and set(contract.duplicates.key) <= stored.keys():
        return tuple(stored[name] for name in contract.duplicates.key)
    return ("row_number", "question")


def _judged(contract: Contract) -> str:
    """Stored rows under the names that rules use, beside what their file says of its batch.

    The text as sent is gone after staging; the stored value stands for it, and a default for an empty cell, so that
    `amount IS NULL AND amount_sent IS NOT NULL` asks as much as can still be known.
    """
    stored = {column.contract_name: column.name for column in stored_columns(contract)}
    sent = ", ".join(f"{_sent(column, stored)} AS {column.name}_sent" for column in contract.columns)
    renamed = "".join(f", {name} AS {new}" for new, name in stored.items() if new and new != name)
    return (
        f"SELECT *, {contract.month} AS contract_month, {sent} FROM (SELECT file.*, own.content_id AS own_content_id, "
        f"own.first, own.last, own.provider_code AS batch_provider, sender.provider_code{renamed} "
        "FROM read_parquet($files, filename = true) AS file "
        f"LEFT JOIN ({_BATCHES}) AS own ON own.filename = file.filename "
        f"LEFT JOIN ({_BATCHES}) AS sender ON sender.content_id = file.content_id)"
    )


_BATCHES = (
    "SELECT unnest($names) AS filename, unnest($contents) AS content_id, unnest($providers) AS provider_code, "
    "unnest($firsts) AS first, unnest($lasts) AS last"
)


def _sent(column: Column, stored: dict[str, str]) -> str:
    if column.name == "provider_code":
        return "provider_code"
    if column.stored not in stored:
        return "NULL::VARCHAR"
    return f"coalesce({column.stored}::VARCHAR, '{column.default}')" if column.default else f"{column.stored}::VARCHAR"


def mistyped(contract: Contract, found: Iterable[tuple[str, str]]) -> set[str]:
    """Names of the promises that a file's columns (name, type) break."""
    types = dict(found)
    declared = {column.name: column.type for column in stored_columns(contract)}
    broken = {f"{name}_typed" for name, kind in declared.items() if types.get(name) != kind}
    head_ok = all(name in types and kind in ("", types[name]) for name, kind in HEAD.items())
    undeclared = types.keys() - declared.keys() - HEAD.keys()
    return broken | ({"only_declared"} if undeclared or not head_ok else set())
