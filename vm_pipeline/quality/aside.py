"""Great Expectations in a process of its own, which imports it while this one goes on.

Belongs here: beginning that process, asking it, doing without it.
Does not belong here: judging (expectations).

Its two seconds of import keep the interpreter from whatever else runs in it: a night that had one changed month of each
board took 15 s with the import in a thread, and 13 s so.
"""

import atexit
import gc
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import ModuleType
from typing import cast

from vm_pipeline.quality import expectations
from vm_pipeline.quality.expectations import Bound

# Great Expectations imports them for distributions and drawings, which nobody asks for here: 650 of 2,450 modules.
_NEVER_ASKED = {"scipy": {"stats": None}, "altair": {}}
_COMMAND = (sys.executable, "-P", "-m", "vm_pipeline.quality.aside")  # -P: nothing is imported from where we stand


class _Aside:
    """The process, once it is begun; it ends with this one, whose end closes what it reads from."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._asking = threading.Lock()

    def begin(self) -> None:
        with self._asking, suppress(OSError):  # where there can be no more processes, it is judged here
            if self._process is None and not _imported_here():
                pipe, silent = subprocess.PIPE, subprocess.DEVNULL
                as_here = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}  # the same code
                self._process = subprocess.Popen(_COMMAND, stdin=pipe, stdout=pipe, stderr=silent, env=as_here)  # noqa: S603
                atexit.register(self._end, self._process)

    def ask(self, question: object) -> object:
        """What it answers; None where there is no such process, or none any more."""
        with self._asking, suppress(OSError, EOFError, pickle.UnpicklingError):
            process, self._process = self._process, None  # whoever leaves an answer unread must not be given it later
            if process and process.stdin and process.stdout:
                process.stdin.write(pickle.dumps(question))
                process.stdin.flush()
                answer: object = pickle.load(process.stdout)  # noqa: S301  # of our own making
                self._process = process
                return answer
        return None

    @staticmethod
    def _end(process: subprocess.Popen[bytes]) -> None:
        process.kill()
        process.communicate()


def _imported_here() -> bool:
    return "great_expectations" in sys.modules


_ASIDE = _Aside()


def begin() -> None:
    """Have Great Expectations imported elsewhere, as soon as it is clear that something will be judged.

    Nothing happens where it is imported already, here or there.
    """
    _ASIDE.begin()


def outside(name: str, rows: Sequence[Mapping[str, object]], bounds: Sequence[Bound]) -> dict[str, list[int]]:
    """`expectations.outside`, asked of the process that has Great Expectations, or done here.

    Raises what that raises: a process that meets an error ends, and the error is met again here.
    """
    answer = _ASIDE.ask((name, rows, bounds)) if rows else None
    return cast(dict[str, list[int]], answer) if answer else expectations.outside(name, rows, bounds)


def _serve() -> None:
    """Answer until there is nobody to ask. What libraries print goes where errors go."""
    _import_little()
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as answers:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        expectations.outside("nothing", [{"n": 0}], [Bound("n", 0, 0)])  # what it makes once is made
        while True:
            pickle.dump(expectations.outside(*pickle.load(sys.stdin.buffer)), answers)  # noqa: S301
            answers.flush()


def _import_little() -> None:
    """Without these modules and looks for cycles importing takes 45 % less, and a night waits for it."""
    gc.disable()  # for good: it answers a few questions, and ends
    for name, content in _NEVER_ASKED.items():
        sys.modules[name] = ModuleType(name)
        vars(sys.modules[name]).update(content)


if __name__ == "__main__":
    with suppress(EOFError, KeyboardInterrupt):
        _serve()
