"""What a night leaves for the next is taken up only where it is exactly what was put there together, by this code."""

import json
import shutil
from collections.abc import Callable, Collection
from pathlib import Path

import pytest

from vm_pipeline.sources.objects import digest
from vm_pipeline.warehouse.drafts import core_of
from vm_pipeline.warehouse.kept import Kept

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
    its_digest = digest(draft)
    draft.replace(kept.snapshot)
    kept.keep(core_of(draft), its_digest, {"b1"})
    return kept


def begun(kept: Kept, tmp_path: Path, set_apart: Collection[str] = ("b1",)) -> str | None:
    """What the next draft begins with."""
    draft = tmp_path / "next.duckdb"
    if kept.lay_down(draft, set_apart):
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


def _cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def _other_code(path: Path) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), "code": "0" * 12}))


@pytest.mark.parametrize(
    ("name", "happens"),
    [
        (SNAPSHOT, _edited),
        (SNAPSHOT, Path.unlink),
        (f"kept/{STEPS}", _edited),
        (f"kept/{STEPS}", _cut_short),
        (f"kept/{STEPS}", Path.unlink),
        (f"kept/{LAST}", _other_code),
        (f"kept/{LAST}", Path.unlink),
        (f"kept/{LAST}", lambda path: path.write_text("{")),
        (f"kept/{LAST}", lambda path: path.write_text("[1]")),
    ],
)
def test_anything_else_is_not_built_upon(
    kept: Kept, tmp_path: Path, name: str, happens: Callable[[Path], object]
) -> None:
    happens(tmp_path / name)
    assert begun(kept, tmp_path) is None


def test_the_same_bytes_put_back_are_the_same(kept: Kept, tmp_path: Path) -> None:
    shutil.copy(kept.snapshot, tmp_path / "copy")
    (tmp_path / "copy").replace(kept.snapshot)
    assert begun(kept, tmp_path)


@pytest.mark.parametrize("set_apart", [(), ("b1", "b2"), ("b2",)])
def test_what_may_have_rows_of_what_is_erased_or_hidden_is_left_behind(
    kept: Kept, tmp_path: Path, set_apart: Collection[str]
) -> None:
    assert begun(kept, tmp_path, set_apart) is None


def test_steps_that_are_not_all_in_their_file_are_not_kept(kept: Kept, tmp_path: Path) -> None:
    """DuckDB leaves the rest beside it where a disk is full."""
    draft = tmp_path / "run.duckdb"
    core_of(draft).write_text("half")
    core_of(draft).with_name("run.core.duckdb.wal").write_text("the rest")
    kept.keep(core_of(draft), digest(kept.snapshot), {"b1"})
    assert begun(kept, tmp_path) == "first run.duckdb, first run.core.duckdb"


def test_killed_between_publishing_and_keeping_the_next_night_is_a_full_one(kept: Kept, tmp_path: Path) -> None:
    kept.snapshot.with_name("newer").write_text("newer")
    kept.snapshot.with_name("newer").replace(kept.snapshot)
    assert begun(kept, tmp_path) is None


def test_two_runs_that_publish_at_once_are_not_mixed(kept: Kept, tmp_path: Path) -> None:
    """One is published last, the other keeps its steps last."""
    one, other = tmp_path / "one.duckdb", tmp_path / "other.duckdb"
    for path in (one, core_of(one), other, core_of(other)):
        path.write_text(path.name)
    digests = digest(one), digest(other)
    other.replace(kept.snapshot)
    one.replace(kept.snapshot)
    kept.keep(core_of(one), digests[0], ())
    kept.keep(core_of(other), digests[1], ())
    assert begun(kept, tmp_path, ()) is None
