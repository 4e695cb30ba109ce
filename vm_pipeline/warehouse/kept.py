"""What the last published night leaves for the next: the steps between inputs and published tables.

Belongs here: keeping them beside a home, and laying both they and the published tables down as the next draft.
Does not belong here: what of it still holds (parts), publishing (snapshot).

Nothing is taken up unless the published file and the kept one are, byte for byte, those that were put there together,
by this code, and the same was set apart: a snapshot that was edited, damaged or built elsewhere is not built upon. Both
may be deleted at any time; the next night is then a full one.
"""

import json
import shutil
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vm_pipeline.disk import flush, put
from vm_pipeline.sources.objects import digest
from vm_pipeline.warehouse.drafts import core_of
from vm_pipeline.warehouse.made_from import code_version


@dataclass(frozen=True)
class Kept:
    """The folder of one home in which they lie, and the snapshot they belong to."""

    folder: Path
    snapshot: Path

    @property
    def steps(self) -> Path:
        """The DuckDB file of steps."""
        return self.folder / "steps.duckdb"

    def lay_down(self, draft: Path, set_apart: Collection[str]) -> bool:
        """Begin a draft as a copy of the last night. False, and there is no draft, where nothing fits.

        `set_apart`: what is erased or hidden by now. A row that is taken out of a file may leave its bytes in it: so
        what was made when anything else was set apart is left behind whole.
        """
        told = self._told()
        try:
            if told and [told["code"], told["set_apart"]] == [code_version(), sorted(set_apart)]:
                with ThreadPoolExecutor(2) as pool:
                    copies = pool.map(_copied, (self.snapshot, self.steps), (draft, core_of(draft)))
                    if [told["snapshot"], told["steps"]] == [*copies]:
                        return True
        except (OSError, KeyError, TypeError):
            pass  # no room, another run that has just published, a note that says something else: a full night will do
        for path in (draft, core_of(draft)):
            path.unlink(missing_ok=True)
        return False

    def keep(self, steps: Path, snapshot: str, set_apart: Collection[str]) -> None:
        """Take the steps of a draft whose tables were just published. `snapshot` is the digest of its file.

        Where they cannot be kept whole, they are not: the night is published, and the next one is full.
        """
        if steps.with_name(f"{steps.name}.wal").exists():  # DuckDB found no room to put the last of it in the file
            return
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        said = {"code": code_version(), "set_apart": sorted(set_apart), "snapshot": snapshot, "steps": digest(steps)}
        try:
            flush(steps)
            steps.replace(self.steps)
            put(self.folder / "last.json", json.dumps(said))
            flush(self.folder)
        except OSError:
            (self.folder / "last.json").unlink(missing_ok=True)

    def _told(self) -> Any:
        try:
            return json.loads((self.folder / "last.json").read_text("utf-8"))
        except (OSError, ValueError):
            return None


def _copied(source: Path, target: Path) -> str:
    shutil.copyfile(source, target)
    return digest(target)
