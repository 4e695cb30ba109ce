"""Where a benchmark runs: the programs it compares with, their environment, generated feeds, room to work.

Belongs here: finding or making these, once, outside the repository; the check that results agree.
Does not belong here: what is measured (scenarios).
"""

import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bench.contenders import Contender
from bench.measuring import Measured, measure

USUAL_BOARDS = 4


class Missing(Exception):
    """Something that is not here; the scenario, or the contender, is skipped with this reason."""


@dataclass(frozen=True)
class Setting:
    """`shared` holds generate.py, compare.py, requirements.txt and yardsticks/; `folder` is ours to fill."""

    shared: Path
    folder: Path

    @property
    def results(self) -> Path:
        """Tables measured so far, one file each."""
        return self.folder / "results"

    def feeds(self, rows: int, providers: int = USUAL_BOARDS) -> Path:
        """Feeds of so many ledger rows with their truth, generated once. Raises Missing."""
        feeds = self.folder / (f"feeds-{rows}" if providers == USUAL_BOARDS else f"feeds-{rows}-{providers}")
        if not (feeds / "truth.json").is_file():
            self._run(self._script("generate.py"), feeds, "--ledger-rows", rows, "--providers", providers)
        return feeds

    def check_agree(self, feeds: Path, results: Iterable[Path]) -> None:
        """Every result has the months of teams, rejections and totals of the truth. Raises RuntimeError."""
        self._run(self._script("compare.py"), feeds, *results)

    def measured(self, contender: Contender, arguments: Iterable[str], work: Path, feeds: Path, month: str) -> Measured:
        """One run of a contender in a folder of its own. Raises Missing where it, or what it needs, is not here."""
        names = {"feeds": feeds, "work": work, "out": out_of(work), "month": month, "yardsticks": self._yardsticks}
        command: list[str | Path] = [argument.format(**names) for argument in arguments]
        if not contender.is_ours:
            self._script(Path(command[0]).relative_to(self.shared))
            command = [self._python(contender.module), *command]
        return measure(command, work)

    def desk(self, name: str, copy_of: Path | None = None) -> Path:
        """A fresh folder to work in, empty or a copy."""
        work = self.folder / "work" / name
        shutil.rmtree(work, ignore_errors=True)
        if copy_of:
            shutil.copytree(copy_of, work)
        work.mkdir(parents=True, exist_ok=True)
        return work

    @property
    def _yardsticks(self) -> Path:
        return self.shared / "yardsticks"

    def _script(self, name: str | Path) -> Path:
        path = self.shared / name
        if not path.is_file():
            raise Missing(f"found no {name} in the folder that SHARED names")
        return path

    def _python(self, module: str) -> Path:
        """An interpreter that can import a module: one in an environment of the yardsticks' own."""
        if subprocess.run([self._environment, "-c", f"import {module}"], capture_output=True, check=False).returncode:
            raise Missing(f"{module} cannot be imported: requirements.txt of SHARED could not be installed")
        return self._environment

    @cached_property
    def _environment(self) -> Path:
        place = self.folder / "environment"
        python = place / "bin" / "python"
        if not python.is_file():
            subprocess.run([sys.executable, "-m", "venv", place], check=True)
            wanted = self._script("requirements.txt")
            subprocess.run([python, "-m", "pip", "install", "--quiet", "--requirement", wanted], check=False)
        return python

    def _run(self, script: Path, *arguments: object) -> None:
        done = subprocess.run(
            [sys.executable, script, *map(str, arguments)], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(
                f"{script.name}: exit status {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
            )


def out_of(work: Path) -> Path:
    """The warehouse that a contender makes in its folder."""
    return work / "out.duckdb"
