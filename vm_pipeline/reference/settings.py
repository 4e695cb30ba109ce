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
from vm_pipeline.settings.schema import Schema, alternatives, declared, in_words, keys, resolved, sentences
from vm_pipeline.sources.declared import FeedKeys
from vm_pipeline.staging.policy import Then


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
        "### [[source]]",
        "A source is of the kind whose key it has: " + codes(KINDS) + ". All but a folder say",
        _keys(declared("FilesKeys"), [one.name for one in fields(FeedKeys)]),
        *(part for key in KINDS for part in _kind(key)),
        "### period, of a source with files",
        _keys(declared("PeriodRule")),
        "### [layout.name]",
        _keys(declared("Layout")),
        _cells(),
        "### unpivot, of a layout",
        _keys(declared("Unpivot")),
        "### [quality]",
        _keys(declared("Quality")),
        _privacy(),
    )


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
    rows = [
        ('`"Header"`', "The cell under that header."),
        ('`["Header", "Other"]`', "The first of these headers that the file has."),
        *(
            _cell(part)
            for part in alternatives(declared("Layout")["columns"]["additionalProperties"])
            if "$ref" in part
        ),
    ]
    return joined(
        "A column comes from one of these:",
        table(("in `columns`", "gives"), rows),
        "SQL sees the file's headers in double quotes, trimmed, with an empty cell as NULL; facts of the batch in "
        "braces, such as `{provider_code}`; and the canonical columns that stand before its own, by their names.",
    )


def _cell(part: Schema) -> tuple[str, str]:
    """A table that may stand for a cell, and what it gives."""
    said = keys(resolved(part))
    shown = ", ".join(f"{name} = " + ("true" if "const" in one else '"…"') for name, one in said.items())
    words = [
        f"{one['description']} {in_words(one).capitalize() + '.' if 'enum' in one else ''}" for one in said.values()
    ]
    return code(f"{{ {shown} }}"), " ".join(words).strip()


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
