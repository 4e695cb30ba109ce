"""The words a layout may say of a cell, each declared once: what it takes, what it says, an example.

Belongs here: sources of a cell, and the steps its text takes in the order in which they are done.
Does not belong here: which words go together (cells), the SQL of a step (steps).

Checks of settings, the page of the reference and a schema for editors all follow from `SOURCES` and `STEPS`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from vm_pipeline.staging.steps import EXCEL, UNITS, YEARS

BATCH_FACTS = ("provider_code", "financial_year", "period", "first_day")
PIVOT = 70
_ONLY_PYTHON = re.compile(r"\(\?(?:[=!>]|<[=!]|P=|\()|\\[1-9]")
_DIRECTIVES = set("dmYyBbHMSIpjaA%")


def texts(given: object) -> list[str]:
    """One text or several, as a list."""
    return [given] if isinstance(given, str) else list(given)  # type: ignore[call-overload]


@dataclass(frozen=True)
class Takes:
    """What a word takes: in words, as JSON schema, and whether a value is it."""

    words: str
    schema: Mapping[str, object]
    fits: Callable[[object], bool]


@dataclass(frozen=True)
class Word:
    """One word of a cell. `example` is a whole cell as written in `vm.toml`; `beside` names the word it belongs to."""

    name: str
    takes: Takes
    says: str
    example: str = ""
    beside: str = ""


def _choice(*names: str) -> Takes:
    return Takes(" or ".join(f"`{name}`" for name in names), {"enum": list(names)}, lambda given: given in names)


def _is_text(given: object) -> bool:
    return isinstance(given, str) and given != ""


def _are_texts(given: object) -> bool:
    return _is_text(given) or (isinstance(given, list) and given != [] and all(map(_is_text, given)))


def is_for_cells(pattern: str) -> bool:
    """Whether DuckDB, too, reads a pattern: RE2 looks neither ahead nor behind, and refers to no group."""
    return not _ONLY_PYTHON.search(re.sub(r"\\\\", "", pattern))


def _is_for_cells(given: object) -> bool:
    return isinstance(given, str) and _is_pattern(given) and is_for_cells(given)


def _is_pattern(given: object) -> bool:
    try:
        return isinstance(given, str) and re.compile(given).groups >= 1
    except re.error:
        return False


def _are_forms(given: object) -> bool:
    return _are_texts(given) and all(form in EXCEL or _is_form(form) for form in texts(given))


def _is_form(form: str) -> bool:
    directives = re.findall("%(.?)", form)
    return directives != [] and set(directives) <= _DIRECTIVES


def _is_lookup(given: object) -> bool:
    return isinstance(given, dict) and given != {} and all(_is_text(k) and isinstance(v, str) for k, v in given.items())


def _is_sign(given: object) -> bool:
    return (
        isinstance(given, dict)
        and given.keys() == {"header", "debit", "credit"}
        and all(map(_are_texts, given.values()))
    )


STRING: dict[str, object] = {"type": "string"}
MANY: dict[str, object] = {"anyOf": [STRING, {"type": "array", "items": STRING, "minItems": 1}]}
_PAIRS: dict[str, object] = {"type": "object", "additionalProperties": STRING, "minProperties": 1}
_SIDES: dict[str, object] = {
    "type": "object",
    "properties": {"header": MANY, "debit": MANY, "credit": MANY},
    "required": ["header", "debit", "credit"],
    "additionalProperties": False,
}
TEXT = Takes("a text", STRING, lambda given: isinstance(given, str))
TEXTS = Takes("a text, or a list of texts", MANY, _are_texts)
LIST = Takes("a list of texts", {**MANY["anyOf"][1]}, lambda given: isinstance(given, list) and _are_texts(given))  # type: ignore[index]
TRUE = Takes("`true`", {"const": True}, lambda given: given is True)
WHOLE = Takes(
    "a whole number from 1 to 99",
    {"type": "integer", "minimum": 1, "maximum": 99},
    lambda given: type(given) is int and 1 <= given <= 99,  # noqa: PLR2004
)
PATTERN = Takes("a regular expression with a group", STRING, _is_pattern)
FOR_CELLS = Takes("a regular expression with a group, without looking ahead or behind", STRING, _is_for_cells)
FORMS = Takes("a form of dates such as `%d/%m/%Y`, or a list of forms", MANY, _are_forms)
PAIRS = Takes("a table of texts", _PAIRS, _is_lookup)
SIDES = Takes("a table of `header`, `debit` and `credit`", _SIDES, _is_sign)

SOURCES = (
    Word(
        "header",
        TEXTS,
        "The cell under this header, or under the first of several that the file has. The header, "
        "or the list, may stand alone.",
        '{ header = "Cost Centre", pad = 6 }',
    ),
    Word("const", TEXT, "The same text in every row.", '{ const = "I" }'),
    Word(
        "row_number",
        TRUE,
        "The row's number in the file. Where `unpivot` makes several lines of a ledger's row, the line's number.",
        "{ row_number = true }",
    ),
    Word("batch", _choice(*BATCH_FACTS), "What the batch knows of itself.", '{ batch = "financial_year" }'),
    Word(
        "file_name",
        PATTERN,
        "What the first group captures of the file's name. A name without it refuses the batch.",
        "{ file_name = '^Ward (\\w+) ' }",
    ),
    Word(
        "debit",
        TEXTS,
        "The header of debits, beside `credit`: debit less credit, a blank one as zero. Both filled rejects the row.",
        '{ debit = "Dr", credit = "Cr" }',
    ),
    Word("credit", TEXTS, "The header of credits.", beside="debit"),
    Word(
        "join",
        LIST,
        "The cells under several headers, one after the other. One blank leaves it empty.",
        '{ join = ["Journal", "Month"], with = "-" }',
    ),
    Word("with", TEXT, "What stands between them. Default: nothing.", beside="join"),
    Word(
        "sql", TEXT, "An SQL expression, see below, and no step: the last resort.", "{ sql = '''\"Beds\" || '.5' ''' }"
    ),
)

STEPS = (
    Word(
        "fill_down",
        TRUE,
        "An empty cell takes the cell above: merged cells, codes said once. Rows that `skip` leaves out "
        "give nothing down, unless they are headings.",
        '{ header = "Ward", fill_down = true }',
    ),
    Word("empty", TEXTS, "Texts that stand for an empty cell, case aside.", '{ header = "WTE", empty = ["-", "N/A"] }'),
    Word(
        "strip",
        TEXTS,
        "Texts taken away from either end, with blanks beside them.",
        '{ header = "Transaction number", strip = ["id:"] }',
    ),
    Word(
        "replace",
        PAIRS,
        "Texts replaced wherever they stand, the longest first.",
        '{ header = "Account", replace = { "–" = "-" } }',
    ),
    Word(
        "extract",
        FOR_CELLS,
        "What the first group captures. A cell without it rejects the row.",
        "{ header = \"Expense area\", extract = '^\\(id:(\\d+)\\)' }",
    ),
    Word(
        "lookup",
        PAIRS,
        "Another text for a whole cell, case aside; `*` stands for all others, without it they reject the row.",
        '{ header = "Status", lookup = { SEEN = "attended", DNA = "dna" } }',
    ),
    Word(
        "pad",
        WHOLE,
        "Digits filled up with leading zeros to that length; other texts stay.",
        '{ header = "Account", pad = 6 }',
    ),
    Word(
        "date",
        FORMS,
        "Forms of `strptime`, the first that fits counts; `excel` for serial numbers, `excel1904` for "
        "those of old Macs. An ISO date is always read.",
        '{ header = "Date", date = ["%m/%d/%Y", "excel"] }',
    ),
    Word(
        "month",
        FORMS,
        "Forms of a calendar month, for `financial_year` and `period`.",
        '{ header = "Month", month = "%b-%y" }',
    ),
    Word("pivot", WHOLE, f"Two-digit years below it are 20xx. Default {PIVOT}.", beside="date or month"),
    Word(
        "year",
        _choice(*YEARS),
        "A financial year told by the year it starts or ends in, or by both: `2020-21`.",
        '{ header = "FY", year = "end" }',
    ),
    Word(
        "decimal",
        _choice(","),
        "A decimal comma; points or blanks part thousands.",
        '{ header = "Betrag", decimal = "," }',
    ),
    Word(
        "minus",
        TEXTS,
        "Texts before or after an amount that make it negative, beside the feed's own spellings.",
        '{ header = "Amount", minus = ["Cr", "–"] }',
    ),
    Word(
        "plus",
        TEXTS,
        "Texts before or after an amount that say nothing.",
        '{ header = "Amount", minus = "C", plus = "D" }',
    ),
    Word(
        "sign",
        SIDES,
        "The header that says which side an amount is on, and its texts. A third text rejects the row.",
        '{ header = "Amount", sign = { header = "Dr/Cr", debit = ["D", "Dr"], credit = ["C", "Cr"] } }',
    ),
    Word(
        "unit",
        _choice(*UNITS),
        "Amounts in pence or in thousands of pounds.",
        '{ header = "£000", unit = "thousands" }',
    ),
    Word(
        "negate", TRUE, "The other sign: a ledger in which credits are positive.", '{ header = "Net", negate = true }'
    ),
    Word("default", TEXT, "What an empty cell means.", '{ header = "Quantity", default = "1" }'),
)

WORDS = {word.name: word for word in (*SOURCES, *STEPS)}
