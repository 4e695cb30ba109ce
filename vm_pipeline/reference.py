"""Reference pages, written from the declarations: feeds, reference tables, warehouse, command line, checks, settings.

    python -m vm_pipeline.reference docs/reference

Belongs here: declarations as Markdown, and a few words for names that carry none where they are declared.
Does not belong here: facts that a declaration could hold; advice (docs/how-to), reasons (docs/explanation).

A name that is declared and has no words here, or words that no name is declared for, stop the writing.
"""

import dataclasses
import inspect
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import duckdb
from sqlalchemy import Table

from vm_pipeline import cli, settings
from vm_pipeline.feeds import ACTIVITY, FEEDS, LEDGER, SURVEY_COUNTS, SURVEY_WIDE, values
from vm_pipeline.feeds.activity import ROW_COUNT_CONTROL
from vm_pipeline.feeds.contract import Column, Contract, Privacy
from vm_pipeline.feeds.ledger import LEDGER_CONTROL
from vm_pipeline.feeds.reference import PROGRAMME_SETTINGS, REFERENCES, UNALLOCATED, Reference
from vm_pipeline.feeds.survey import NOT_ANSWERED, SCALES
from vm_pipeline.feeds.values import Value
from vm_pipeline.indicators.catalogue import CATALOGUE
from vm_pipeline.quality.history import Thresholds
from vm_pipeline.quality.promises import promises
from vm_pipeline.settings import Settings
from vm_pipeline.sources.files import PeriodRule
from vm_pipeline.staging.layouts import BATCH_FACTS, Layout, Unpivot
from vm_pipeline.warehouse.statements import Statement, statements
from vm_pipeline.warehouse.tables import SCHEMA, TABLES
from vm_pipeline.warehouse.workspace import create_tables

if TYPE_CHECKING:
    import dagster as dg

MARK = "<!-- Written by `make docs` from the declarations in the code. Change those, not this page. -->"
_PACKAGE = Path(__file__).parent
LAYOUTS = {
    "ledger": LEDGER,
    "activity": ACTIVITY,
    "survey, one questionnaire a row": SURVEY_WIDE,
    "survey, already added up": SURVEY_COUNTS,
}


class Undocumented(Exception):
    """A declared name has no words, or words have no declared name."""


def pages() -> dict[str, str]:
    """Every page, by file name."""
    made: dict[str, Callable[[], str]] = {
        "feeds.md": feeds_page,
        "reference-tables.md": reference_tables_page,
        "warehouse.md": warehouse_page,
        "cli.md": cli_page,
        "checks.md": checks_page,
        "settings.md": settings_page,
    }
    return {name: f"{MARK}\n\n{page().strip()}\n" for name, page in made.items()}


def write(folder: Path) -> list[Path]:
    """Write every page. The same declarations give the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in pages().items():
        written.append(folder / name)
        written[-1].write_text(text, encoding="utf-8", newline="\n")
    return written


# --- Markdown


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; a bar in a cell is escaped."""
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(map(_cell, line))} |\n" for line in lines)


def _cell(content: object) -> str:
    return str(content).replace("|", "\\|")


def code(text: str) -> str:
    """A name as code; nothing for nothing."""
    return f"`{text}`" if text else ""


def _yes(flag: object, yes: str = "yes") -> str:
    return yes if flag else ""


def _joined(*parts: str) -> str:
    return "\n".join(part.rstrip("\n") + "\n" for part in parts if part)


def _words(said: Mapping[str, str], declared: Iterable[str], what: str) -> dict[str, str]:
    """The words of every declared name, in the order declared. Raises Undocumented."""
    names = list(dict.fromkeys(declared))
    if missing := [name for name in names if name not in said]:
        raise Undocumented(f"{what}: found no words for {', '.join(missing)}; add them to vm_pipeline/reference.py.")
    if left := [name for name in said if name not in names]:
        raise Undocumented(f"{what}: found words for {', '.join(left)}, which nothing declares; take them out.")
    return {name: said[name] for name in names}


# --- Feeds


def feeds_page() -> str:
    """Columns, rules and control files of the feeds, and the spellings of their values."""
    return _joined(
        "# Feeds\n\n"
        "What a provider sends in the canonical layout. One file holds one feed of one provider for one month, or for "
        "a span of months. A provider with another layout is described in configuration: see [settings](settings.md).",
        table(
            ("file in the drop folder", "what it is"),
            [
                (code("<feed>/<provider_code>/<YYYY-MM>.csv"), f"An extract of one month; feed: {_codes(FEEDS)}."),
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
        _control_files(),
        _answers(),
        _spellings(),
    )


def _codes(names: Iterable[str]) -> str:
    return ", ".join(map(code, names))


def _feed(title: str, contract: Contract) -> str:
    return _joined(
        f"## {title}",
        f"A row is {contract.grain}. Contract version {code(contract.version)}.",
        _columns(contract),
        _open_header(contract),
        _rules(contract),
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
    return f"{duplicates.description} Key: {_codes(duplicates.key)}; the {duplicates.keep} sound row counts."


def _control_files() -> str:
    return _joined(
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
    return _joined(
        "## Answers of a survey",
        f"Answers are compared without case. A blank cell or {_codes(NOT_ANSWERED)} is not answered. Answers already "
        "added up may also say `na`. An answer that is on no scale of its question is left out and counted in "
        "`batch.answers_left_out`.",
        table(("scale", "answers and their points"), rows),
    )


def _spellings() -> str:
    found = [value for _, value in inspect.getmembers(values, lambda one: isinstance(one, Value))]
    rows = [(one.name.replace("_", " "), one.spelling, code(one.stored)) for one in sorted(found, key=lambda v: v.name)]
    return _joined("## Values and their spellings", table(("value", "what a cell may say", "stored as"), rows))


# --- Reference tables


def reference_tables_page() -> str:
    """Columns, rules and consequences of the reference files."""
    return _joined(
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
                    f"{one.consequence}{_yes(one.essential, ' (a warning)')}",
                )
                for name, one in REFERENCES.items()
            ],
        ),
        *map(_reference, REFERENCES.values()),
        "## Programme settings",
        f"{_codes(f'{name}.csv' for name in PROGRAMME_SETTINGS)} are received, kept and versioned like every reference "
        "file. Nothing reads them yet: their readers come with the indicators.",
    )


def _reference(one: Reference) -> str:
    return _joined(
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
    same_day = " that hold on the same day" if "valid_from" in one.contract.by_name else ""
    return f"Two rows with the same {_codes(one.alone)}{same_day} are a contradiction."


# --- Warehouse


def warehouse_page() -> str:
    """Every published table: grain, key, columns, and which file makes it of what."""
    made = {one.name: one for layer in ("core", "marts") for one in statements(layer)}
    types = _types()
    return _joined(
        f"# Warehouse\n\nThe snapshot is a DuckDB file; every table is in the schema {code(SCHEMA)}. "
        "Money is `DECIMAL(18,2)` in pounds and ends in `_gbp`; percentages are 0 to 100 and end in `_pct`; months are "
        "`YYYY-MM`; weeks are named by their Monday. Tables and columns carry these words as comments in the file, "
        "too.",
        table(("table", "grain"), [(f"[{one.name}](#{one.name})", one.comment) for one in TABLES]),
        *(_published(one, types, made[one.name]) for one in TABLES),
        _lineage(),
        _indicators(),
        "## What the file says of itself",
        "`pipeline.publication` has one row: `inputs` (a hash of every version known and of the code), `as_of` (UTC, "
        "the time up to which receipts count) and `code` (a hash that changes when the same receipts would give "
        "another warehouse).",
    )


def _types() -> dict[tuple[str, str], str]:
    """The type of every column, as a reader of the file sees it."""
    with duckdb.connect() as con:
        create_tables(con)
        rows = con.execute(
            "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal"
        ).fetchall()
    return {(name, column): kind for name, column, kind in rows}


def _published(one: Table, types: Mapping[tuple[str, str], str], statement: Statement) -> str:
    rows = [
        (code(c.name), types[one.name, c.name], _yes(c.primary_key), _yes(c.nullable, "may be"), c.comment or "")
        for c in one.columns
    ]
    varies = one.info["varies"]
    return _joined(
        f"## {one.name}",
        f"{one.comment} Made by `sql/{statement.layer}/{statement.name}.sql` of {_codes(sorted(statement.reads))}.",
        table(("column", "type", "key", "empty", "what it is"), rows),
        f"Not in the fingerprint: {_codes(varies)}." if varies else "",
    )


def _lineage() -> str:
    rows = [
        (code(one.target), f"`sql/{layer}/{one.name}.sql`", one.purpose, _codes(sorted(one.reads)))
        for layer in ("core", "marts")
        for one in statements(layer)
    ]
    return _joined(
        "## Lineage",
        "In the order they run. `staging.` names what was put there before: typed batches of versions in force, "
        "versions, reference tables, the calendar. `core.` names steps that are not published.",
        table(("table", "made by", "what the file says", "of"), rows),
    )


def _indicators() -> str:
    rows = [
        (one.code, one.name, code(one.column), _ratio(one.numerator, one.denominator), one.unit, one.direction)
        for one in CATALOGUE
    ]
    return _joined(
        "## Indicators",
        "The catalogue, as `dim_indicator` publishes it. A ratio is numerator over denominator, times 100 for per "
        "cent; a zero denominator gives no value.",
        table(("code", "name", "column of team_month", "ratio", "unit", "better"), rows),
    )


def _ratio(numerator: str, denominator: Sequence[str]) -> str:
    per = " + ".join(map(code, denominator))
    return f"{code(numerator)} ÷ {f'({per})' if len(denominator) > 1 else per}"


# --- Command line


def cli_page() -> str:
    """Every command and option, as click knows them."""
    about = inspect.getdoc(cli) or ""
    status = next(part for part in about.split("\n\n") if part.startswith("Exit status"))
    return _joined(
        "# Command line",
        f"`vm-pipeline COMMAND [OPTIONS]`. {' '.join((cli.main.help or '').split())}",
        " ".join(status.split()),
        table(
            ("command", "what it does"),
            [(f"[{name}](#{name})", one.help or "") for name, one in sorted(cli.main.commands.items())],
        ),
        *(_command(name, one) for name, one in sorted(cli.main.commands.items())),
    )


def _command(name: str, command: click.Command) -> str:
    options = [one for one in command.params if isinstance(one, click.Option)]
    return _joined(
        f"## {name}",
        command.help or "",
        table(("option", "what it does"), [(_option(one), _helps(one)) for one in options]),
    )


def _option(one: click.Option) -> str:
    shown = one.metavar or ("" if one.is_flag else one.type.name.upper())
    if isinstance(one.type, click.Choice):
        shown = "|".join(map(str, one.type.choices))
    return code(" ".join(filter(None, (", ".join(one.opts), shown))))


def _helps(one: click.Option) -> str:
    default = f" Default: `{one.default}`." if one.show_default else ""
    return f"{one.help or ''}{default}"


# --- Checks


def checks_page() -> str:
    """Every code: rules, refusals, findings and checks, and what each one stops."""
    return _joined(
        "# Checks and codes\n\n"
        "Three things can follow when something is wrong: the batch is refused, the row is rejected, or a warning is "
        "given. And a gate can close: then nothing is published, and what was published stays.",
        _rule_codes(),
        _refusals(),
        _findings(),
        _checks(),
        _expectations(),
    )


def _rule_codes() -> str:
    contracts = [*LAYOUTS.values(), *(one.contract for one in REFERENCES.values())]
    rows: dict[tuple[str, str], list[str]] = {}
    for contract in contracts:
        for rule in contract.rules:
            rows.setdefault((rule.code, rule.description), []).append(contract.feed)
        if contract.duplicates:
            rows.setdefault(("duplicate", contract.duplicates.description), []).append(contract.feed)
    cells = [(code(name), says, _codes(dict.fromkeys(feeds))) for (name, says), feeds in sorted(rows.items())]
    return _joined(
        "## Why a row is rejected",
        "The row is kept with its code, its batch and its row number; the rest of the batch stands.",
        table(("rule", "fails when", "in"), cells),
    )


_REFUSALS = {
    "empty_file": "The file or sheet is empty, or has no header. Send the extract again.",
    "not_text": "The file is neither UTF-8 nor cp1252 text (binary, UTF-16). Export it as CSV UTF-8.",
    "not_a_workbook": "It begins like a workbook and does not open as an `.xlsx`. Send it as CSV.",
    "broken_rows": "Rows have more or fewer cells than the header, a quote is not closed, line ends are mixed, or the "
    "file is cut off. The message says at which row. Send the whole extract again.",
    "missing_header": "A required header is not there; the message names the closest one found. Correct the header, "
    "or the layout of the provider.",
    "repeated_header": "A header stands twice. Correct the header.",
    "unknown_header": "A header is not one of the contract's, or the layout neither uses nor ignores it. Correct the "
    "header, or the layout.",
    "bad_layout": "The SQL of the provider's layout fails. Correct the layout.",
    "control_mismatch": "The control file says other rows or pounds than the extract holds. Ask for both again.",
    "bad_control": "The control file cannot be read, or a figure in it cannot. Ask for it again.",
}


def refusal_codes() -> list[str]:
    """Codes that staging refuses a batch with, read off its source."""
    return sorted(_written(r'Refused\(\s*"(\w+)"', _PACKAGE / "staging"))


def _written(pattern: str, folder: Path) -> set[str]:
    return {name for path in folder.rglob("*.py") for name in re.findall(pattern, path.read_text("utf-8"))}


def _refusals() -> str:
    said = _words(_REFUSALS, refusal_codes(), "refusal codes")
    return _joined(
        "## Why a batch is refused",
        "The batch as a whole does not count; the last good version stays in force, if there is one, and other "
        "batches go on. What was found and expected stands in `batch.refused_because`. With `--strict` the exit "
        "status is 1.",
        table(("code", "what it means, what to do"), [(code(name), words) for name, words in said.items()]),
    )


_NOTED = {
    "no_control": "A ledger batch has no control file. Nobody can say that it is whole.",
    "outside_period": "Rows of a batch belong to a month outside it. They are kept, in their own month.",
    "contradiction": "Rows of a reference table hold on the same day where only one may, or shares exceed 1. The "
    "provider keeps its rows of the version before.",
    "missing_reference": "An essential reference table was never sent.",
}


def finding_codes() -> list[str]:
    """Codes of what is noted and rejects nothing, read off the source."""
    return sorted(
        _written(r'Warned\(\s*"(\w+)"', _PACKAGE / "staging") | _written(r'Finding\(\s*"(\w+)"', _PACKAGE / "warehouse")
    )


def _findings() -> str:
    said = _words(_NOTED, finding_codes(), "findings")
    rows = [(code(name), words) for name, words in said.items()]
    return _joined("## What is noted and rejects nothing", table(("code", "what it means"), rows))


_ALWAYS = "always closes the gate"
_WHERE_BLOCKING = "warns; closes the gate for feeds named in `blocking`"
_NEVER = "warns"


def _checks() -> str:
    rows: dict[tuple[str, str], list[str]] = {}
    for asset, spec in check_specs():
        rows.setdefault((spec.name, spec.description or ""), []).append(asset)
    stops = _stops()
    cells = [(code(name), says, stops[name], _codes(assets)) for (name, says), assets in sorted(rows.items())]
    return _joined(
        "## Checks",
        "Each is shown in Dagster on the assets named. Where checks begin to warn is set in "
        "[`[quality]`](settings.md#quality).",
        table(("check", "what it asks", "when it fails", "shown on"), cells),
    )


def check_specs() -> "list[tuple[str, dg.AssetCheckSpec]]":
    """(asset, check) of every check that Dagster knows, by asset."""
    from vm_pipeline.defs.assemble import assemble

    definitions = assemble(Settings(home=Path("home"), warehouse=Path("warehouse.duckdb")))
    specs = [spec for one in definitions.resolve_asset_graph().assets_defs for spec in one.check_specs]
    return sorted(((spec.asset_key.to_user_string(), spec) for spec in specs), key=lambda pair: (pair[0], pair[1].name))


def _stops() -> dict[str, str]:
    """What each check stops. A check of a feed says so itself, asked of nothing; the others say it to Dagster."""
    free, blocking = _verdicts(frozenset()), _verdicts(frozenset(FEEDS))
    asked = {
        name: _ALWAYS if free[name] else _WHERE_BLOCKING if blocking[name] else _NEVER for name in sorted(blocking)
    }
    told = {spec.name: _ALWAYS if spec.blocking else _NEVER for _, spec in check_specs()}
    return told | asked


def _verdicts(blocking: frozenset[str]) -> dict[str, bool]:
    """Whether the checks of a feed would block, by code: judged over nothing, so nothing is read."""
    from vm_pipeline.quality.key_again import check_key_again
    from vm_pipeline.quality.suites import check_contract
    from vm_pipeline.quality.whole_table import check_distribution, check_whole_table
    from vm_pipeline.sources.landing import Landing
    from vm_pipeline.staging.batches import Staging
    from vm_pipeline.staging.known import Known

    nothing, staging = Known((), {}), Staging(Path("staging"), Landing(Path("landing")), "")
    with duckdb.connect() as con:
        found = [
            *check_contract("ledger", nothing, staging, (), con),
            *check_whole_table("ledger", nothing, None, blocking),
            check_distribution(con, "ledger", nothing, staging, None, blocking),
            check_key_again(con, nothing, staging),
        ]
    return {verdict.code: verdict.blocks for verdict in found}


def _expectations() -> str:
    parts = [
        f"### {title}\n\n"
        + table(("expectation", "of every accepted row"), [(code(p.name), p.description) for p in promises(contract)])
        for title, contract in LAYOUTS.items()
    ]
    return _joined(
        "## Expectations behind `contract_kept`",
        "Made from the contracts: what staging judged as text is judged again, as stored.",
        *parts,
    )


# --- Settings

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
    "monthly": "Feeds that come every month: a missing month is told.",
}


def settings_page() -> str:
    """Every variable and every key of `vm.toml`."""
    return _joined(
        "# Settings\n\n"
        "What the command line says counts first, then the variables, then `vm.toml`, then the defaults. "
        "Paths in `vm.toml` are relative to it. `${NAME}` in any text of it becomes the value of that variable; one "
        "that is not set is an error. A key that is not known is an error too, with the closest one named.",
        "## Variables",
        _two("variable", _words(_VARIABLES, variables(), "variables")),
        "## vm.toml",
        _two("key", _words(_TOP, settings._TOP, "keys of vm.toml")),
        "### [[source]]",
        "A folder, files or a query.",
        _two("key", _words(_SOURCE, settings._SOURCE, "keys of a source")),
        "### period, of a source with files",
        _two("key", _words(_PERIOD, _fields(PeriodRule), "keys of a period")),
        "### [layout.name]",
        _two("key", _words(_LAYOUT, _fields(Layout), "keys of a layout")),
        _cells(),
        "### unpivot, of a layout",
        _two("key", _words(_UNPIVOT, _fields(Unpivot), "keys of unpivot")),
        _quality(),
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
        ('`{ batch = "…" }`', f"What the batch knows of itself: {_codes(BATCH_FACTS)}."),
        ('`{ sql = "…" }`', "An SQL expression, see below."),
    ]
    return _joined(
        "A column comes from one of these:",
        table(("in `columns`", "gives"), rows),
        "SQL sees the file's headers in double quotes, trimmed, with an empty cell as NULL; facts of the batch in "
        "braces, such as `{provider_code}`; and the canonical columns that stand before its own, by their names.",
    )


def _quality() -> str:
    defaults = {one.name: one.default for one in dataclasses.fields(Thresholds)}
    said = _words(_QUALITY, ["blocking", *defaults], "keys of [quality]")
    rows = [(code(key), code(_default(defaults.get(key, ""))), words) for key, words in said.items()]
    return _joined("### [quality]", table(("key", "default", "what it says"), rows))


def _default(value: object) -> str:
    return ", ".join(sorted(map(str, value))) if isinstance(value, frozenset) else str(value)


if __name__ == "__main__":
    for path in write(Path(sys.argv[1])):
        click.echo(path)
