"""Judging in a process of its own: the same answers, whatever becomes of that process."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from vm_pipeline.quality import aside, expectations
from vm_pipeline.quality.expectations import Bound

BOUNDS = [Bound("n", 0, 1), Bound("m", None, 3)]
ROWS: list[dict[str, object]] = [{"n": None, "m": 4}, {"n": 2, "m": None}, {"n": 1, "m": 3}]
BROKEN = {"n": [1], "m": [0]}
_LONG = 30.0


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> Iterator[aside._Aside]:
    """A process of this test's own."""
    own = aside._Aside()
    monkeypatch.setattr(aside, "_ASIDE", own)
    monkeypatch.setattr(aside, "_imported_here", lambda: False)
    aside.begin()
    process = own._process
    assert process is not None
    yield own
    own._end(process)


def never(*_: object) -> dict[str, list[int]]:
    raise AssertionError("judged here")


def test_it_answers_as_it_would_be_answered_here(begun: aside._Aside, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expectations, "outside", never)
    assert [aside.outside("some", ROWS, BOUNDS) for _ in range(2)] == [BROKEN, BROKEN]
    assert aside.outside("zeros", [{"n": 0}, {"n": 3}], [Bound("n", 0, 0)]) == {"n": [1]}


def test_there_is_one_however_often_it_is_begun(begun: aside._Aside) -> None:
    first = begun._process
    aside.begin()
    assert begun._process is first


def test_what_is_imported_here_needs_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    own = aside._Aside()
    monkeypatch.setattr(aside, "_imported_here", lambda: True)
    own.begin()
    assert own._process is None


def test_without_the_process_it_is_judged_here(begun: aside._Aside) -> None:
    assert begun._process is not None
    begun._process.kill()
    begun._process.wait()
    assert [aside.outside("some", ROWS, BOUNDS) for _ in range(2)] == [BROKEN, BROKEN]


def test_an_error_there_is_met_here(begun: aside._Aside) -> None:
    with pytest.raises(KeyError, match="absent"):
        aside.outside("wrong", [{"n": 1}], [Bound("absent", 0, 1)])
    assert aside.outside("some", ROWS, BOUNDS) == BROKEN  # it is gone, and nothing is lost by it


def test_who_leaves_before_the_answer_is_not_given_it_later(begun: aside._Aside) -> None:
    def leave(*_: object) -> None:
        raise InterruptedByHand

    before = signal.signal(signal.SIGALRM, leave)
    signal.setitimer(signal.ITIMER_REAL, 0.3)  # it is not done importing by then
    try:
        with pytest.raises(InterruptedByHand):
            aside.outside("first", [{"n": 5}], [Bound("n", 0, 0)])
    finally:
        signal.signal(signal.SIGALRM, before)
    assert aside.outside("second", [{"n": 0}], [Bound("n", 0, 0)]) == {"n": []}


class InterruptedByHand(BaseException):
    """As Ctrl-C is."""


def test_where_there_can_be_no_process_it_is_judged_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aside, "_ASIDE", aside._Aside())
    monkeypatch.setattr(aside, "_imported_here", lambda: False)
    monkeypatch.setattr(aside, "_COMMAND", ("/nowhere/python",))
    aside.begin()
    assert aside.outside("some", ROWS, BOUNDS) == BROKEN


@pytest.mark.parametrize("end", ["", "os.kill(os.getpid(), signal.SIGKILL)"], ids=["at its end", "killed"])
def test_it_ends_with_whoever_began_it(end: str, tmp_path: Path) -> None:
    told = tmp_path / "pid"
    program = (
        "import os, pathlib, signal; from vm_pipeline.quality import aside; aside.begin();"
        f"pathlib.Path({str(told)!r}).write_text(str(aside._ASIDE._process.pid)); {end}"
    )
    subprocess.run([sys.executable, "-c", program], check=False, timeout=_LONG)
    until = time.monotonic() + _LONG
    while _runs(int(told.read_text())):
        assert time.monotonic() < until
        time.sleep(0.05)


def _runs(pid: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, 0)
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2]
    return False
