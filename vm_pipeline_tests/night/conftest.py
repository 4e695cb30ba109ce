"""A command line to type at, over a tiny programme with every feed."""

import json
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
    programme.reference("providers", "B1,Board one")
    programme.reference("teams", "B1,T1,Team one,Medicine,ward,,")
    programme.reference("cost_centre_map", "B1,R1,T1,1,,")
    programme.reference("unit_map", "B1,W1,T1,,")
    programme.reference("account_map", "3001A,Bread,food,true,")
    programme.reference("survey_team_map", "B1,PULSE,Team One,T1")
    programme.reference("survey_questions", "PULSE,Q1,I feel safe,agree5,Strongly agree|Agree")
    programme.ledger({"amount": "12.50"}, {"amount": "nonsense"}, {"cost_centre_code": "R9", "amount": "7.50"})
    programme.activity({}, {"outcome_code": "dna"})
    programme.survey({"respondent_ref": "a"}, {"respondent_ref": "b", "Q1": "Disagree"})
    return Door(programme)
