"""How much work a night is, in counts that are the same on a busy machine: what would slow every night fails here.

Belongs here: statements, bytes read and written. Does not belong here: seconds (`make bench`).
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from vm_pipeline.home import Home
from vm_pipeline.quality.parquet import batches
from vm_pipeline.settings import Settings
from vm_pipeline.sources import landing
from vm_pipeline.staging import known
from vm_pipeline.warehouse.inputs import feed_rows
from vm_pipeline_tests.programme import Programme

MONTHS = [f"2022-{month:02}" for month in range(4, 10)]
MOST_PASSES, MOST_WRITTEN = 5.5, 0.5  # of the bytes received


def calls(patch: pytest.MonkeyPatch, place: object, name: str) -> list[tuple[Any, ...]]:
    """Calls of a function from now on, each as what it was given."""
    given: list[tuple[Any, ...]] = []
    real = getattr(place, name)

    def counting(*arguments: Any) -> Any:
        given.append(arguments)
        return real(*arguments)

    patch.setattr(place, name, counting)
    return given


def months_by_landing(programme: Programme) -> Home:
    """A home that has a landing for each of the months."""
    for month in MONTHS:
        programme.ledger(period=month)
        programme.night()
    snapshot, key = programme.home / "warehouse.duckdb", programme.pseudonym_key
    return Home(Settings(home=programme.home, warehouse=snapshot, pseudonym_key=key))


def statements(programme: Programme, months: list[str], monkeypatch: pytest.MonkeyPatch, journal: str = "J1") -> int:
    """DuckDB statements of staging ledgers of some months, each with a row accepted and one rejected."""
    for month in months:
        programme.ledger({"journal_id": journal}, {"journal_id": journal, "amount": "nonsense"}, period=month)
    programme.receive()
    with monkeypatch.context() as patch:
        asked = calls(patch, duckdb.DuckDBPyConnection, "execute")
        programme.staging.stage(programme.receipts())
    return len(asked)


def test_a_batch_more_is_two_statements_more(
    new_programme: Callable[[str], Programme], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Batches of one shape are judged, looked through and counted together; only their files are written apart."""
    few = statements(new_programme("few"), MONTHS[:2], monkeypatch)
    many = statements(new_programme("many"), MONTHS, monkeypatch)
    assert 2 < few <= 16
    assert many - few <= 2 * (len(MONTHS) - 2)


def test_a_journal_is_no_identifier_by_its_length(
    new_programme: Callable[[str], Programme], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Eleven digits hold ten, but are no CHI number: whatever else an identifier would need is not asked."""
    asked = [
        statements(new_programme(journal), MONTHS[:1], monkeypatch, journal)
        for journal in ("J1", "J22050180555", "J2205018055")
    ]
    assert asked[0] == asked[1] == asked[2] - 1


def test_the_log_is_not_replayed_once_a_landing(
    new_programme: Callable[[str], Programme], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A home lives for years and has a landing a day; what was in force then is asked of the last two of them."""
    home = months_by_landing(new_programme("years"))
    replayed = calls(monkeypatch, known, "versions")
    landings = home.landings(duckdb.connect(), home.landing.last_moment)
    assert len({landed.name for landed in landings}) == len(MONTHS) > len(replayed) == 1


def test_the_log_is_read_once_a_process(
    new_programme: Callable[[str], Programme], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each step of a night asks for every receipt there is, and for what was made of each."""
    home = months_by_landing(new_programme("years"))
    read = calls(monkeypatch, landing, "_receipt")
    landing._read.cache_clear()
    assert len(home.known().versions) == len(home.unpublished()) == len(home.receipts()) == len(MONTHS)
    assert home.known().versions is home.known().versions
    assert len(read) == len(MONTHS)


def test_decisions_are_asked_once_for_all_batches(
    new_programme: Callable[[str], Programme], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Retention erases by thousands: who looks through all decisions for each batch takes their product."""
    programme = new_programme("years")
    for month in MONTHS:
        programme.ledger(period=month)
    programme.night()
    found = programme.known()
    asked = calls(monkeypatch, landing, "decisions")
    feed_rows("ledger", found.in_force("ledger"), programme.staging)
    assert len(batches("ledger", found, programme.staging, found.versions)) == len(MONTHS)
    assert len(asked) == 2


def transferred() -> tuple[int, int]:
    """Bytes this process has read and written so far, by system calls."""
    told = dict(line.split(": ") for line in Path("/proc/self/io").read_text("ascii").splitlines())
    return int(told["rchar"]), int(told["wchar"])


@pytest.mark.skipif(not os.access("/proc/self/io", os.R_OK), reason="bytes are counted by Linux alone")
def test_a_file_is_read_a_few_times_and_written_small(programme: Programme) -> None:
    """Hashed, decoded, looked through, parted: a pass more over received bytes needs a reason, and a higher number."""
    path = programme.ledger(*({"journal_id": f"J{number}", "narrative": "Stores £" * 9} for number in range(20_000)))
    programme.receive()
    size = path.stat().st_size
    before = transferred()
    programme.staging.stage(programme.receipts())
    read, written = (after - then for after, then in zip(transferred(), before, strict=True))
    assert 1 <= read / size <= MOST_PASSES
    assert 0 < written / size <= MOST_WRITTEN
