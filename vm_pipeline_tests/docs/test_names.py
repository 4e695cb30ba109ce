"""What pages, docstrings and messages name is there: files, rooms, commands, targets of make, variables."""

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from fnmatch import fnmatch
from pathlib import Path

from vm_pipeline_tests.docs.test_pages import PAGES, REPOSITORY, TESTS, called, unknown_of_command

PACKAGE = REPOSITORY / "vm_pipeline"
MODULES = sorted(PACKAGE.rglob("*.py"))
FOLDERS = {path.name for path in REPOSITORY.iterdir() if path.is_dir()}
ROOMS = [REPOSITORY / name for name in ("vm_pipeline", "sql", "docs", "deploy")]
PLACES = [path for room in ROOMS for path in (room, *room.rglob("*"))]


def missing(paths: Iterable[Path], named: Callable[[Path], Iterable[str]]) -> dict[str, set[str]]:
    """By file: what it names of which `named` says that it is not there."""
    return {called(path): found for path in paths if (found := set(named(path)))}


def in_code(page: Path, pattern: str) -> list[str]:
    """What stands in backticks, or behind the prompt of a console, and begins so."""
    return re.findall(rf"(?:`|^\$ ){pattern}", page.read_text("utf-8"), re.MULTILINE)


def test_files_that_pages_name_are_there() -> None:
    def gone(page: Path) -> Iterator[str]:
        for path in in_code(page, r"([\w.-]+(?:/[\w.-]+)+/?)`"):
            is_ours = path.split("/")[0] in FOLDERS or path.endswith((".py", ".sql"))
            if is_ours and not any((root / path).exists() for root in (REPOSITORY, PACKAGE, TESTS)):
                yield path

    assert missing(PAGES, gone) == {}


def test_every_page_and_picture_is_led_to() -> None:
    """From another page: what nobody is shown, nobody keeps true."""
    links = {(page, link) for page in PAGES for link in re.findall(r"\]\(([^)\s#]+)", page.read_text("utf-8"))}
    shown = {(page.parent / link).resolve() for page, link in links}
    docs = REPOSITORY / "docs"
    there = {path for kind in ("*.md", "*.png", "*.svg") for path in docs.rglob(kind)} - {docs / "README.md"}
    assert {str(path.relative_to(docs)) for path in there if path.resolve() not in shown} == set()


def test_targets_of_make_that_pages_name_are_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert missing(PAGES, lambda page: {*in_code(page, r"make ([a-z-]+)")} - targets) == {}


def test_variables_that_pages_name_are_read() -> None:
    """By the package, make or a test; or they are of the page's own `vm.toml`."""
    files = (*MODULES, *TESTS.rglob("*.py"), REPOSITORY / "Makefile")
    read = {name for path in files for name in re.findall(r"VM_[A-Z_]+", path.read_text("utf-8"))}

    def unread(page: Path) -> set[str]:
        text = page.read_text("utf-8")
        return {*re.findall(r"\bVM_[A-Z_]+\b", text)} - {*re.findall(r"\$\{(\w+)\}", text)} - read

    assert missing(PAGES, unread) == {}


def test_every_module_opens_with_what_belongs_there_and_what_does_not() -> None:
    by_rule = (one for one in MODULES if one.name not in ("__init__.py", "__main__.py") and "versions" not in one.parts)
    openings = {called(one): ast.get_docstring(ast.parse(one.read_text("utf-8"))) or "" for one in by_rule}
    assert [name for name, said in openings.items() if not re.search(r"Belongs here: .*\bnot belong", said, re.S)] == []


def test_rooms_that_openings_send_their_reader_to_are_there() -> None:
    """Single names in brackets behind `Does not belong here`, in the opening of a module."""
    places = [str(one) for path in PLACES for one in (path, path.with_suffix(""))]

    def gone(module: Path) -> Iterator[str]:
        said = (ast.get_docstring(ast.parse(module.read_text("utf-8"))) or "").partition("Does not belong here:")[2]
        for name in re.split(r",\s+", ", ".join(re.findall(r"\(([^()]*)\)", said.split("\n\n")[0]))):
            if re.fullmatch(r"[a-z_./*]+", name) and not any(fnmatch(one, f"*/{name.rstrip('/')}") for one in places):
                yield name

    assert missing(MODULES, gone) == {}


def test_commands_that_messages_name_are_there() -> None:
    def gone(module: Path) -> Iterator[str]:
        for text in texts(module):
            for line in re.findall(r"`vm-pipeline ([a-z][^`…|&\n]*)`", text):
                yield from unknown_of_command(line)

    assert missing(MODULES, gone) == {}


def texts(module: Path) -> Iterator[str]:
    """Every text of a module; what is put into one stands as `…`."""
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield "".join(str(one.value) if isinstance(one, ast.Constant) else "…" for one in node.values)
