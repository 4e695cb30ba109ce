"""How long and how much: the bounds of one extract's transfer, and when to try again.

Belongs here: limits, waiting. Does not belong here: HTTP.
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from vm_pipeline.sources.extract import NotReceived

_MB = 1 << 20
_FIRST_WAIT, _LONGEST_BACKOFF = 1.0, 60.0  # seconds


@dataclass(frozen=True)
class Limits:
    """`limits`, of a source with `url`. They hold for one extract; a waiting server counts too."""

    connect_seconds: float = 10.0
    """How long a connection may take."""
    read_seconds: float = 60.0
    """How long the server may be silent."""
    total_seconds: float = 3600.0
    """How long an extract may take, every attempt and wait included."""
    least_bytes_per_second: float = 100.0
    """A slower body is given up, judged over `read_seconds` each time."""
    longest_wait_seconds: float = 300.0
    """The most that a server's `Retry-After` is heeded."""
    attempts: int = 5
    """How often an extract is asked for, at most."""
    max_mb: float = 2048.0
    """A larger extract is not taken, packed or unpacked."""

    def __post_init__(self) -> None:
        """Raises ValueError, in words."""
        if self.attempts < 1 or min(self.connect_seconds, self.read_seconds, self.total_seconds, self.max_mb) <= 0:
            raise ValueError("found a limit of nothing, expected numbers above 0.")

    @property
    def max_bytes(self) -> int:
        """`max_mb` in bytes."""
        return int(self.max_mb * _MB)


@dataclass(frozen=True)
class Clock:
    """Time and chance, so that tests need neither."""

    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    uniform: Callable[[float, float], float] = random.uniform
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


class Again(Exception):
    """An attempt failed in a way that another may not. `wait` is what the server asked for, in seconds."""

    def __init__(self, found: str, wait: float = 0.0, *, everywhere: bool = False) -> None:
        super().__init__(found)
        self.found, self.wait, self.everywhere = found, wait, everywhere


@dataclass
class Course:
    """The course of one extract: what time is left, and whether bytes come fast enough."""

    limits: Limits
    clock: Clock
    deadline: float = field(init=False)
    window: tuple[float, int] = field(init=False)

    def __post_init__(self) -> None:
        self.deadline = self.clock.monotonic() + self.limits.total_seconds
        self.begin()

    def begin(self) -> None:
        """A body begins."""
        self.window = (self.clock.monotonic(), 0)

    def left(self) -> float:
        """Seconds left. Raises NotReceived where there are none."""
        left = self.deadline - self.clock.monotonic()
        if left <= 0:
            raise self._late()
        return left

    def came(self, count: int) -> None:
        """Some bytes came. Raises NotReceived after the deadline, Again where they come too slowly."""
        self.left()
        since, before = self.window
        passed = self.clock.monotonic() - since
        if passed < self.limits.read_seconds:
            self.window = (since, before + count)
            return
        if before + count < self.limits.least_bytes_per_second * passed:
            raise Again(f"fewer than {self.limits.least_bytes_per_second:g} bytes a second", everywhere=True)
        self.begin()

    def fits(self, size: int) -> None:
        """Raises NotReceived for more bytes than are taken."""
        if size > self.limits.max_bytes:
            found, remedy = f"more than {self.limits.max_mb:g} MB", "Ask the sender, or raise `max_mb`."
            raise NotReceived(found, "an extract of less", remedy)

    def pause(self, attempt: int, trouble: Again) -> None:
        """Wait before the next attempt: backoff with full jitter, or what the server asked. Raises NotReceived."""
        if attempt >= self.limits.attempts:
            raise self._given_up(trouble)
        jitter = self.clock.uniform(0.0, min(_LONGEST_BACKOFF, _FIRST_WAIT * 2.0 ** (attempt - 1)))
        wait = max(jitter, min(trouble.wait, self.limits.longest_wait_seconds))
        if wait >= self.left():
            raise self._given_up(trouble)
        self.clock.sleep(wait)

    def _given_up(self, trouble: Again) -> NotReceived:
        remedy = "The next run asks again; ask the sender if it stays so."
        return NotReceived(trouble.found, "an answer", remedy, everywhere=trouble.everywhere)

    def _late(self) -> NotReceived:
        found, remedy = f"no whole answer after {self.limits.total_seconds:g} s", "Ask the sender, or raise the limit."
        return NotReceived(found, "an answer by then", remedy, everywhere=True)
