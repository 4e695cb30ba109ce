"""Reference pages, written from the declarations: feeds, reference tables, warehouse, lineage, indicators, command
line, rules, checks, settings; the charts that they show, and the schema of `vm.toml`.

    python -m vm_pipeline.reference docs/reference

Belongs here: declarations as Markdown, and a few words for names that carry none where they are declared.
Does not belong here: facts that a declaration could hold; advice (docs/how-to), reasons (docs/explanation).

A name that is declared and has no words here, or words that no name is declared for, stop the writing.
"""

from collections.abc import Callable
from pathlib import Path

from vm_pipeline.reference.checks import checks_page
from vm_pipeline.reference.command_line import cli_page
from vm_pipeline.reference.feeds import feeds_page, reference_tables_page
from vm_pipeline.reference.indicators import indicator_charts, indicators_page
from vm_pipeline.reference.judged import FOLDER
from vm_pipeline.reference.lineage import lineage_page
from vm_pipeline.reference.rejections import rejections_page
from vm_pipeline.reference.rules import rule_charts, rules_page
from vm_pipeline.reference.settings import settings_page
from vm_pipeline.reference.warehouse import warehouse_page
from vm_pipeline.settings.schema import for_editors

MARK = "<!-- Written by `make docs` from the declarations in the code. Change those, not this page. -->"


def pages() -> dict[str, str]:
    """Every page, by file name."""
    made: dict[str, Callable[[], str]] = {
        "feeds.md": feeds_page,
        "reference-tables.md": reference_tables_page,
        "warehouse.md": warehouse_page,
        "lineage.md": lineage_page,
        "indicators.md": indicators_page,
        "rules.md": rules_page,
        "cli.md": cli_page,
        "checks.md": checks_page,
        "rejections.md": rejections_page,
        "settings.md": settings_page,
    }
    return {name: f"{MARK}\n\n{page().strip()}\n" for name, page in made.items()}


def charts() -> dict[str, str]:
    """Every chart that a page shows, by its path beside the pages."""
    return {f"{FOLDER}/{name}.svg": svg for name, svg in (rule_charts() | indicator_charts()).items()}


def schemas() -> dict[str, str]:
    """Every schema, by file name."""
    return {"vm.schema.json": for_editors()}


def write(folder: Path) -> list[Path]:
    """Write every page, chart and schema. The same declarations give the same bytes."""
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in (pages() | charts() | schemas()).items():
        written.append(folder / name)
        written[-1].write_text(text, encoding="utf-8", newline="\n")
    return written
