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
from vm_pipeline.sources.decisions import Decision
from vm_pipeline.sources.receipts import Receipt, Version
from vm_pipeline.staging import known
from vm_pipeline.warehouse.inputs import feed_rows
from vm_pipeline_tests.programme import Programme

MONTHS = [f"2022-{month:02}" for month in range(4, 10)]
MOST_PASSES, MOST_WRITTEN = 5.5, 0.5  # of the bytes received


def statements(programme: Programme, months: list[str], monkeypatch: pytest.MonkeyPatch, journal: str = "J1") -> int:
    """DuckDB statements of staging ledgers of some months, each with a row accepted and one rejected."""
    for month in months:
        programme.ledger({"journal_id": journal}, {"journal_id": journal, "amount": "nonsense"}, period=month)
    programme.receive()
    asked: list[str] = []
    real = duckdb.DuckDBPyConnection.execute

    def counting(con: duckdb.DuckDBPyConnection, sql: str, *rest: object) -> duckdb.DuckDBPyConnection:
        asked.append(sql)
        return real(con, sql, *rest)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(duckdb.DuckDBPyConnection, "execute", counting)
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
    programme = new_programme("years")
    replayed: list[int] = []
    snapshot, key = programme.home / "warehouse.duckdb", programme.pseudonym_key
    home = Home(Settings(home=programme.home, warehouse=snapshot, pseudonym_key=key))
    for month in MONTHS:
        programme.ledger(period=month)
        programme.night()
    real = known.versions

    def counting(*log: Any) -> list[Version]:
        replayed.append(1)
        return real(*log)

    monkeypatch.setattr(known, "versions", counting)
    landings = home.landings(duckdb.connect(), home.landing.last_moment)
    assert len({landed.name for landed in landings}) == len(MONTHS) > len(replayed) == 1


def test_the_log_is_read_once_a_process(
    new_programme: Callable[[str], Programme], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each step of a night asks for every receipt there is, and for what was made of each."""
    programme = new_programme("years")
    for month in MONTHS:
        programme.ledger(period=month)
        programme.night()
    read: list[str] = []
    real = landing._receipt

    def counting(line: str) -> Receipt:
        read.append(line)
        return real(line)

    monkeypatch.setattr(landing, "_receipt", counting)
    landing._read.cache_clear()
    snapshot, key = programme.home / "warehouse.duckdb", programme.pseudonym_key
    home = Home(Settings(home=programme.home, warehouse=snapshot, pseudonym_key=key))
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
    asked: list[Path] = []
    real = landing.decisions

    def counting(root: Path) -> list[Decision]:
        asked.append(root)
        return real(root)

    monkeypatch.setattr(landing, "decisions", counting)
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
