"""What a landing that was killed leaves behind, landings side by side, and a disk without room."""

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from io import BufferedIOBase
from pathlib import Path

import pytest

from vm_pipeline.sources.extract import Absent, Extract, Fetch, NotReceived, opener
from vm_pipeline.sources.incoming import desk
from vm_pipeline.sources.landing import Landing
from vm_pipeline.sources.looking import look
from vm_pipeline.sources.receipts import Slot
from vm_pipeline_tests.programme import FIRST_NIGHT
from vm_pipeline_tests.sources.conftest import Home

JULY = Slot("ledger", "B1", "2022-07", "2022-07")
AT_A_DESK = """
import sys, time
from pathlib import Path
from vm_pipeline.sources.incoming import desk
with desk(Path(sys.argv[1])) as here:
    (here / "draft").write_bytes(b"half")
    print(here.name, flush=True)
    time.sleep(60)
"""


@pytest.fixture
def another(tmp_path: Path) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """Another process at a desk in the same folder, and the name of its desk."""
    command = [sys.executable, "-c", AT_A_DESK, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield process, process.stdout.readline().strip()
        process.kill()


def test_what_a_killed_landing_left_goes_and_a_living_one_s_stays(
    tmp_path: Path, another: tuple["subprocess.Popen[str]", str]
) -> None:
    process, name = another
    (tmp_path / "0123abcd").write_bytes(b"a draft of older versions, which had no desks")
    with desk(tmp_path) as here:
        assert sorted(one.name for one in tmp_path.iterdir()) == sorted([here.name, name, "lock"])
        assert (tmp_path / name / "draft").read_bytes() == b"half"
    process.send_signal(signal.SIGKILL)
    process.wait()
    with desk(tmp_path) as here:
        assert sorted(one.name for one in tmp_path.iterdir()) == sorted([here.name, "lock"])
    assert [one.name for one in tmp_path.iterdir()] == ["lock"]


def test_desks_side_by_side_in_one_process(tmp_path: Path) -> None:
    with ExitStack() as stack:
        desks = [stack.enter_context(desk(tmp_path)) for _ in range(5)]
        assert len({*desks}) == 5 and all(one.is_dir() for one in desks)


class TestLandingsSideBySide:
    """Another landing logs while this one still reads its sources."""

    def test_log_the_same_extract_once(self, home: Home, tmp_path: Path) -> None:
        (tmp_path / "sent").write_bytes(b"sent")
        same = Extract(JULY, "sent", opener(tmp_path / "sent"))
        received = home.receive([replace(same, content=self.after(home, same))])
        assert (received.new, received.unchanged, len([*home.landing.receipts()])) == ([], 1, 1)

    def test_log_in_the_order_of_their_times(self, home: Home, tmp_path: Path) -> None:
        """Whoever asks as of a time gets the same answer ever after."""
        (tmp_path / "sent").write_bytes(b"sent")
        july = Extract(JULY, "sent", opener(tmp_path / "sent"))
        august = replace(july, slot=Slot("ledger", "B1", "2022-08", "2022-08"))
        (late,) = home.landing.receive([replace(july, content=self.after(home, august))], FIRST_NIGHT).new
        assert [one.slot for one in home.landing.receipts()] == [august.slot, july.slot]
        assert late.received_at > next(home.landing.receipts()).received_at

    def after(self, home: Home, other: Extract) -> Callable[[], BufferedIOBase]:
        def content() -> BufferedIOBase:
            home.landing.receive([other], FIRST_NIGHT + timedelta(minutes=5))
            return other.content()  # type: ignore[operator]  # an opener, as made above

        return content


class TestNoRoom:
    """A full disk is said as such, wherever it is met, and the next landing makes it good."""

    @pytest.mark.parametrize("brought", [False, True])
    def test_for_an_extract(self, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, brought: bool) -> None:
        (tmp_path / "sent").write_bytes(b"sent")
        content = Fetch(lambda draft, mark: str(draft.write_bytes(b"sent"))) if brought else opener(tmp_path / "sent")
        monkeypatch.setattr(os, "fsync", self.full)
        received = home.receive([Extract(JULY, "sent", content)])
        assert "sent: found no room left on the disk of" in str(received.problems[0])
        assert (received.new, home.left, list(home.landing.receipts())) == ([], [], [])
        monkeypatch.undo()
        assert len(home.receive([Extract(JULY, "sent", content)]).new) == 1

    def test_for_the_log(self, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "sent").write_bytes(b"sent")
        monkeypatch.setattr(Landing, "_log", self.full)
        received = home.receive([Extract(JULY, "sent", opener(tmp_path / "sent"))])
        assert received.new == []
        assert f"{home.landing.root}: found no room left on the disk" in str(received.problems[0])
        monkeypatch.undo()
        assert len(home.receive([Extract(JULY, "sent", opener(tmp_path / "sent"))]).new) == 1

    def full(self, *args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")


class TestAWholeSource:
    def extracts(self, error: Exception) -> list[Extract]:
        def bring(draft: Path, mark: str) -> str:
            raise error

        months = [f"2022-{month:02}" for month in range(1, 10)]
        return [Extract(Slot("ledger", "B1", one, one), one, Fetch(bring), origin="the source") for one in months]

    def test_in_trouble_is_one_problem(self, home: Home) -> None:
        down = NotReceived("nobody", "an answer", "Wait.", everywhere=True)
        assert [str(one) for one in home.receive(self.extracts(down)).problems] == [f"the source: {down}"]
        looked = {str(seen) for _, seen in look(home.landing, self.extracts(down))}
        assert looked == {f"the source: {down}"}

    def test_in_trouble_with_each_month_is_as_many(self, home: Home) -> None:
        assert len(home.receive(self.extracts(NotReceived("nobody", "an answer", "Wait."))).problems) == 9

    def test_that_has_nothing(self, home: Home) -> None:
        assert "found nothing for any month" in str(home.receive(self.extracts(Absent())).problems[0])
        assert {seen for _, seen in look(home.landing, self.extracts(Absent()))} == {None}


def test_a_dry_run_keeps_nothing(home: Home, tmp_path: Path) -> None:
    def bring(draft: Path, mark: str) -> str:
        draft.write_bytes(b"sent")
        return "mark"

    control = tmp_path / "control"
    control.write_bytes(b"as sent")
    extract = Extract(JULY, "sent", Fetch(bring), opener(control), layout="{}")
    ((_, seen),) = look(home.landing, [extract])
    kept = home.landing.receive([extract], FIRST_NIGHT).new[0]
    assert seen == replace(kept, received_at="", size=0)  # the control and the layout are part of what is received
    ((_, seen),) = look(Landing(tmp_path / "other"), [Extract(JULY, "sent", Fetch(bring))])
    assert not (tmp_path / "other").exists()
