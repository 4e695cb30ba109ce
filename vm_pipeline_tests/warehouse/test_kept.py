"""What a night leaves for the next is taken up only where it is exactly what was put there together, by this code."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from vm_pipeline.warehouse.drafts import core_of
from vm_pipeline.warehouse.kept import Kept, mark

LAST, STEPS, SNAPSHOT = "last.json", "steps.duckdb", "warehouse.duckdb"


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    """After a night was published."""
    return published(Kept(tmp_path / "kept", tmp_path / SNAPSHOT), "first")


def published(kept: Kept, said: str) -> Kept:
    """As a run does it: the draft is put in place, then its steps are kept."""
    draft = kept.snapshot.parent / "work" / "run.duckdb"
    draft.parent.mkdir(exist_ok=True)
    for path in (draft, core_of(draft)):
        path.write_text(f"{said} {path.name}")
    file = mark(draft)
    draft.replace(kept.snapshot)
    kept.keep(core_of(draft), file)
    return kept


def begun(kept: Kept, tmp_path: Path) -> str | None:
    """What the next draft begins with."""
    draft = tmp_path / "next.duckdb"
    if kept.lay_down(draft):
        return f"{draft.read_text()}, {core_of(draft).read_text()}"
    assert not draft.exists() and not core_of(draft).exists()
    return None


def test_the_next_draft_begins_as_a_copy(kept: Kept, tmp_path: Path) -> None:
    assert begun(kept, tmp_path) == "first run.duckdb, first run.core.duckdb"
    published(kept, "second")
    assert begun(kept, tmp_path) == "second run.duckdb, second run.core.duckdb"
    assert kept.snapshot.exists() and kept.steps.exists()


def _edited(path: Path) -> None:
    path.write_text(path.read_text().replace("first", "fir5t"))


def _replaced(path: Path) -> None:
    shutil.copy2(path, path.with_name("copy"))  # same bytes, same time, put back from a backup
    path.with_name("copy").replace(path)


def _other_code(path: Path) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), "code": "0" * 12}))


@pytest.mark.parametrize(
    ("name", "happens"),
    [
        (SNAPSHOT, _edited),
        (SNAPSHOT, _replaced),
        (SNAPSHOT, Path.unlink),
        (f"kept/{STEPS}", _edited),
        (f"kept/{STEPS}", _replaced),
        (f"kept/{STEPS}", Path.unlink),
        (f"kept/{LAST}", _other_code),
        (f"kept/{LAST}", Path.unlink),
        (f"kept/{LAST}", lambda path: path.write_text("{")),
    ],
)
def test_anything_else_is_not_built_upon(
    kept: Kept, tmp_path: Path, name: str, happens: Callable[[Path], object]
) -> None:
    happens(tmp_path / name)
    assert begun(kept, tmp_path) is None


def test_killed_between_publishing_and_keeping_the_next_night_is_a_full_one(kept: Kept, tmp_path: Path) -> None:
    kept.snapshot.with_name("newer").write_text("newer")
    kept.snapshot.with_name("newer").replace(kept.snapshot)
    assert begun(kept, tmp_path) is None


def test_two_runs_that_publish_at_once_are_not_mixed(kept: Kept, tmp_path: Path) -> None:
    """One is published last, the other keeps its steps last."""
    one, other = tmp_path / "one.duckdb", tmp_path / "other.duckdb"
    for path in (one, core_of(one), other, core_of(other)):
        path.write_text(path.name)
    marks = mark(one), mark(other)
    other.replace(kept.snapshot)
    one.replace(kept.snapshot)
    kept.keep(core_of(one), marks[0])
    kept.keep(core_of(other), marks[1])
    assert begun(kept, tmp_path) is None
