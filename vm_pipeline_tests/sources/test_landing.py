"""Landing: what was received stays as it was, and every landing is whole or did not happen."""

import hashlib
import io
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from vm_pipeline.sources import landing as landing_module
from vm_pipeline.sources import log as log_module
from vm_pipeline.sources.extract import Extract
from vm_pipeline.sources.landing import Landing
from vm_pipeline.sources.objects import LandingDamaged
from vm_pipeline.sources.receipts import Slot
from vm_pipeline_tests.programme import FIRST_NIGHT, Programme

JULY, AUGUST = Slot("ledger", "B1", "2022-07", "2022-07"), Slot("ledger", "B1", "2022-08", "2022-08")


def extract(content: bytes, slot: Slot = JULY, control: bytes | None = None, layout: str = "") -> Extract:
    return Extract(
        slot,
        "here",
        lambda: io.BytesIO(content),
        (lambda: io.BytesIO(control)) if control is not None else None,
        layout,
    )


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    return Landing(tmp_path / "landing")


def files(landing: Landing) -> dict[str, bytes]:
    return {
        str(path.relative_to(landing.root)): path.read_bytes() for path in landing.root.rglob("*") if path.is_file()
    }


def test_what_is_received_is_kept_under_its_hash(landing: Landing) -> None:
    (receipt,) = landing.receive([extract(b"as sent", control=b"control", layout="{}")], FIRST_NIGHT).new
    assert receipt.sha256 == hashlib.sha256(b"as sent").hexdigest()
    assert landing.verified(receipt.sha256).read_bytes() == b"as sent"
    assert landing.verified(receipt.control_sha256).read_bytes() == b"control"
    assert landing.verified(receipt.layout_sha256).read_bytes() == b"{}"
    assert (receipt.size, receipt.slot, receipt.name) == (7, JULY, "here")
    assert list(landing.receipts()) == [receipt]


def test_nothing_landed_is_ever_changed(landing: Landing) -> None:
    landing.receive([extract(b"one")], FIRST_NIGHT)
    before = files(landing)
    for content in (b"two", b"one", b"", b"three"):
        landing.receive([extract(content)], FIRST_NIGHT)
    after = files(landing)
    assert before.items() <= after.items()
    assert len([name for name in after if name.startswith("receipts/")]) == 5
    assert all(not path.stat().st_mode & 0o222 for path in (landing.root / "objects").rglob("*") if path.is_file())


def test_the_same_again_is_nothing_to_do(landing: Landing) -> None:
    landing.receive([extract(b"one", control=b"c"), extract(b"x", AUGUST)], FIRST_NIGHT)
    before = files(landing)
    again = landing.receive([extract(b"one", control=b"c"), extract(b"x", AUGUST)], FIRST_NIGHT + timedelta(days=1))
    assert (again.new, again.unchanged) == ([], 2)
    assert files(landing) == before


@pytest.mark.parametrize(
    "changed",
    [
        extract(b"two", control=b"c", layout="l"),
        extract(b"one", control=b"d", layout="l"),
        extract(b"one", control=None, layout="l"),
        extract(b"one", control=b"c", layout="m"),
    ],
)
def test_any_change_of_file_control_or_layout_is_a_new_version(landing: Landing, changed: Extract) -> None:
    landing.receive([extract(b"one", control=b"c", layout="l")], FIRST_NIGHT)
    assert len(landing.receive([changed], FIRST_NIGHT).new) == 1


def test_equal_bytes_for_two_slots_are_two_batches_and_one_object(landing: Landing) -> None:
    slots = [JULY, AUGUST, Slot("ledger", "B2", "2022-07", "2022-07"), Slot("survey", "B1", "2022-07", "2022-07")]
    received = landing.receive([extract(b"header\n", slot) for slot in slots], FIRST_NIGHT).new
    assert len({receipt.content_id for receipt in received}) == len(slots)
    assert len([path for path in (landing.root / "objects").rglob("*") if path.is_file()]) == 1


def test_a_content_s_identity_is_the_same_on_any_machine(landing: Landing, tmp_path: Path) -> None:
    (here,) = landing.receive([extract(b"one", control=b"c")], FIRST_NIGHT).new
    (there,) = Landing(tmp_path / "other").receive([extract(b"one", control=b"c")], datetime.now(UTC)).new
    assert here.content_id == there.content_id


class TestTime:
    def test_receipts_carry_utc_to_the_microsecond(self, landing: Landing) -> None:
        local = datetime.fromisoformat("2026-07-01T03:30:00+01:00")
        (receipt,) = landing.receive([extract(b"one")], local).new
        assert receipt.received_at == "2026-07-01T02:30:00.000000+00:00"

    def test_a_clock_that_jumps_back_does_not_reorder(self, landing: Landing) -> None:
        nights = [FIRST_NIGHT, FIRST_NIGHT - timedelta(days=400), FIRST_NIGHT, FIRST_NIGHT - timedelta(hours=1)]
        for number, now in enumerate(nights):
            landing.receive([extract(b"%d" % number)], now)
        times = [receipt.received_at for receipt in landing.receipts()]
        assert times == sorted(set(times))
        assert times[0] == FIRST_NIGHT.isoformat(timespec="microseconds")
        assert [landing.verified(r.sha256).read_bytes() for r in landing.receipts()] == [b"0", b"1", b"2", b"3"]

    def test_one_landing_has_one_time(self, landing: Landing) -> None:
        landing.receive([extract(b"one"), extract(b"two", AUGUST)], FIRST_NIGHT)
        assert len({receipt.received_at for receipt in landing.receipts()}) == 1


class TestDamage:
    @pytest.mark.parametrize("harm", [b"", b"0n3", b"one and more", None])
    def test_a_damaged_object_is_found_and_healed_by_the_next_receive(
        self, landing: Landing, harm: bytes | None
    ) -> None:
        (receipt,) = landing.receive([extract(b"one")], FIRST_NIGHT).new
        path = landing.path(receipt.sha256)
        path.unlink()
        if harm is not None:
            path.write_bytes(harm)
        with pytest.raises(LandingDamaged, match="Put the file back in the source"):
            landing.verified(receipt.sha256)
        assert landing.receive([extract(b"one")], FIRST_NIGHT).new == []
        assert landing.verified(receipt.sha256).read_bytes() == b"one"

    def test_a_damaged_object_stops_staging_and_names_no_cell(self, programme: Programme) -> None:
        programme.ledger({"narrative": "Zebedee"})
        programme.receive()
        path = programme.landing.path(programme.receipt().sha256)
        path.chmod(0o600)
        path.write_bytes(path.read_bytes().replace(b"10.00", b"99.00"))
        with pytest.raises(LandingDamaged) as damaged:
            programme.staging.stage(programme.receipts())
        assert "Zebedee" not in str(damaged.value)
        programme.night()
        assert f"{programme.summary().accepted}" == "10.00"


class Stopped(Exception):
    """The process died here."""


class TestInterruption:
    """Killed anywhere, a landing happened or it did not, and the next one makes it good."""

    @pytest.mark.parametrize("step", ["fsync", "replace", "write_receipts", "flush_folder"])
    @pytest.mark.parametrize("at", range(4))
    def test_receipts_are_whole_or_absent(
        self, landing: Landing, monkeypatch: pytest.MonkeyPatch, step: str, at: int
    ) -> None:
        sent = [extract(b"one", control=b"c"), extract(b"two", AUGUST)]
        landing.receive([extract(b"zero")], FIRST_NIGHT)
        self._die(monkeypatch, step, at)
        try:
            landing.receive(sent, FIRST_NIGHT)
            died = False
        except Stopped:
            died = True
        monkeypatch.undo()
        known = list(landing.receipts())
        assert len(known) in (1, 3), "all receipts of a landing or none"
        assert died or len(known) == 3
        for receipt in known:
            landing.verified(receipt.sha256)
        landing.receive(sent, FIRST_NIGHT)
        assert [(str(r.slot), r.size) for r in landing.receipts()] == [
            ("ledger/B1/2022-07", 4),
            ("ledger/B1/2022-07", 3),
            ("ledger/B1/2022-08", 3),
        ]

    def _die(self, monkeypatch: pytest.MonkeyPatch, step: str, at: int) -> None:
        calls = iter(range(100))

        def until(kept: object) -> object:
            def call(*args: object, **kwargs: object) -> object:
                if next(calls) >= at:
                    raise Stopped
                return kept(*args, **kwargs)  # type: ignore[operator]

            return call

        if step == "fsync":
            monkeypatch.setattr(os, "fsync", until(os.fsync))
        elif step == "replace":
            monkeypatch.setattr(Path, "replace", until(Path.replace))
        elif step == "write_receipts":
            monkeypatch.setattr(json, "dumps", until(json.dumps))
        else:
            monkeypatch.setattr(landing_module, "flush", until(landing_module.flush))

    def test_every_object_of_a_receipt_is_on_disk_before_it(
        self, landing: Landing, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A power cut must not leave a receipt whose control has no name."""
        flushed: list[Path] = []
        for module in (landing_module, log_module):
            monkeypatch.setattr(module, "flush", flushed.append)
        (receipt,) = landing.receive([extract(b"one", control=b"c", layout="l")], FIRST_NIGHT).new
        objects = [landing.path(sha).parent for sha in (receipt.sha256, receipt.control_sha256, receipt.layout_sha256)]
        assert set(objects) < set(flushed)
        assert flushed[-1] == landing.root / "receipts"


@pytest.mark.parametrize("name", ["Ward\u2028Seven", "Ward\u0085", "W\udce9rd", 'quote " and \\', "new\nline"])
def test_a_receipt_survives_whatever_a_path_is_called(landing: Landing, name: str) -> None:
    """One odd folder name must not make the log unreadable for good."""
    landing.receive([Extract(JULY, f"/{name}/2022-07.csv", lambda: io.BytesIO(b"one"))], FIRST_NIGHT)
    assert [receipt.name for receipt in landing.receipts()] == [f"/{name}/2022-07.csv"]


def test_an_empty_landing_has_no_receipts(landing: Landing) -> None:
    assert list(landing.receipts()) == []
    assert landing.receive([], FIRST_NIGHT).new == []
    assert not landing.root.exists()


def test_a_log_that_changes_while_it_is_listed_does_not_look_empty(
    landing: Landing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing received, and so nothing to publish, is the one answer that must not be guessed."""
    landing.receive([extract(b"one")], FIRST_NIGHT)

    def gone(entry: os.DirEntry[str]) -> None:
        raise FileNotFoundError(entry.path)

    monkeypatch.setattr(log_module, "_as_it_lies", gone)
    with pytest.raises(FileNotFoundError):
        list(landing.receipts())
