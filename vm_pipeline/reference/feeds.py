"""The pages of the feeds and of the reference tables, from their contracts.

Belongs here: columns, spellings, rules and consequences as Markdown. Does not belong here: the contracts.
"""

import inspect

from vm_pipeline.feeds import ACTIVITY, FEEDS, LEDGER, SURVEY_COUNTS, SURVEY_WIDE, values
from vm_pipeline.feeds.activity import MEASURES, ROW_COUNT_CONTROL
from vm_pipeline.feeds.contract import Column, Contract, Privacy
from vm_pipeline.feeds.ledger import LEDGER_CONTROL
from vm_pipeline.feeds.reference import REFERENCES, UNALLOCATED
from vm_pipeline.feeds.reference_table import Reference
from vm_pipeline.feeds.survey import NOT_ANSWERED, SCALES
from vm_pipeline.feeds.values import Value
from vm_pipeline.reference.markdown import code, codes, joined, table, yes

LAYOUTS = {
    "ledger": LEDGER,
    "activity": ACTIVITY,
    "survey, one questionnaire a row": SURVEY_WIDE,
    "survey, already added up": SURVEY_COUNTS,
}


def feeds_page() -> str:
    """Columns, rules and control files of the feeds, and the spellings of their values."""
    return joined(
        "# Feeds\n\n"
        "What a provider sends in the canonical layout. One file holds one feed of one provider for one month, or for "
        "a span of months. A provider with another layout is described in configuration: see [settings](settings.md).",
        table(
            ("file in the drop folder", "what it is"),
            [
                (code("<feed>/<provider_code>/<YYYY-MM>.csv"), f"An extract of one month; feed: {codes(FEEDS)}."),
                (
                    code("<feed>/<provider_code>/<YYYY-MM>_<YYYY-MM>.csv"),
                    "An extract of several months; it replaces each.",
                ),
                (code("<the same name>.control.csv"), "The control file of the extract beside it."),
                (code("reference/<name>.csv"), "A [reference table](reference-tables.md)."),
            ],
        ),
        "Files are UTF-8, or cp1252 where UTF-8 does not decode; comma, semicolon, tab or bar between cells; or the "
        "first sheet of an Excel workbook. Every cell is trimmed and a blank one is empty. Headers are compared "
        "without case.",
        *(_feed(title, contract) for title, contract in LAYOUTS.items()),
        _measures(),
        _control_files(),
        _answers(),
        _spellings(),
    )


def _feed(title: str, contract: Contract) -> str:
    return joined(
        f"## {title}",
        f"A row is {contract.grain}. Contract version {code(contract.version)}.",
        _columns(contract),
        _open_header(contract),
        _rules(contract),
    )


def _measures() -> str:
    rows = [
        (code(name), codes(filter(None, outcomes)) + " or none" * ("" in outcomes))
        for name, outcomes in MEASURES.items()
    ]
    return joined(
        "## Measures",
        "What activity counts, `measure_code` and `outcome_code`. Figures are made of these; what each is for is said "
        "by the [indicators](indicators.md). Records of another measure, or of an attendance or treatment without an "
        "outcome, are kept and counted in no indicator, which the batch notes (`uncounted`). A saving case may name "
        "any measure.",
        table(("measure", "outcomes"), rows),
    )


def _open_header(contract: Contract) -> str:
    if not contract.open_header:
        return ""
    return "Every further column is a question: its header is the code of the question or its full text."


_TRAVELS = {
    Privacy.OPEN: "",
    Privacy.IDENTIFIER: "Identifier: used in staging, in no published table and no list of rejected rows.",
    Privacy.PSEUDONYM: "The text goes no further.",
    Privacy.FREE_TEXT: "Nothing reads it.",
}


def _columns(contract: Contract) -> str:
    rows = [
        (
            code(column.name),
            column.value.name.replace("_", " "),
            "optional" if column.optional else "required",
            _about(column),
        )
        for column in contract.columns
    ]
    return table(("column", "value", "header", "what it is"), rows)


def _about(column: Column) -> str:
    renamed = f"After staging: {code(column.stored)}." if column.stored != column.name else ""
    return " ".join(filter(None, (column.description, renamed, _TRAVELS[column.privacy])))


def _rules(contract: Contract) -> str:
    rows = [(code(rule.code), rule.description, rule.consequence.value) for rule in contract.rules]
    if contract.duplicates:
        rows.append((code("duplicate"), _duplicate(contract), "reject the row"))
    says = "A row has one rule code: the first that it fails, in this order."
    return f"{says}\n\n{table(('rule', 'fails when', 'consequence'), rows)}"


def _duplicate(contract: Contract) -> str:
    duplicates = contract.duplicates
    if duplicates is None:
        return ""
    return f"{duplicates.description} Key: {codes(duplicates.key)}; the {duplicates.keep} sound row counts."


def _control_files() -> str:
    return joined(
        "## Control files",
        "A control file says what its extract holds. It counts every row as sent, sound or not, and sums the amounts "
        "that can be read. What differs refuses the batch. A ledger without one is taken with the warning "
        "`no_control`.",
        f"Beside a ledger: {LEDGER_CONTROL.grain}.",
        _columns(LEDGER_CONTROL),
        "Beside an activity or survey extract; other columns are allowed, and rows are added up.",
        _columns(ROW_COUNT_CONTROL),
    )


def _answers() -> str:
    rows = [
        (code(scale), ", ".join(f"{answer} = {score}" for answer, score in s.items())) for scale, s in SCALES.items()
    ]
    return joined(
        "## Answers of a survey",
        f"Answers are compared without case. A blank cell or {codes(NOT_ANSWERED)} is not answered. Answers already "
        "added up may also say `na`. An answer that is on no scale of its question is left out and counted in "
        "`batch.answers_left_out`.",
        table(("scale", "answers and their points"), rows),
    )


def _spellings() -> str:
    found = [value for _, value in inspect.getmembers(values, lambda one: isinstance(one, Value))]
    rows = [(one.name.replace("_", " "), one.spelling, code(one.stored)) for one in sorted(found, key=lambda v: v.name)]
    return joined("## Values and their spellings", table(("value", "what a cell may say", "stored as"), rows))


def reference_tables_page() -> str:
    """Columns, rules and consequences of the reference files."""
    return joined(
        "# Reference tables\n\n"
        "Small tables in `reference/`, one file each for all providers. Where a row has `valid_from` and `valid_to`, "
        "both days are included and an empty one is open. A new version of a file replaces the old one as a whole; a "
        "provider whose rows contradict each other in it keeps its rows of the version before.",
        table(
            ("file", "a row is", "while none was ever sent"),
            [
                (
                    f"[{name}.csv](#{name})",
                    one.contract.grain,
                    f"{one.consequence}{yes(one.essential, ' (a warning)')}",
                )
                for name, one in REFERENCES.items()
            ],
        ),
        *map(_reference, REFERENCES.values()),
    )


def _reference(one: Reference) -> str:
    return joined(
        f"## {one.name}", f"A row is {one.contract.grain}.", _columns(one.contract), _alone(one), _rules(one.contract)
    )


def _alone(one: Reference) -> str:
    if one.name == "cost_centre_map":
        return (
            "The shares of a cost centre on one day sum to 1 at most (0.00001 more is forgiven, for thirds); what is "
            f"left over goes to {code(UNALLOCATED)}. Rows above that are a contradiction."
        )
    if not one.alone:
        return ""
    same_day = " that hold on the same day" if one.has_spans else ""
    return f"Two rows with the same {codes(one.alone)}{same_day} are a contradiction."
