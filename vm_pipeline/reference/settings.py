"""The page of settings: `vm.toml`, layouts, variables, thresholds.

Belongs here: keys as Markdown. Does not belong here: their words (beside each key), reading settings.
"""

from dataclasses import fields

from vm_pipeline.display import half_up_ratio
from vm_pipeline.feeds.identifiers import KINDS as IDENTIFIERS
from vm_pipeline.feeds.identifiers import Kind
from vm_pipeline.reference.markdown import code, codes, joined, table
from vm_pipeline.settings import Variables
from vm_pipeline.settings.document import KINDS
from vm_pipeline.settings.schema import Schema, declared, in_words, sentences
from vm_pipeline.sources.declared import FeedKeys
from vm_pipeline.sources.sftp import SftpKeys
from vm_pipeline.staging.policy import Then
from vm_pipeline.staging.words import SOURCES, STEPS, Word


def settings_page() -> str:
    """Every variable and every key of `vm.toml`."""
    return joined(
        "# Settings\n\n"
        "What the command line says counts first, then the variables, then `vm.toml`, then the defaults. "
        "Paths in `vm.toml` are relative to it. `${NAME}` in any text of it becomes the value of that variable; one "
        "that is not set is an error. Everything that is wrong is told at once, each with its line, what was found, "
        "what was expected and the closest there is; the value of a variable is never told. "
        "[`vm.schema.json`](vm.schema.json) says the same to [editors](../how-to/check-vm-toml.md).",
        "## Variables",
        table(("variable", "what it says"), [(code(key), words) for key, words in sentences(Variables).items()]),
        "## vm.toml",
        _keys(declared("Document")),
        *_sources(),
        *_layouts(),
        *_tables(),
    )


def _sources() -> list[str]:
    return [
        "### [[source]]",
        "A source is of the kind whose key it has: " + codes(KINDS) + ". All but a folder say",
        _keys(declared("FilesKeys"), [one.name for one in fields(FeedKeys)]),
        *(part for key in KINDS for part in _kind(key)),
        "### period, of a source with files",
        _keys(declared("PeriodRule")),
        "### store, of files at sftp://",
        table(("key", "what it says"), [(code(key), words) for key, words in sentences(SftpKeys).items()]),
        "### auth, pages and limits, of a web address",
        _keys(declared("Auth")),
        _keys(declared("Pages")),
        _keys(declared("Limits")),
    ]


def _layouts() -> list[str]:
    return [
        "### [layout.name]",
        _keys(declared("Layout")),
        _cells(),
        "### file, of a layout",
        _keys(declared("FileShape")),
        "A field of a fixed-width file says",
        _keys(declared("Span")),
        "### skip, of a layout",
        "All conditions that a rule gives must hold.",
        _keys(declared("Skip")),
        "### unpivot, of a layout",
        _keys(declared("Unpivot")),
        "A ledger's row that becomes several lines gives each a row number of its own, (row - 1) × values + place, and "
        "so does `{ row_number = true }`. `line_no` must be that, or `journal_id` must hold the value's code.",
    ]


def _tables() -> list[str]:
    """What says how nights are judged, told of, and kept."""
    return [
        "### [quality]",
        _keys(declared("Quality")),
        "### [freshness]",
        _keys(declared("Freshness")),
        "Each table says",
        _keys(declared("Expected")),
        "### [alerts]",
        _keys(declared("Alerts")),
        "#### [alerts.webhook]",
        _keys(declared("Webhook")),
        "#### [alerts.email]",
        _keys(declared("Email")),
        _privacy(),
        "### [retention]",
        "`vm-pipeline tidy` removes what is due; nothing else does. Days since a file stopped being needed; 0, the "
        "default, keeps it for good.",
        _keys(declared("Retention")),
    ]


def _kind(key: str) -> tuple[str, str]:
    shared = {one.name for one in fields(FeedKeys)}
    said = declared(KINDS[key].__name__)
    own = [name for name in said if name not in shared]
    return f"#### With {code(key)}", _keys(said, sorted(own, key=lambda name: name != key))


def _keys(said: dict[str, Schema], names: list[str] | None = None) -> str:
    rows = [
        (code(name), in_words(said[name]), code(_default(said[name])), _sentence(said[name])) for name in names or said
    ]
    return table(("key", "value", "default", "what it says"), rows)


def _sentence(part: Schema) -> str:
    examples = () if "pattern" in part else part.get("examples", ())
    return f"{part['description']} For example {codes(examples)}." if examples else str(part["description"])


def _default(part: Schema) -> str:
    if "default" not in part:
        return ""
    default = part["default"]
    return ", ".join(default) if isinstance(default, list) else str(default)


def _cells() -> str:
    return joined(
        "A column comes from one of these. A header, or a list of headers, may stand alone, without `{ header = … }`.",
        table(("source", "takes", "example", "gives"), map(_word, SOURCES)),
        "The text then takes the steps that are named beside the source, in this order. A date or an amount that a "
        "step cannot read is rejected by the feed's own rule, a code by `unmade_cell`; the rejected row shows what was "
        "sent.",
        table(("step", "takes", "example", "does"), map(_word, STEPS)),
        "Codes stay text on all that way. One that looks like what a spreadsheet makes of a long number, `1.2E+347`, "
        "is rejected by `damaged_code`.",
        "SQL sees the file's headers in double quotes, trimmed, with an empty cell as NULL; facts of the batch in "
        "braces, such as `{provider_code}`; and the canonical columns that stand before its own, by their names.",
    )


def _word(word: Word) -> tuple[str, ...]:
    name = code(word.name) + (f", beside {word.beside}" if word.beside else "")
    return name, word.takes.words, code(word.example) if word.example else "", word.says


def _privacy() -> str:
    rows = [(code(then), then.words) for then in Then]
    kinds = [(one.name, one.description, _rate(one)) for one in IDENTIFIERS]
    return joined(
        "### [privacy]",
        "A key is a pattern of `feed/provider/column`, of the parts of it from the left, or of "
        "`reference/name/column`; `*` stands for any text. The last that fits counts; `default` is for all others. A "
        "value is one of",
        table(("value", "what follows"), rows),
        "Looked for, in every column that the contract does not call an identifier, a pseudonym or free text:",
        table(("kind", "what it looks like", "a column is one when"), kinds),
    )


def _rate(kind: Kind) -> str:
    if kind.alone:
        return "one is found"
    share, chance = (half_up_ratio(round(part * 10**6), 10**6, 100, 1) for part in (kind.tells, kind.chance))
    return f"more than {share} % of its texts of that shape pass; {chance} % would by chance"
