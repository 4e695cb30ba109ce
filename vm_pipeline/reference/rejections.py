"""The page of rejections: what each rule code means to a sender, what was expected, and how to mend it.

Belongs here: rules and refusals as Markdown, a section a code.
Does not belong here: rules and their remedies (feeds), the words for refusals (feedback/refusals).
"""

from collections import defaultdict

from vm_pipeline.feedback.refusals import REMEDIES
from vm_pipeline.feeds.contract import LAYOUT_RULES, Contract, Fault, Rule
from vm_pipeline.feeds.reference import REFERENCES
from vm_pipeline.reference.checks import refusal_codes
from vm_pipeline.reference.feeds import LAYOUTS
from vm_pipeline.reference.markdown import code, codes, joined, table, words_for

_HEAD = ("in", "fails when", "columns", "what to do")


def rejections_page() -> str:
    """A section for every rule code, and one for refused files."""
    rows: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for title, contract in _contracts().items():
        for rule in contract.rules:
            rows[rule.code].append((title, rule.description, _columns(contract, rule), rule.remedy))
        if contract.duplicates:
            told = contract.duplicates
            rows["duplicate"].append((title, told.description, codes(told.key), told.remedy))
    for rule in LAYOUT_RULES:
        rows[rule.code].append(("files with a layout", rule.description, "", rule.remedy))
    return joined(
        "# Rejections\n\n"
        "What a rule code means and how to mend it, for whoever sends the data. A rejected row does not count; the "
        "rest of its file does. A row may break several rules: [feedback](../how-to/send-feedback.md) names each of "
        "them, the warehouse counts the row under the first.",
        *(joined(f"## {name}", table(_HEAD, found)) for name, found in sorted(rows.items())),
        _refused(),
    )


def _contracts() -> dict[str, Contract]:
    return LAYOUTS | {f"[{name}.csv](reference-tables.md#{name})": one.contract for name, one in REFERENCES.items()}


def _columns(contract: Contract, rule: Rule) -> str:
    """The columns a rule looks at, with what is expected of each."""
    said = {contract.by_stored[fault.column].name: _expected(contract, fault) for fault in rule.faults}
    return "<br>".join(f"{code(name)}: {words}" for name, words in said.items())


def _expected(contract: Contract, fault: Fault) -> str:
    return fault.expected.replace("{batch_provider}", "the provider") or contract.by_stored[fault.column].value.spelling


def _refused() -> str:
    said = words_for(REMEDIES, refusal_codes(), "what a sender does about a refusal")
    return joined(
        "## When a whole file is refused",
        "None of it counts until it is mended; the version before stays in force. Codes and their meaning: "
        "[checks](checks.md#why-a-batch-is-refused).",
        table(("code", "what to do"), [(code(name), words) for name, words in said.items()]),
    )
