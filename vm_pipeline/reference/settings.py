"""The page of settings: `vm.toml`, layouts, variables, thresholds.

Belongs here: keys as Markdown, and their words. Does not belong here: reading settings.
"""

import dataclasses
import inspect
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from vm_pipeline import settings
from vm_pipeline.display import half_up_ratio
from vm_pipeline.feeds.identifiers import KINDS, Kind
from vm_pipeline.feeds.reference import UNALLOCATED
from vm_pipeline.quality.history import Thresholds
from vm_pipeline.sources.files import PeriodRule
from vm_pipeline.sources.retention import Retention
from vm_pipeline.staging.layouts import BATCH_FACTS, Layout, Unpivot
from vm_pipeline.staging.policy import Then

if TYPE_CHECKING:
    pass
from vm_pipeline.reference.markdown import code, codes, joined, table, words_for

_VARIABLES = {
    "VM_CONFIG": "Path of `vm.toml`; `--config` goes before it.",
    "VM_FEEDS": "A drop folder in the canonical layout, in place of the sources of `vm.toml`. `--feeds` goes before "
    "it; with `--config` it is not read.",
    "VM_HOME": "Home folder; `--home` goes before it.",
    "VM_WAREHOUSE": "Snapshot file; `--warehouse` goes before it.",
    "VM_PSEUDONYM_KEY": "Key of the hash of patient references, in place of the file `pseudonym.key` in the home.",
}
_TOP = {
    "home": "Home folder, relative to the file. Default `vm-home`.",
    "warehouse": "Snapshot file, a path or `duckdb:///path`. Default: `warehouse.duckdb` in the home.",
    "nation": "Whose public holidays are no working days: `SCT`, `ENG`, `WLS` or `NIR`. Default `SCT`.",
    "first_month": "First month Dagster has a partition for. Earlier extracts are worked on under it. Default "
    "`2015-04`.",
    "memory": "DuckDB's memory limit, such as `2GB`. Default: DuckDB's own.",
    "threads": "Threads, for staging and for DuckDB. Default: as many as the machine has.",
    "source": "A list of tables `[[source]]`: where extracts come from.",
    "layout": "Tables `[layout.<name>]`: how a provider's own files become canonical.",
    "quality": "The table `[quality]`: where checks begin to warn, and for which feeds they block.",
    "retention": "The table `[retention]`: how many days files are kept that are not needed any more.",
    "privacy": "The table `[privacy]`: what follows where a column holds identifiers of people.",
}
_RETENTION = {
    "superseded_days": "Extracts that were superseded, withdrawn or refused: bytes and rows go, counts stay. Reference "
    "files are kept: an older one may be the last good one.",
    "as_of_days": "Warehouses of other times, in `as-of/`.",
    "leftover_days": "Typed batches of another version of the reader, drafts, files half received.",
}
_SOURCE = {
    "folder": "A drop folder in the canonical layout. No other key of such a source is read.",
    "feed": "The feed of the files or rows: a feed, or `reference/<name>`.",
    "provider": "Provider code, or a list of codes that share the files or the query. Not needed for reference files.",
    "files": "A pattern of file names, relative to the file; `*`, `?` and `**` as in a shell.",
    "period": "How a file's name tells its months: see below.",
    "database": "Address of a database, as SQLAlchemy takes it.",
    "query": "SQL asked once a month: `:first_day`, `:last_day` (ISO) and `:provider_code` are filled in. It must "
    "order its rows, or every night looks changed.",
    "first": "First month to ask for.",
    "last": "Last month to ask for.",
    "layout": "Name of the layout the rows follow; without it they are canonical.",
    "part": "A name that keeps apart what several systems send of one feed for one month; each replaces only its own.",
}
_PERIOD = {
    "covers": "The months outright: `2020-04` or `2020-04_2021-03`.",
    "pattern": "A regular expression searched for in the name, with a group `period` (`2020-04`), or groups `year` and "
    "`month`, or a group `financial_month` (01 = April).",
    "financial_year": "The year of `financial_month`, such as `2020/21`.",
}
_LAYOUT = {
    "columns": "Canonical name → where it comes from: see below. Names beyond the contract are questions of a survey.",
    "sheet": "Sheet of a workbook. Default: the first.",
    "ignore": "Headers that are not needed; `*` stands for any text. A header that is neither used nor ignored "
    "refuses the batch: it may change what a row means.",
    "where": "SQL condition on rows that belong here; the others are somebody else's.",
    "unpivot": "Makes several rows of one, before `columns` are read. Not for a ledger.",
    "year_to_date": "`true` where a ledger sends the year so far: the warehouse takes off what the month before said.",
}
_UNPIVOT = {
    "into": "Names of new headers: of the value's code, then of each cell it takes along.",
    "values": "Code → one header (or `{ sql = … }`) for each further name. A row whose first cell is empty is left "
    "out.",
}
_QUALITY = {
    "blocking": "Feeds whose checks of the whole table close the gate. Default: none.",
    "least_ratio": "A month's rows, or its middle amount, at least so many times what is usual.",
    "most_ratio": "And at most so many times.",
    "months_back": "How many earlier months say what is usual: their median.",
    "least_history": "With fewer earlier months, a month is not judged.",
    "share_shift": "How far a share (negative amounts, deletions, answers off the scale) may lie from what is usual.",
    "share_rejected": "Rows of a batch that may be rejected, as a share of those received.",
    "least_rejected": "Fewer rejected rows give no warning, however small the batch.",
    "share_outside": "Accepted rows of a batch that may belong to a month outside it.",
    "share_unallocated": f"What may be on {UNALLOCATED}, as a share of a provider's month.",
    "recent_months": "How many of the last months `share_unallocated` is judged in.",
    "restated": "How far a figure of a provider's month may move between two landings, as a share of what it was.",
    "monthly": "Feeds that come every month: a missing month is told.",
}


def settings_page() -> str:
    """Every variable and every key of `vm.toml`."""
    return joined(
        "# Settings\n\n"
        "What the command line says counts first, then the variables, then `vm.toml`, then the defaults. "
        "Paths in `vm.toml` are relative to it. `${NAME}` in any text of it becomes the value of that variable; one "
        "that is not set is an error. A key that is not known is an error too, with the closest one named.",
        "## Variables",
        _two("variable", words_for(_VARIABLES, variables(), "variables")),
        "## vm.toml",
        _two("key", words_for(_TOP, settings._TOP, "keys of vm.toml")),
        "### [[source]]",
        "A folder, files or a query.",
        _two("key", words_for(_SOURCE, settings._SOURCE, "keys of a source")),
        "### period, of a source with files",
        _two("key", words_for(_PERIOD, _fields(PeriodRule), "keys of a period")),
        "### [layout.name]",
        _two("key", words_for(_LAYOUT, _fields(Layout), "keys of a layout")),
        _cells(),
        "### unpivot, of a layout",
        _two("key", words_for(_UNPIVOT, _fields(Unpivot), "keys of unpivot")),
        _quality(),
        _privacy(),
        "### [retention]",
        "`vm-pipeline tidy` removes what is due; nothing else does. Days since a file stopped being needed; 0, the "
        "default, keeps it for good.",
        _two("key", words_for(_RETENTION, _fields(Retention), "keys of [retention]")),
    )


def variables() -> list[str]:
    """Variables that the settings read."""
    return sorted(set(re.findall(r'env\.get\("(VM_\w+)"', inspect.getsource(settings))))


def _fields(declared: Any) -> list[str]:
    return [one.name for one in dataclasses.fields(declared)]


def _two(name: str, said: Mapping[str, str]) -> str:
    return table((name, "what it says"), [(code(key), words) for key, words in said.items()])


def _cells() -> str:
    rows = [
        ('`"Header"`', "The cell under that header."),
        ('`["Header", "Other"]`', "The first of these headers that the file has."),
        ('`{ const = "text" }`', "The same text in every row."),
        ("`{ row_number = true }`", "The row's number in the file."),
        ('`{ batch = "…" }`', f"What the batch knows of itself: {codes(BATCH_FACTS)}."),
        ('`{ sql = "…" }`', "An SQL expression, see below."),
    ]
    return joined(
        "A column comes from one of these:",
        table(("in `columns`", "gives"), rows),
        "SQL sees the file's headers in double quotes, trimmed, with an empty cell as NULL; facts of the batch in "
        "braces, such as `{provider_code}`; and the canonical columns that stand before its own, by their names.",
    )


def _quality() -> str:
    defaults = {one.name: one.default for one in dataclasses.fields(Thresholds)}
    said = words_for(_QUALITY, ["blocking", *defaults], "keys of [quality]")
    rows = [(code(key), code(_default(defaults.get(key, ""))), words) for key, words in said.items()]
    return joined("### [quality]", table(("key", "default", "what it says"), rows))


_THEN: dict[str, str] = {
    Then.REFUSE: "The batch is refused: nothing of it goes past landing. The default.",
    Then.DROP: "The column's values in that batch are left out. Not for a column that every file must have.",
    Then.PSEUDONYMISE: "Every value of the column in that batch becomes a keyed hash, as `patient_ref` does. For text "
    "only.",
    Then.KEEP: "Nothing: a person has looked, and it is a false alarm. Not as `default`.",
}


def _privacy() -> str:
    rows = [(code(then), words) for then, words in words_for(_THEN, list(Then), "consequences").items()]
    kinds = [(one.name, one.description, _rate(one)) for one in KINDS]
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


def _default(value: object) -> str:
    return ", ".join(sorted(map(str, value))) if isinstance(value, frozenset) else str(value)
