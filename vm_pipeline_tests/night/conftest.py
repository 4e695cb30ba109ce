"""A command line to type at, over a tiny programme with every feed."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from vm_pipeline.cli import main
from vm_pipeline_tests.programme import Programme


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
def first_night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of that programme after its first night, made once."""
    programme = Programme(tmp_path_factory.mktemp("first"))
    programme.every_feed()
    assert Door(programme).run().exit_code == 0
    return programme.home


@pytest.fixture
def after_a_night(door: Door, first_night: Path) -> None:
    """The door's home has had its first night."""
    shutil.copytree(first_night, door.programme.home)
