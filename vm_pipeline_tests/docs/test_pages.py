"""Pages written by hand: links lead somewhere, SQL and configuration work, what is named is there."""

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import duckdb
import pytest

from vm_pipeline import settings
from vm_pipeline.alerts.cause import KINDS
from vm_pipeline.cli import main
from vm_pipeline.defs.assemble import assemble
from vm_pipeline.reference.checks import check_specs
from vm_pipeline.settings import Asked, Settings
from vm_pipeline.warehouse.workspace import create_tables

REPOSITORY = Path(__file__).parents[2]
TESTS = REPOSITORY / "vm_pipeline_tests"
PAGES = sorted([*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md")])
ARCHITECTURE = REPOSITORY / "docs" / "explanation" / "architecture.md"
DAGSTER = REPOSITORY / "docs" / "how-to" / "run-from-cron-or-dagster.md"


def called(path: Path) -> str:
    """A page as a test's name has it."""
    return str(path.relative_to(REPOSITORY))


def blocks(kind: str) -> list[tuple[str, str]]:
    """(page, text) of every fenced block of a kind."""
    pattern = re.compile(rf"^```{kind}\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    return [(called(page), text) for page in PAGES for text in pattern.findall(page.read_text("utf-8"))]


def anchors(page: Path) -> set[str]:
    """What a link may point at within a page."""
    titles = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", title.lower()) for title in titles)
    return {title.replace(" ", "-") for title in plain}


@pytest.mark.parametrize("page", PAGES, ids=called)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8"))
    for link in (one for one in links if not one.startswith("http")):
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("page", PAGES, ids=called)
def test_no_page_names_a_machine(page: Path) -> None:
    assert not re.findall(r"(?<![\w.])/(?:work|tmp|root|home/\w+)/\S*", page.read_text("utf-8"))


@pytest.fixture(scope="module")
def empty() -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse of no rows."""
    with duckdb.connect() as con:
        create_tables(con)
        yield con


@pytest.mark.parametrize(("page", "sql"), blocks("sql"))
def test_sql_works_on_the_tables_there_are(empty: duckdb.DuckDBPyConnection, page: str, sql: str) -> None:
    assert empty.execute(sql).description


@pytest.mark.parametrize(("page", "text"), blocks("toml"))
def test_configuration_loads(page: str, text: str, tmp_path: Path) -> None:
    (tmp_path / "vm.toml").write_text(text, encoding="utf-8")
    chosen = settings.load(Asked(config=tmp_path / "vm.toml"), dict.fromkeys(re.findall(r"\$\{(\w+)\}", text), "x"))
    assert len(chosen.sources) >= len(tomllib.loads(text).get("source", []))


def commands() -> list[tuple[str, str]]:
    """(page, command) of every `vm-pipeline` that a page runs or names."""
    pattern = re.compile(r"(?:^\$ .*?|`)vm-pipeline (\w[^`|&\n]*)", re.MULTILINE)
    by_hand = [page for page in PAGES if page.parent.name != "reference"]
    return [(called(page), line) for page in by_hand for line in pattern.findall(page.read_text("utf-8"))]


def unknown_of_command(line: str) -> set[str]:
    """What of a command, as it is typed behind `vm-pipeline`, there is not: itself, or options of it."""
    name, *words = shlex.split(line)
    command: click.Command | None = main.commands.get(name)
    if isinstance(command, click.Group) and words:
        command = command.commands.get(words[0])
    if command is None:
        return {name}
    known = {option for one in command.params if isinstance(one, click.Option) for option in one.opts}
    return {word for word in words if word.startswith("--")} - known


@pytest.mark.parametrize(("page", "line"), commands())
def test_commands_and_options_exist(page: str, line: str) -> None:
    assert not unknown_of_command(line)


def test_tests_that_promises_name_are_there() -> None:
    promised = ARCHITECTURE.read_text("utf-8").split("## What it promises", 1)[1]
    file = ""
    for path, test in re.findall(r"`(\w+/\w+\.py)?(?:::(\w+))?`", promised):
        file = path or file
        assert (TESTS / file).is_file(), file
        assert f"def {test}(" in (TESTS / file).read_text("utf-8") or not test, f"{file}::{test}"


def test_dagster_s_names_are_explained() -> None:
    definitions = assemble(Settings(home=Path("home"), warehouse=Path("warehouse.duckdb")))
    parts = [*(definitions.jobs or ()), *(definitions.schedules or ()), *(definitions.sensors or ())]
    said = DAGSTER.read_text("utf-8")
    assert not [part.name for part in parts if f"`{part.name}`" not in said]


def test_checks_that_pages_name_are_checks() -> None:
    runbook = (REPOSITORY / "docs" / "runbook.md").read_text("utf-8")
    gate = runbook.split("## A gate is closed", 1)[1].split("\n## ", 1)[0]
    said = {name for line in re.findall(r"^- (`.*?):", gate, re.MULTILINE) for name in re.findall(r"`(\w+)`", line)}
    assert len(said) > 1 and said <= {spec.name for _, spec in check_specs()}


def test_every_alert_has_a_section_of_the_runbook() -> None:
    titles = re.findall(r"^## (.*)$", (REPOSITORY / "docs" / "runbook.md").read_text("utf-8"), re.MULTILINE)
    assert {*KINDS.values()} <= {*titles}
