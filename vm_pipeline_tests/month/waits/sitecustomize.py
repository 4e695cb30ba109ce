"""A wait of a thread ends when the clock of the day has gone past its end, as it does for a person who looks at it.

Belongs here: this one change to Python's own `threading`, for processes on a clock that is put forward.
Does not belong here: anything of Dagster, which is left as it is. Its scheduler says "wait until the next full minute":
without this it would sleep that minute out, whatever the clock says meanwhile.
"""

import threading
import time
from typing import Any

_LOOK = 0.25
_plain = threading.Event.wait


def _wait(self: Any, timeout: float | None = None) -> bool:
    if timeout is None or timeout <= _LOOK:
        return _plain(self, timeout)
    end = time.time() + timeout
    while (left := end - time.time()) > 0:
        if _plain(self, min(left, _LOOK)):
            return True
    return bool(self.is_set())


threading.Event.wait = _wait  # type: ignore[method-assign]
