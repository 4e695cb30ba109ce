"""What the last published night leaves for the next: the steps between inputs and published tables.

Belongs here: keeping them beside a home, and laying both they and the published tables down as the next draft.
Does not belong here: what of it still holds (parts), publishing (snapshot).

Nothing is taken up unless the published file and the kept one are those that were put there together, by this code: a
snapshot that was edited, restored or built elsewhere is not built upon. Both may be deleted at any time; the next night
is then a full one.
"""

import json
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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

    def lay_down(self, draft: Path) -> bool:
        """Begin a draft as a copy of the last night. False, and there is no draft, where nothing fits."""
        told = self._told()
        if told != self._now():
            return False
        try:
            shutil.copyfile(self.snapshot, draft)
            shutil.copyfile(self.steps, core_of(draft))
        except OSError:
            pass  # a disk that is full, or another run that has just published: a full night says which
        else:
            if told == self._now():
                return True
        for path in (draft, core_of(draft)):
            path.unlink(missing_ok=True)
        return False

    def keep(self, steps: Path, published: object) -> None:
        """Take the steps of a draft whose tables were just published; `published` is the `mark` its file had."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)  # steps hold keyed hashes of patients
        steps.replace(self.steps)
        said = {"code": code_version(), "snapshot": published, "steps": mark(self.steps)}
        draft = self.folder / uuid.uuid4().hex
        draft.write_text(json.dumps(said), "utf-8")
        draft.replace(self.folder / "last.json")

    def _now(self) -> dict[str, Any]:
        return {"code": code_version(), "snapshot": mark(self.snapshot), "steps": mark(self.steps)}

    def _told(self) -> Any:
        try:
            return json.loads((self.folder / "last.json").read_text("utf-8"))
        except (OSError, ValueError):
            return None


def mark(path: Path) -> list[int] | None:
    """By what a file is known again, under whatever name: an edited or copied one has another. None = no file."""
    try:
        seen = path.stat()
    except OSError:
        return None
    return [seen.st_ino, seen.st_size, seen.st_mtime_ns]
