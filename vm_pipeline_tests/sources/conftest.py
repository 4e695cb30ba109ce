"""What tests of transports start from: a landing, a server on loopback, a clock that does not wait."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from vm_pipeline.keys import read
from vm_pipeline.settings.problems import check
from vm_pipeline.sources.extract import Extract
from vm_pipeline.sources.landing import Landing, Received
from vm_pipeline.sources.web.limits import Clock
from vm_pipeline.sources.web.source import WebKeys
from vm_pipeline_tests.programme import FIRST_NIGHT
from vm_pipeline_tests.sources.misbehaving import Server, misbehaving


@pytest.fixture
def server() -> Iterator[Server]:
    """A web server with a script."""
    with misbehaving() as found:
        yield found


@pytest.fixture
def elsewhere() -> Iterator[Server]:
    """Another one, of another origin."""
    with misbehaving() as found:
        yield found


@dataclass
class Waits:
    """A clock that notes what it was asked to wait, and goes on."""

    waited: list[float] = field(default_factory=list)
    now: datetime = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)

    @property
    def clock(self) -> Clock:
        return Clock(sleep=self.waited.append, uniform=lambda least, most: most, now=lambda: self.now)


@pytest.fixture
def waits() -> Waits:
    return Waits()


@dataclass
class Home:
    """A landing, and what lies in it."""

    landing: Landing

    def receive(self, extracts: list[Extract]) -> Received:
        return self.landing.receive(extracts, FIRST_NIGHT)

    def bytes(self, received: Received) -> list[bytes]:
        return [self.landing.verified(one.sha256).read_bytes() for one in received.new]

    @property
    def left(self) -> list[str]:
        """What lies in incoming beside the lock."""
        return sorted(path.name for path in (self.landing.root / "incoming").rglob("*") if path.name != "lock")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(Landing(tmp_path / "landing"))


Night = Callable[..., Received]


@pytest.fixture
def night(home: Home, waits: Waits) -> Night:
    """Ask an address and land what it gives; the keys are those of the source."""

    def ask(url: str, **keys: Any) -> Received:
        months = {} if "{" in url else {"covers": "2022-07"}
        table = {"feed": "ledger", "provider": "B1", "url": url, **months, **keys}
        source = read(WebKeys, table).source(Path(), "B1", "")
        extracts, problems = replace(source, clock=waits.clock).find()
        assert problems == []
        return home.receive(extracts)

    return ask


def amiss(keys: Mapping[str, Any]) -> str:
    """What settings say of a source with such keys, and of nothing else."""
    table = {"source": [{"feed": "ledger", "provider": "B1", **keys}]}
    _, problems = check(table, table)
    return "\n".join(one.says for one in problems)
