"""Core: facts and dimensions built from what is known, in a draft nobody reads, and the gates they must pass.

Belongs here: the order of the step, and how each check of a built table is shown.
Does not belong here: building (warehouse/build), judging (quality).
"""

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

import dagster as dg
import duckdb

from vm_pipeline.defs.describe import OWNERS, table_of
from vm_pipeline.defs.night import AS_OF, FULL, Night, as_check, known_until, one_each, said_first
from vm_pipeline.defs.statements import result, specs
from vm_pipeline.feeds import FEEDS
from vm_pipeline.quality import aside
from vm_pipeline.quality.core import WEIGHTS, check_answers, check_facts, check_key_again, check_reconciliation
from vm_pipeline.quality.totals import check_totals
from vm_pipeline.quality.unmapped import write_unmapped
from vm_pipeline.quality.verdict import Figure, Verdict
from vm_pipeline.staging.known import Known
from vm_pipeline.warehouse.build import build_core
from vm_pipeline.warehouse.reference import Finding
from vm_pipeline.warehouse.rows import named_rows
from vm_pipeline.warehouse.tables import TABLES
from vm_pipeline.warehouse.workspace import Built

UNMAPPED, RECONCILIATION = dg.AssetKey(["core", "unmapped"]), dg.AssetKey(["core", "reconciliation"])
_FACT_KEYS = {t.name: tuple(c.name for c in t.primary_key) for t in TABLES if t.name.startswith("fact_")}
# Check → the table it is shown on; those of facts are shown on each fact.
_SHOWN_ON = {
    "totals_hold": dg.AssetKey(["core", "batch"]),
    "ledger_reconciles": RECONCILIATION,
    "key_again": dg.AssetKey(["core", "key_again"]),
    "answers_left_out": dg.AssetKey(["core", "batch"]),
    "references_sound": dg.AssetKey(["core", "cost_centre_share"]),
}
_SAYS = {
    "totals_hold": "Rows and pounds in = accepted + rejected, in every batch in force.",
    "ledger_reconciles": "Received = rejected + superseded + shared out to teams, to the penny.",
    "key_again": "No line in force has the key of a line in another batch in force.",
    "answers_left_out": "Answers to no question of `survey_questions.csv`, or on no scale of it.",
    "references_sound": "Reference tables are there and do not contradict themselves.",
    "keys_unique": "No fact stands twice.",
    "share_unallocated": "How much no reference row maps.",
}
_BLOCKING = ("totals_hold", "ledger_reconciles", "keys_unique")


def _checks() -> list[dg.AssetCheckSpec]:
    shown = [*_SHOWN_ON.items()]
    shown += [("keys_unique", dg.AssetKey(["core", fact])) for fact in _FACT_KEYS]
    shown += [("share_unallocated", dg.AssetKey(["core", fact])) for fact in WEIGHTS]
    return [
        dg.AssetCheckSpec(code, asset=key, blocking=code in _BLOCKING, description=_SAYS[code]) for code, key in shown
    ]


_UNMAPPED_SPEC = dg.AssetSpec(
    UNMAPPED,
    group_name="core",
    deps=[["core", fact] for fact in WEIGHTS],
    owners=OWNERS,
    kinds={"csv"},
    description="Codes that no reference row maps, largest first, as reference files ready to fill in: give each its "
    "team, put the file's rows into the reference file of the same name, and send it.",
)
_RECONCILED = """
SELECT provider_code AS provider, max(abs(difference_gbp)) AS "largest difference", sum(ledger_total_gbp) AS received,
       sum(rejected_gbp) AS rejected, sum(superseded_gbp) AS superseded, sum(team_total_gbp) AS "shared out",
       sum(unallocated_gbp) AS "on no team"
FROM vm.reconciliation
GROUP BY ROLLUP (provider_code)
ORDER BY provider_code NULLS FIRST
"""
_NAMES_NOT_TOLD = {"survey_team_map": "team_name"}  # free text: it goes to those who keep the map, and into no log


@dg.multi_asset(specs=[*specs("core"), _UNMAPPED_SPEC], name="core", check_specs=_checks())
def core(
    context: dg.AssetExecutionContext, night: dg.ResourceParam[Night]
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """Build, judge what was built, and list what nobody has mapped."""
    home = night.home
    aside.begin()
    night.report("core", 0, 1)
    with said_first():
        known = home.known(known_until(context))
    draft = home.drafts.begin(context.run.run_id)
    if not {AS_OF, FULL} & context.run.tags.keys():
        home.kept.lay_down(draft, home.set_apart(known_until(context)))

    def fill(con: duckdb.DuckDBPyConnection) -> Iterable[dg.MaterializeResult | dg.AssetCheckResult]:
        with said_first():
            built, findings = build_core(con, known, home.staging, home.settings.nation)
        verdicts = night.judge([*_verdicts(con, night, known, built), _references(findings)])
        lists = write_unmapped(con, home.reports(context.run.tags.get(AS_OF, "")) / "unmapped")
        context.add_asset_metadata(_reconciled(con), RECONCILIATION)
        night.built += built
        night.report("core", 1, 1)
        return _told(built, lists, verdicts)

    yield from night.build(draft, fill)


def _told(
    built: list[Built], lists: list[Path], verdicts: list[Verdict]
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    yield from map(result, built)
    yield dg.MaterializeResult(asset_key=UNMAPPED, metadata=_as_metadata(lists))
    for verdict in verdicts:
        yield as_check(verdict, _SHOWN_ON.get(verdict.code) or dg.AssetKey(["core", verdict.subject]))


def _verdicts(con: duckdb.DuckDBPyConnection, night: Night, known: Known, built: list[Built]) -> list[Verdict]:
    """Totals are looked at again here, over every batch in force: a warehouse can be built without staging anything.

    What is superseded was looked at while it counted, and no fact is made of it; its files grow with every night.
    """
    staging, made = night.home.staging, {one.statement.name: one.only for one in built}
    totals = [check_totals(con, feed, known, staging, known.in_force(feed)) for feed in FEEDS]
    return [
        *one_each(totals, ["totals_hold"], "batch"),
        check_reconciliation(con),
        check_key_again(con),
        check_answers(con),
        *check_facts(con, _FACT_KEYS, night.thresholds, made),
    ]


def _references(findings: list[Finding]) -> Verdict:
    figures: tuple[Figure, ...] = tuple(
        {"table": f.table, "provider": f.provider_code, "message": f.message} for f in findings
    )
    message = " ".join(f.message for f in findings) or "Every reference table is there and none contradicts itself."
    return Verdict("references_sound", "reference", not findings, False, message, figures)


def _reconciled(con: duckdb.DuckDBPyConnection) -> dict[str, dg.MetadataValue]:
    """Sums in pounds, over all and by provider."""
    overall, *providers = named_rows(con.execute(_RECONCILED))
    sums = {f"{name} £": dg.MetadataValue.float(float(overall[name] or 0)) for name in [*overall][1:]}
    return {**sums, "by provider, £": table_of(providers)}


def _as_metadata(lists: list[Path]) -> dict[str, dg.MetadataValue]:
    rows = {path: _rows(path) for path in lists}
    files: dict[str, dg.MetadataValue] = {f"{path.stem} file": dg.MetadataValue.path(str(path)) for path in lists}
    tables = {path.stem: table_of(found) for path, found in rows.items() if found}
    return {"codes": dg.MetadataValue.int(sum(map(len, rows.values()))), **files, **tables}


def _rows(path: Path) -> list[dict[str, str]]:
    """The rows of a list as the UI may show them, without the columns that wait to be filled in."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    shown = {name for row in rows for name, cell in row.items() if cell} - {_NAMES_NOT_TOLD.get(path.stem)}
    return [{name: cell for name, cell in row.items() if name in shown} for row in rows]
