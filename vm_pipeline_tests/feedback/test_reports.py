"""Which batches have a file, when it is written, and when it goes."""

import io
import os
from pathlib import Path

import pytest

from vm_pipeline.feedback.reports import write_all
from vm_pipeline.feeds import FEEDS
from vm_pipeline.sources.extract import Extract
from vm_pipeline.sources.receipts import Slot
from vm_pipeline.staging.policy import Policy
from vm_pipeline_tests.feedback.told import folder_of, lines, tell, where
from vm_pipeline_tests.night.conftest import Door, after_a_night, door, first_night
from vm_pipeline_tests.night.test_canary import CANARIES, NAME, found, send_everywhere
from vm_pipeline_tests.programme import FIRST_NIGHT, Programme, ledger

__all__ = ["after_a_night", "door", "first_night"]

BAD = {"amount": "nonsense"}


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*.csv"))


def test_a_sound_batch_has_no_file(programme: Programme) -> None:
    programme.ledger({})
    programme.night()
    assert tell(programme) == []
    assert names(programme.root / "feedback") == []


def test_two_files_a_batch_named_by_feed_provider_period_and_batch(programme: Programme) -> None:
    programme.ledger(BAD)
    programme.night()
    tell(programme)
    batch = programme.receipt().content_id
    assert names(folder_of(programme)) == [
        f"ledger/B1/2022-07-{batch}-summary.csv",
        f"ledger/B1/2022-07-{batch}.csv",
    ]


def test_it_goes_when_it_is_mended(programme: Programme) -> None:
    programme.ledger(BAD)
    programme.ledger(BAD, period="2022-08")
    programme.night()
    tell(programme)
    programme.ledger({})
    programme.night()
    (left,) = tell(programme)
    assert str(left.version.receipt.slot) == "ledger/B1/2022-08"
    assert len(names(folder_of(programme))) == 2


def test_other_feeds_stay_when_one_is_written(programme: Programme) -> None:
    programme.ledger(BAD)
    programme.activity({"quantity": "x"})
    programme.night()
    tell(programme)
    tell(programme, "activity")
    assert {name.split("/")[0] for name in names(folder_of(programme))} == {"ledger", "activity"}


def test_the_batch_in_force_and_the_one_refused_after_it_are_both_told(programme: Programme) -> None:
    programme.ledger(BAD, {})
    programme.night()
    programme.send("ledger/B1/2022-07.csv", "nothing of it\n")
    programme.night()
    assert [one.version.refused for one in tell(programme)] == [False, True]
    programme.ledger({})
    programme.night()
    assert tell(programme) == []


def test_a_file_that_is_written_is_left_alone_until_its_batch_is_staged_again(programme: Programme) -> None:
    programme.ledger(BAD)
    programme.night()
    (told,) = tell(programme)
    told.path.write_bytes(b"read by somebody")
    os.utime(told.path)
    tell(programme)
    assert told.path.read_bytes() == b"read by somebody"
    programme.staging.stage(programme.receipts(), again=True)
    tell(programme)
    assert where(lines(told.path))[1:] == [("1", "amount", "bad_amount")]


def test_a_provider_cannot_lead_out_of_the_folder(programme: Programme) -> None:
    """A code or a part may be anything that settings or a query say."""
    slot = Slot("ledger", "../B1", "2022-07", "2022-07", "a/../../b")
    content = ledger({"amount": "nonsense"}).encode()
    programme.landing.receive([Extract(slot, "one", lambda: io.BytesIO(content))], FIRST_NIGHT)
    programme.staging.stage(programme.receipts())
    (told,) = tell(programme)
    assert told.path.resolve().is_relative_to(folder_of(programme).resolve() / "ledger")


@pytest.mark.usefixtures("after_a_night")
def test_a_night_writes_it_and_a_look_back_leaves_it(door: Door) -> None:
    (path,) = (door.programme.home / "reports" / "feedback" / "ledger").rglob("2022-07-*[0-9a-f].csv")
    assert where(lines(path))[1:] == [("2", "amount", "bad_amount")]
    before = path.stat().st_mtime_ns
    door.programme.ledger({"amount": "1.00"}, period="2022-08")
    door.run()
    assert path.stat().st_mtime_ns == before
    assert door.run("--as-of", "2099-01-01").exit_code == 0
    assert path.stat().st_mtime_ns == before


def test_the_command_writes_what_is_asked_for(door: Door, tmp_path: Path) -> None:
    door.programme.ledger(BAD, period="2022-09")
    door.run()
    said = door(
        "feedback", "--feed", "ledger", "--provider", "b1", "--period", "2022-09", "--to", str(tmp_path / "out")
    )
    assert said.exit_code == 0
    assert len(names(tmp_path / "out")) == 2
    assert names(tmp_path / "out")[1] in said.stdout
    assert "2022-07" not in said.stdout
    assert "Nothing to tell" in door("feedback", "--period", "2001-01").stdout
    for command in ("feedback", "rejects"):  # nothing of a provider nobody knows would look like good news
        mistyped = door(command, "--provider", "B11")
        assert (mistyped.exit_code, "found no provider B11, expected one of B1" in mistyped.stderr) == (2, True)


POLICIES = [{"default": "refuse"}, {"default": "pseudonymise", "ledger": "drop"}]


@pytest.mark.parametrize("policy", POLICIES)
def test_no_identifier_and_no_name_is_told(programme: Programme, policy: dict[str, str]) -> None:
    """Identifiers in every column of every feed, of sound rows and of rejected ones."""
    programme.policy = Policy.of(policy)
    send_everywhere(Door(programme))
    programme.ledger(*(dict.fromkeys(("amount", "posting_date", "wte"), text) for text in (*CANARIES, NAME)))
    programme.night()
    told = [one for feed in FEEDS for one in tell(programme, feed)]
    assert len(told) > 20
    said = "".join(path.read_text("utf-8-sig") for one in told for path in (one.path, one.totals))
    assert found(said.lower()) == set()


def test_nothing_known_is_nothing_told(programme: Programme) -> None:
    assert write_all(programme.known(), "ledger", programme.staging, folder_of(programme)) == []
