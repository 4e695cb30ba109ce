"""The page of codes: rules, refusals, findings and checks, and what each one stops.

Belongs here: codes as Markdown, and words for those that carry none where they are declared.
Does not belong here: judging.
"""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from vm_pipeline.feeds import FEEDS
from vm_pipeline.feeds.contract import LAYOUT_RULES
from vm_pipeline.feeds.reference import REFERENCES
from vm_pipeline.quality.promises import promises
from vm_pipeline.reference.feeds import LAYOUTS
from vm_pipeline.reference.markdown import code, codes, joined, table, words_for
from vm_pipeline.settings import Settings

if TYPE_CHECKING:
    import dagster as dg

_PACKAGE = Path(__file__).parent.parent


def checks_page() -> str:
    """Every code: rules, refusals, findings and checks, and what each one stops."""
    return joined(
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
    rows |= {(rule.code, rule.description): ["files with a layout"] for rule in LAYOUT_RULES}
    cells = [(code(name), says, codes(dict.fromkeys(feeds))) for (name, says), feeds in sorted(rows.items())]
    return joined(
        "## Why a row is rejected",
        "The row is kept with its code, its batch and its row number; the rest of the batch stands.",
        table(("rule", "fails when", "in"), cells),
    )


_REFUSALS = {
    "empty_file": "The file or sheet is empty, or has no header. Send the extract again.",
    "not_text": "The file is no text in an encoding that is known (UTF-8, UTF-16, cp1252), or is binary. Export it as "
    "CSV UTF-8, or name its encoding in the layout: [odd files](../how-to/read-odd-files.md).",
    "not_a_workbook": "It begins like a workbook and does not open as one (xlsx, xls, ods). Send it as xlsx or CSV.",
    "not_a_table": "It is HTML, XML, a damaged Parquet file, or JSON that is no list of rows. Export it as CSV UTF-8.",
    "broken_archive": "It is a zip or gz that is cut off, damaged or within another, or an archive of another kind. "
    "Send it again, packed once.",
    "several_members": "A zip holds no file, or more than one. Send one, or say which in `file.member` of the layout.",
    "encrypted": "It is a zip or workbook under a password. Send it without.",
    "too_large": "It would unpack to far more than such files do, or has more columns or cells than there is room for. "
    "Send it in parts.",
    "no_such_sheet": "A workbook has no sheet of the name that the layout gives. Correct either.",
    "sheets_differ": "Sheets that are to be read as one table have different headers. Name sheets of one kind.",
    "no_header": "No row is the header that the layout describes. Correct the extract, or the layout.",
    "broken_rows": "Rows have more or fewer cells than the header, a quote is not closed, or the file is cut off. The "
    "message says at which row. Send the whole extract again, or say in the layout which rows are none: "
    "[odd files](../how-to/read-odd-files.md).",
    "missing_header": "A required header is not there; the message names the closest one found. Correct the header, "
    "or the layout of the provider.",
    "repeated_header": "A header stands twice. Correct the header.",
    "unknown_header": "A header is not one of the contract's, or the layout neither uses nor ignores it. Correct the "
    "header, or the layout.",
    "bad_file_name": "The layout takes something from the file's name that this name has not. Rename the file, or "
    "correct the layout.",
    "total_mismatch": "The total that the file itself gives is not the sum of its rows, or is not there. Rows are "
    "missing, or a rule of `skip` takes too many or too few. Ask for the whole extract, or correct the layout.",
    "bad_layout": "The SQL of the provider's layout fails. Correct the layout.",
    "personal_data": "A column that should hold none holds identifiers of people; the message names the column, the "
    "kind and the rate. Nothing of the batch is kept past landing. Ask the sender, or say what is to follow: "
    "[keep personal data out](../how-to/keep-personal-data-out.md).",
    "several_months": "One extract of a ledger that sends the year so far covers several months. Have one made for "
    "each month; lines of one month each need no `year_to_date`.",
    "sum_too_large": "Amounts or quantities add up to more than tables hold of several batches: a column of codes in "
    "their place, or cells mistyped by many digits. Ask the sender.",
    "code_too_long": "A code is longer than a key of a database may be: a quote that is not closed, or text in its "
    "place. Ask the sender.",
    "control_mismatch": "The control file says other rows or pounds than the extract holds. Ask for both again.",
    "bad_control": "The control file cannot be read, or a figure in it cannot. Ask for it again.",
}


def refusal_codes() -> list[str]:
    """Codes that staging refuses a batch with, read off its source."""
    return sorted(_written(r'Refused\(\s*"(\w+)"', _PACKAGE / "staging"))


def _written(pattern: str, folder: Path) -> set[str]:
    return {name for path in folder.rglob("*.py") for name in re.findall(pattern, path.read_text("utf-8"))}


def _refusals() -> str:
    said = words_for(_REFUSALS, refusal_codes(), "refusal codes")
    return joined(
        "## Why a batch is refused",
        "The batch as a whole does not count; the last good version stays in force, if there is one, and other "
        "batches go on. What was found and expected stands in `batch.refused_because`. With `--strict` the exit "
        "status is 1.",
        table(("code", "what it means, what to do"), [(code(name), words) for name, words in said.items()]),
    )


_NOTED = {
    "skipped_rows": "Rows that are left out, by a rule of the layout, by `where`, or because they repeat the header. "
    "They are counted, not kept.",
    "unnamed_column": "Rows hold text in a column without a header. It is not read. Ask for its header.",
    "text_beyond": "Lines of a fixed-width file go on beyond the last of `file.fields`. Correct the layout.",
    "other_sheets": "A workbook has other sheets beside the one that is read. Name those that count in `file.sheets`.",
    "hidden_sheets": "A workbook has hidden sheets; the message says which are read.",
    "error_cells": "Cells of a workbook show an error, such as `#REF!`, and are read as that text; or a program wrote "
    "a formula and no value, and they are read as empty. Ask the sender.",
    "damaged_reference": "Journal numbers that look like `5.56E+15`: a spreadsheet took them for numbers. The lines "
    "are kept, for the line number still tells them apart. Ask for an export that was not opened in a spreadsheet.",
    "no_control": "A ledger batch has no control file. Nobody can say that it is whole.",
    "outside_period": "Rows of a batch belong to a month outside it. They are kept, in their own month.",
    "uncounted": "Activity of a measure, or an outcome of it, that no indicator counts: see "
    "[measures](feeds.md#measures). It is kept. Where the code is another word for one of them, give it the one.",
    "dated_far": "Rows of a ledger are dated more than a month from the month of their period, as when days and months "
    "change places. They are kept: their month is that of the period, their week that of the day.",
    "personal_data": "A column held identifiers of people and was dropped or pseudonymised, as `[privacy]` says.",
    "contradiction": "Rows of a reference table say a thing twice, or hold on the same day where only one may, or "
    "shares exceed 1. The "
    "provider keeps its rows of the version before.",
    "unknown_team": "Rows of a reference table name a team that `teams.csv` does not have, though it has others of the "
    "provider. The team is shown by code only.",
    "missing_reference": "An essential reference table was never sent.",
}


def finding_codes() -> list[str]:
    """Codes of what is noted and rejects nothing, read off the source."""
    return sorted(
        _written(r'Warned\(\s*"(\w+)"', _PACKAGE / "staging") | _written(r'Finding\(\s*"(\w+)"', _PACKAGE / "warehouse")
    )


def _findings() -> str:
    said = words_for(_NOTED, finding_codes(), "findings")
    rows = [(code(name), words) for name, words in said.items()]
    return joined("## What is noted and rejects nothing", table(("code", "what it means"), rows))


_ALWAYS = "always closes the gate"
_WHERE_BLOCKING = "warns; closes the gate for feeds named in `blocking`"
_NEVER = "warns"


def _checks() -> str:
    rows: dict[tuple[str, str], list[str]] = {}
    for asset, spec in check_specs():
        rows.setdefault((spec.name, spec.description or ""), []).append(asset)
    stops = _stops()
    cells = [(code(name), says, stops[name], codes(assets)) for (name, says), assets in sorted(rows.items())]
    return joined(
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
    from vm_pipeline.quality.distribution import check_distribution
    from vm_pipeline.quality.suites import check_contract
    from vm_pipeline.quality.whole_table import check_whole_table
    from vm_pipeline.sources.landing import Landing
    from vm_pipeline.staging.batches import Staging
    from vm_pipeline.staging.known import Known

    nothing, staging = Known((), {}), Staging(Path("staging"), Landing(Path("landing")), "")
    with duckdb.connect() as con:
        found = [
            *check_contract(con, "ledger", nothing, staging, ()),
            *check_whole_table("ledger", nothing, None, blocking),
            check_distribution("ledger", nothing, None, blocking),
        ]
    return {verdict.code: verdict.blocks for verdict in found}


def _expectations() -> str:
    parts = [
        f"### {title}\n\n"
        + table(("expectation", "of every accepted row"), [(code(p.name), p.description) for p in promises(contract)])
        for title, contract in LAYOUTS.items()
    ]
    return joined(
        "## Expectations behind `contract_kept`",
        "Made from the contracts: what staging judged as text is judged again, as stored.",
        *parts,
    )
