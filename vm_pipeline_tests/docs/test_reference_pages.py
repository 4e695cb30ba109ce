"""Reference pages say everything that is declared, and what is committed is what the declarations say today."""

import os
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import click
import pytest

from vm_pipeline import reference, settings
from vm_pipeline.alerts.keys import Alerts, Email, Webhook
from vm_pipeline.cli import main
from vm_pipeline.feeds.reference import REFERENCES
from vm_pipeline.indicators.catalogue import CATALOGUE
from vm_pipeline.indicators.profiles import WORDS
from vm_pipeline.quality.freshness import Expected, Freshness
from vm_pipeline.reference import checks, feeds, markdown
from vm_pipeline.settings import schema
from vm_pipeline.settings.document import KINDS, Document, Quality
from vm_pipeline.sources.files import PeriodRule
from vm_pipeline.staging.layouts import Layout, Unpivot
from vm_pipeline.warehouse.statements import LAYERS, statements
from vm_pipeline.warehouse.tables import TABLES

REPOSITORY = Path(__file__).parents[2]
FOLDER = REPOSITORY / "docs" / "reference"
MEASURED = "benchmarks.md"  # by `make bench`: no declaration says what a machine did


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    """What the generator writes."""
    return reference.pages()


def test_committed_pages_are_what_the_generator_writes(pages: dict[str, str]) -> None:
    committed = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.md") if path.name != MEASURED}
    stale = [name for name in committed.keys() | pages.keys() if committed.get(name) != pages.get(name)]
    assert not stale, "run `make docs`"


def test_the_committed_schema_is_what_the_generator_writes() -> None:
    committed = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.json")}
    assert committed == reference.schemas(), "run `make docs`"


def test_committed_charts_are_what_the_generator_draws() -> None:
    """None is stale, none is missing, none is left over; every one is shown on a page."""
    committed = {f"charts/{path.name}": path.read_text("utf-8") for path in (FOLDER / "charts").glob("*")}
    drawn = reference.charts()
    assert committed == drawn, "run `make docs`"
    shown = "".join(path.read_text("utf-8") for path in FOLDER.glob("*.md"))
    assert not [name for name in drawn if f"({name})" not in shown]


def test_what_is_judged_and_every_rule_has_a_chart() -> None:
    drawn = {Path(name).stem for name in reference.charts()}
    assert {one.code for one in CATALOGUE if one.profile} <= drawn
    assert set(WORDS) <= drawn


def test_another_process_writes_the_same(pages: dict[str, str], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "vm_pipeline.reference", str(tmp_path)]
    environment = {**os.environ, "PYTHONHASHSEED": "7", "VM_HOME": "elsewhere", "TZ": "Asia/Tokyo"}
    subprocess.run(command, check=True, env=environment, cwd=tmp_path, capture_output=True)
    assert {path.name: path.read_text("utf-8") for path in tmp_path.glob("*.md")} == pages


def section(page: str, title: str) -> str:
    """The text under a heading of the second level."""
    return page.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_command_and_option_is_documented(pages: dict[str, str], name: str) -> None:
    said = section(pages["cli.md"], name)
    options = [option for one in main.commands[name].params if isinstance(one, click.Option) for option in one.opts]
    assert not [option for option in options if f"`{option}" not in said]


@pytest.mark.parametrize("title", sorted(feeds.LAYOUTS))
def test_every_column_and_rule_of_a_feed_is_documented(pages: dict[str, str], title: str) -> None:
    contract, said = feeds.LAYOUTS[title], section(pages["feeds.md"], title)
    names = [*contract.by_name, *contract.rule_codes, contract.version]
    assert not [name for name in names if f"`{name}`" not in said]


@pytest.mark.parametrize("name", REFERENCES)
def test_every_column_and_rule_of_a_reference_file_is_documented(pages: dict[str, str], name: str) -> None:
    contract, said = REFERENCES[name].contract, section(pages["reference-tables.md"], name)
    assert not [one for one in (*contract.by_name, *contract.rule_codes) if f"`{one}`" not in said]


@pytest.mark.parametrize("table", [table.name for table in TABLES])
def test_every_table_column_and_source_is_documented(pages: dict[str, str], table: str) -> None:
    said = section(pages["warehouse.md"], table)
    declared = next(one for one in TABLES if one.name == table)
    made = next(one for layer in LAYERS for one in statements(layer) if one.name == table)
    expected = [*(f"`{column.name}` | " for column in declared.columns), *(f"`{name}`" for name in made.reads)]
    assert not [text for text in expected if text not in said]
    assert f"sql/{made.layer}/{table}.sql" in said


def test_every_code_is_documented(pages: dict[str, str]) -> None:
    contracts = [*feeds.LAYOUTS.values(), *(one.contract for one in REFERENCES.values())]
    rules = {code for contract in contracts for code in contract.rule_codes}
    shown = {spec.name for _, spec in checks.check_specs()}
    codes = {*rules, *checks.refusal_codes(), *checks.finding_codes(), *shown}
    assert {"bad_amount", "broken_rows", "no_control", "totals_hold"} <= codes
    assert not sorted(code for code in codes if f"| `{code}` |" not in pages["checks.md"])


@pytest.mark.parametrize(
    ("code", "stops"),
    [
        ("totals_hold", "always closes the gate"),
        ("contract_kept", "always closes the gate"),
        ("keys_unique", "always closes the gate"),
        ("ledger_reconciles", "always closes the gate"),
        ("volume", "warns; closes the gate for feeds named in `blocking`"),
        ("distribution", "warns; closes the gate for feeds named in `blocking`"),
        ("refused", "warns"),
        ("share_unallocated", "warns"),
    ],
)
def test_what_a_failed_check_stops(pages: dict[str, str], code: str, stops: str) -> None:
    row = next(line for line in section(pages["checks.md"], "Checks").splitlines() if line.startswith(f"| `{code}` |"))
    assert row.split(" | ")[2] == stops


def test_every_setting_is_documented(pages: dict[str, str]) -> None:
    told = (Freshness, Expected, Alerts, Webhook, Email)
    declarations = (settings.Variables, Document, *KINDS.values(), PeriodRule, Layout, Unpivot, Quality, *told)
    keys = {key.name for one in declarations for key in fields(one)}
    assert not [key for key in keys if f"| `{key}` |" not in pages["settings.md"]]


def test_every_key_has_a_sentence() -> None:
    parts = schema.schema()["$defs"] | {"Document": schema.schema()}
    assert not [
        (name, key) for name in parts for key, one in schema.declared(name).items() if not one.get("description")
    ]


def test_a_name_without_words_stops_the_writing() -> None:
    with pytest.raises(markdown.Undocumented, match="found no words for novelty"):
        markdown.words_for({"known": "Known."}, ["known", "novelty"], "codes")
    with pytest.raises(markdown.Undocumented, match="found words for gone"):
        markdown.words_for({"known": "Known.", "gone": "Gone."}, ["known"], "codes")
