"""A night in a process of its own, which dies where it is told to.

Belongs here: counting what a night does to its home, dying at one of these steps, noting what was flushed to disk.
Does not belong here: when to die (kills), what must hold afterwards (world).

Processes are forked from one that has everything imported: a night over a tiny programme then takes a second or two.
"""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_STEPS = {"open", "os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "shutil.rmtree"}
_PRELOADED = [
    "great_expectations",
    "vm_pipeline.cli",
    "vm_pipeline.defs.run",
    "vm_pipeline.staging.batches",
    "vm_pipeline_tests.faults.victim",
]
_NOTES = ("said", "steps", "flushed")
_PATIENCE_SECONDS = 300


@dataclass(frozen=True)
class Death:
    """Where a night dies: at its nth step in the home, and so many seconds later; by which signal."""

    step: int
    delay: float = 0.0
    signal: int = signal.SIGKILL


@dataclass(frozen=True)
class Ended:
    """How a night ended. `status` is negative for a signal, as for any process."""

    status: int
    said: str
    steps: tuple[str, ...]
    flushed: frozenset[int]


def night(drop: Path, home: Path, death: Death | None = None, *options: str) -> Ended:
    """`vm-pipeline run` over a drop folder, and how it ended."""
    notes = home.with_name(f"{home.name}-notes")
    with started(drop, home, notes, death, *options) as process:
        return ended(process, notes)


@contextmanager
def started(drop: Path, home: Path, notes: Path, death: Death | None = None, *options: str) -> Iterator[Any]:
    """The process of a night that has begun, which writes notes; nothing of it is left afterwards."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    process = context.Process(target=_live, args=(drop, home, notes, death, options))
    process.start()
    try:
        yield process
    finally:
        if process.is_alive():
            process.kill()
        process.join()


def ended(process: Any, notes: Path) -> Ended:
    """Wait for a night to be over, and read its notes."""
    process.join(_PATIENCE_SECONDS)
    if process.is_alive():
        raise TimeoutError("found a night that hangs, expected it to end")
    said, steps, flushed = [(notes / name).read_text("utf-8") for name in _NOTES]
    return Ended(process.exitcode, said, tuple(steps.splitlines()), frozenset(map(int, flushed.split())))


def _live(drop: Path, home: Path, notes: Path, death: Death | None, options: tuple[str, ...]) -> None:
    from vm_pipeline.cli import main

    notes.mkdir(exist_ok=True)  # written without a buffer: no kill takes back what is there
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND
    said, steps, flushed = [os.open(notes / name, flags) for name in _NOTES]
    os.dup2(said, 1)
    os.dup2(said, 2)
    for name in ("VM_CONFIG", "VM_FEEDS", "VM_HOME", "VM_WAREHOUSE"):
        os.environ.pop(name, None)
    _note_flushes(flushed)
    _watch_steps(str(home), steps, death)
    main(["run", "--feeds", str(drop), "--home", str(home), *options])


def _note_flushes(notes: int) -> None:
    flush = os.fsync

    def noted(file: int) -> None:
        flush(file)
        os.write(notes, f"{os.fstat(file).st_ino}\n".encode())

    os.fsync = noted  # type: ignore[assignment]


def _watch_steps(home: str, notes: int, death: Death | None) -> None:
    seen = 0

    def step(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal seen
        if event not in _STEPS or not str(arguments[0]).startswith(home + os.sep):
            return
        os.write(notes, f"{event} {arguments[0]} {arguments[1]}\n".encode())
        seen += 1
        if death and seen == death.step:
            _die(death)

    sys.addaudithook(step)


def _die(death: Death) -> None:
    if death.delay:
        threading.Timer(death.delay, os.kill, (os.getpid(), death.signal)).start()
    else:
        os.kill(os.getpid(), death.signal)
