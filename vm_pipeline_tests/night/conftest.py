"""A command line to type at, over a tiny programme with every feed.

A night of it takes some five seconds of processor time. Two are there to begin with, made once for all workers:
`after_a_night`, `after_two_nights`. A test that only reads what a night left begins with one of them.
"""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from vm_pipeline.cli import main
from vm_pipeline_tests.conftest import MadeOnce
from vm_pipeline_tests.programme import Programme

PERSON = "Morag Sinclair of Tarbert"


@dataclass
class Door:
    """`vm-pipeline`, with the drop folder and home of a programme."""

    programme: Programme

    def __call__(self, *words: str, **environment: str) -> Result:
        """Type a command; every one takes the home."""
        given = {"VM_CONFIG": "", "VM_FEEDS": "", "VM_HOME": "", "VM_WAREHOUSE": "", **environment}
        return CliRunner().invoke(main, [*words, "--home", str(self.programme.home)], env=given)

    def run(self, *options: str) -> Result:
        """A night over the drop folder."""
        return self("run", "--feeds", str(self.programme.drop), *options)

    def figures(self, *options: str) -> dict[str, Any]:
        """A night, told for machines."""
        found: dict[str, Any] = json.loads(self.run("--json", *options).stdout)
        return found

    @property
    def snapshot(self) -> Path:
        return self.programme.home / "warehouse.duckdb"


@pytest.fixture
def door(new_programme: Callable[[str], Programme]) -> Door:
    """One board, one month, every feed, a cost centre nobody has mapped."""
    programme = new_programme("door")
    programme.every_feed()
    return Door(programme)


@pytest.fixture(scope="session")
def first_night(made_once: MadeOnce) -> Path:
    """The root of that programme after its first night; the file `page` is what the command said."""

    def make(root: Path) -> None:
        programme = Programme(root)
        programme.every_feed()
        (root / "page").write_text(_night(programme), "utf-8")

    return made_once("first-night", make)


@pytest.fixture(scope="session")
def second_night(made_once: MadeOnce, first_night: Path) -> Path:
    """Its root after another night, in which the ledger came again, with somebody's name in it."""

    def make(root: Path) -> None:
        programme = Programme(shutil.copytree(first_night, root))
        programme.ledger({"amount": "99.00", "narrative": PERSON}, {"amount": PERSON})
        _night(programme)

    return made_once("second-night", make)


def _night(programme: Programme) -> str:
    result = Door(programme).run()
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture
def after_a_night(door: Door, first_night: Path) -> None:
    """The door's programme has had its first night."""
    shutil.copytree(first_night, door.programme.root, dirs_exist_ok=True)


@pytest.fixture
def after_two_nights(door: Door, second_night: Path) -> None:
    """The door's programme has had both nights."""
    shutil.copytree(second_night, door.programme.root, dirs_exist_ok=True)
