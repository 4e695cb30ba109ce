"""Withdrawing, purging and keeping: what counts by decision, what is gone for good, and what history says of it."""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from vm_pipeline.figures import status
from vm_pipeline.home import Home
from vm_pipeline.keeping.purge import purge
from vm_pipeline.keeping.retention import Tidied, tidy
from vm_pipeline.keeping.withdraw import CannotDecide, reinstate, withdraw
from vm_pipeline.settings import Asked, ConfigurationError, Settings, load
from vm_pipeline.sources.landing import Landing
from vm_pipeline.sources.receipts import Receipt
from vm_pipeline.sources.retention import Retention
from vm_pipeline.staging.known import NotStaged
from vm_pipeline_tests.night.conftest import PERSON, Door
from vm_pipeline_tests.programme import FIRST_NIGHT, Programme


def cost(path: Path) -> str:
    with duckdb.connect(str(path), read_only=True) as con:
        return str(con.execute("SELECT coalesce(sum(amount_gbp), 0) FROM vm.fact_cost").fetchall()[0][0])


def batches(path: Path) -> dict[str, tuple[bool, str | None, bool]]:
    with duckdb.connect(str(path), read_only=True) as con:
        rows = con.execute(
            "SELECT batch_id, is_in_force, withdrawn_because, is_purged FROM vm.batch WHERE feed = 'ledger'"
        ).fetchall()
    return {batch: rest for batch, *rest in rows}  # type: ignore[misc]


def as_of(door: Door, moment: str) -> Path:
    """The warehouse of a night before."""
    result = door.run("--as-of", moment)
    assert result.exit_code == 0, result.output
    return max((door.programme.home / "as-of").glob("*.duckdb"), key=lambda path: path.stat().st_mtime)


def versions(door: Door) -> tuple[str, str, str]:
    """July, and July as sent again; both batches, and the moment in which the second counted."""
    right, wrong = (one for one in door.programme.receipts() if str(one.slot) == "ledger/B1/2022-07")
    return right.content_id, wrong.content_id, wrong.received_at


def holds(folder: Path, text: str) -> list[str]:
    """Files below a folder in which the text stands."""
    return [str(path) for path in folder.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]


@pytest.mark.usefixtures("after_two_nights")
def test_a_withdrawn_batch_does_not_count_from_then_on_and_did_before(door: Door) -> None:
    right, wrong, when = versions(door)
    assert cost(door.snapshot) == "99.00"
    said = door("withdraw", wrong, "--reason", "the wrong board's file")
    assert said.exit_code == 0, said.output
    assert f"2022-07: batch {right} counts again" in said.stdout
    assert door.run().exit_code == 0
    assert cost(door.snapshot) == "20.00"
    found = batches(door.snapshot)
    assert found[wrong] == [False, "the wrong board's file", False] and found[right] == [True, None, False]
    assert cost(as_of(door, when)) == "99.00"
    assert "up to date" in door.run().stdout.lower()
    for undo in ("--undo",), ():  # all is as it was, but for `withdrawn_at`
        door("withdraw", wrong, "--reason", "the wrong board's file", *undo)
    assert not json.loads(door("status", "--json").stdout)["up_to_date"]
    result = door("purge", "nothing", "--reason", "erased for 010101-1237")  # published with the batch, for good
    assert (result.exit_code, "found what looks like an identifier" in result.output) == (2, True)
    result = door("purge", "nothing", "--reason", "why")
    assert result.exit_code == 2 and "expected a batch_id" in result.stderr


@pytest.mark.usefixtures("after_a_night")
def test_a_decision_that_was_taken_back_is_published_too(door: Door) -> None:
    """Or the doctor says for ever that something waits for readers, and no night is there to give it to them."""
    batch = door.programme.receipt("survey/B1/2022-07").content_id
    for undo in (), ("--undo",):
        door("withdraw", batch, "--reason", "to see", *undo)
    assert [door.figures()["status"] for _ in range(2)] == ["published", "up to date"]


def home_of(programme: Programme, **days: int) -> Home:
    return Home(
        Settings(
            home=programme.home,
            warehouse=programme.home / "warehouse.duckdb",
            retention=Retention(**days),
            pseudonym_key=programme.pseudonym_key,
        )
    )


def costs(programme: Programme, as_of: str = "") -> list[tuple[object, ...]]:
    con = programme.core(as_of)
    return con.execute("SELECT team_code, amount_gbp::INTEGER FROM vm.fact_cost ORDER BY ALL").fetchall()


@pytest.fixture
def sent_twice(programme: Programme) -> Programme:
    """A map and a month, and both again."""
    for team, amount in (("T1", "10"), ("T2", "99")):
        programme.reference("cost_centre_map", f"B1,R1,{team},1,,")
        programme.ledger({"amount": amount})
        programme.night()
    return programme


def test_the_only_version_withdrawn_leaves_the_month_missing(programme: Programme) -> None:
    programme.ledger({})
    programme.night()
    found = withdraw(home_of(programme), programme.receipt().content_id, "not ours", programme.clock)
    assert [(one.month, one.after) for one in found.moved] == [("2022-07", "")]
    assert costs(programme) == []


def test_a_reference_file_withdrawn_gives_the_one_before(sent_twice: Programme) -> None:
    batch = sent_twice.receipt("reference/cost_centre_map").content_id
    withdraw(home_of(sent_twice), batch, "sent too early", sent_twice.clock)
    assert costs(sent_twice) == [("T1", 99)]


def test_each_decision_is_seen_from_its_own_time_on(sent_twice: Programme) -> None:
    batch, seen = sent_twice.receipt("ledger/B1/2022-07").content_id, []
    for decide in (withdraw, reinstate, withdraw):
        seen.append((sent_twice.landing.last_moment, costs(sent_twice)))
        decide(home_of(sent_twice), batch, "to see", sent_twice.clock)
    seen.append((sent_twice.landing.last_moment, costs(sent_twice)))
    assert [found for _, found in seen] == [[("T2", 99)], [("T2", 10)], [("T2", 99)], [("T2", 10)]]
    assert [costs(sent_twice, moment) for moment, _ in seen] == [found for _, found in seen]


def test_what_makes_no_sense_is_refused(sent_twice: Programme) -> None:
    home, batch = home_of(sent_twice), sent_twice.receipt("ledger/B1/2022-07").content_id
    for decide, asked in ((withdraw, "nothing"), (reinstate, batch), (purge, "nothing")):
        with pytest.raises(CannotDecide, match="expected"):
            decide(home, asked, "why", sent_twice.clock)
    assert not sent_twice.landing.decisions()
    withdraw(home, batch, "wrong", sent_twice.clock)
    with pytest.raises(CannotDecide, match="withdrawn already"):
        withdraw(home, batch, "wrong", sent_twice.clock)
    purge(home, batch, "wrong", sent_twice.clock)
    with pytest.raises(CannotDecide, match="its rows are gone"):
        reinstate(home, batch, "right", sent_twice.clock)


@pytest.mark.usefixtures("after_two_nights")
def test_what_is_purged_is_nowhere_and_history_says_so(door: Door) -> None:
    right, wrong, when = versions(door)
    as_of(door, when)
    home = door.programme.home
    assert holds(home / "landing", PERSON)
    plan = door("purge", wrong, "--reason", "names in the narrative", "--dry-run")
    assert "would go: landing/objects/" in plan.stdout and holds(home / "landing", PERSON)
    said = door("purge", wrong, "--reason", "names in the narrative")
    assert said.exit_code == 0, said.output
    for gone in (
        "gone: landing/objects/",
        "gone: staging/ledger/",
        "gone: as-of/",
        "gone: reports",
        "use `vm-pipeline run`",
    ):
        assert gone in said.stdout
    assert holds(home, PERSON) == []
    assert not list((home / "staging" / "ledger").glob(f"{wrong}*"))

    door.programme.ledger({"amount": "20.00"})
    assert door.run().exit_code == 0
    assert cost(door.snapshot) == "20.00"
    assert batches(door.snapshot)[wrong] == [False, "names in the narrative", True]
    assert batches(door.snapshot)[right][2] is False
    with duckdb.connect(str(door.snapshot), read_only=True) as con:
        counted = con.execute("SELECT rows_received, rows_rejected FROM vm.batch WHERE is_purged").fetchall()
    assert counted == [(2, 1)]
    assert "purged, its rows are gone: names in the narrative" in door("trace", "batch", wrong).stdout

    result = door.run("--as-of", when)
    assert result.exit_code == 1
    told = " ".join(result.stdout.split())
    assert f"found batch {wrong} purged on" in told and "expected its rows" in told


def test_what_was_purged_is_not_taken_again(programme: Programme) -> None:
    """The file still lies in the drop folder: every night says so, and none keeps it."""
    programme.ledger({"narrative": PERSON})
    programme.night()
    batch = programme.receipt().content_id
    purge(home_of(programme), batch, "names in it", programme.clock)
    (problem,) = programme.night().problems
    assert f"the bytes of batch {batch}, purged on" in problem.found
    assert holds(programme.home, PERSON) == []
    programme.ledger({})
    assert len(programme.night().new) == 1


def test_purging_cut_short_is_finished_by_asking_again(sent_twice: Programme) -> None:
    receipt = sent_twice.receipt("ledger/B1/2022-07")
    path = sent_twice.landing.path(receipt.sha256)
    kept = path.read_bytes()
    purge(home_of(sent_twice), receipt.content_id, "names in it", sent_twice.clock)
    path.write_bytes(kept)
    purge(home_of(sent_twice), receipt.content_id, "again", sent_twice.clock)
    assert not path.exists()
    assert len(sent_twice.landing.decisions()) == 1


def test_equal_bytes_of_two_months_go_together(programme: Programme) -> None:
    for period in ("2022-08", "2022-09"):
        programme.ledger({"narrative": PERSON}, period=period)
    programme.night()
    batches = {programme.receipt(f"ledger/B1/{period}").content_id for period in ("2022-08", "2022-09")}
    assert set(purge(home_of(programme), min(batches), "names", programme.clock).batches) == batches
    assert holds(programme.home, PERSON) == []


def test_a_control_file_that_another_month_has_too_stays(programme: Programme) -> None:
    for period, amount in (("2022-08", "1"), ("2022-09", "2")):
        programme.activity({"quantity": amount}, period=period)
        programme.send(f"activity/B1/{period}.control.csv", "row_count\n1\n")
    programme.night()
    august, september = (programme.receipt(f"activity/B1/2022-0{month}") for month in (8, 9))
    assert august.control_sha256 == september.control_sha256
    purge(home_of(programme), august.content_id, "names", programme.clock)
    assert programme.landing.verified(september.control_sha256)


def test_in_which_order_batches_are_staged_cannot_be_seen(programme: Programme) -> None:
    for amount in ("1.00", "2.00"):
        programme.ledger({"amount": amount})
        programme.receive()
    programme.send("ledger/B1/2022-07.csv", "")
    programme.receive()
    receipts, seen = programme.receipts(), []
    for seed in range(4):
        random.Random(seed).shuffle(receipts)
        for one in receipts:
            programme.staging.stage([one], again=True)
        seen.append(programme.known().versions)
    assert all(one == seen[0] for one in seen)
    assert [version.in_force for version in seen[0]] == [False, True, False]


class TestRetention:
    def test_nothing_goes_unless_it_is_said(self, sent_twice: Programme) -> None:
        later = sent_twice.clock + timedelta(days=9999)
        assert tidy(home_of(sent_twice), later) == Tidied((), ())

    def test_superseded_extracts_go_when_they_are_due_and_no_earlier(self, sent_twice: Programme) -> None:
        first = next(one for one in sent_twice.receipts() if one.slot.feed == "ledger")
        home, due = home_of(sent_twice, superseded_days=30), FIRST_NIGHT + timedelta(days=31, seconds=1)
        assert tidy(home, due - timedelta(seconds=2)).batches == ()
        assert tidy(home, due, dry_run=True).batches == (first.content_id,)
        assert not sent_twice.landing.decisions()
        assert tidy(home, due).batches == (first.content_id,)
        assert (sent_twice.landing.decisions()[0].reason, tidy(home, due).batches) == ("kept for 30 days", ())
        assert not sent_twice.landing.path(first.sha256).exists()
        assert costs(sent_twice) == [("T2", 99)]

    def test_thousands_that_are_due_are_looked_for_together(
        self, programme: Programme, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Where the log was asked, and staging listed, for each of them, 1,240 batches of 1,800 took 40 s."""
        for amount in range(1, 6):
            programme.ledger({"amount": f"{amount}"})
            programme.night()
        home, real = home_of(programme, superseded_days=30), Landing.receipts
        asked: list[Landing] = []

        def counting(landing: Landing) -> Iterator[Receipt]:
            asked.append(landing)
            return real(landing)

        monkeypatch.setattr(Landing, "receipts", counting)
        assert len(tidy(home, programme.clock + timedelta(days=31)).batches) == 4
        assert len(asked) <= 4

    def test_that_a_month_was_restated_stays_known(self, sent_twice: Programme) -> None:
        """What D03 is made of, once the extract that was replaced is erased."""
        restated = "SELECT amount_before::INTEGER, amount_gbp::INTEGER FROM core.restated"
        for _ in range(2):
            assert sent_twice.core().execute(restated).fetchall() == [(10, 99)]
            tidy(home_of(sent_twice, superseded_days=1), FIRST_NIGHT + timedelta(days=99))

    def test_bytes_that_are_in_force_for_another_month_stay(self, programme: Programme) -> None:
        for period in ("2022-08", "2022-09"):
            programme.ledger({}, period=period)
        programme.night()
        programme.ledger({"amount": "7"}, period="2022-08")
        programme.night()
        assert tidy(home_of(programme, superseded_days=1), FIRST_NIGHT + timedelta(days=99)).batches == ()

    def test_warehouses_of_other_times_and_leftovers(self, sent_twice: Programme) -> None:
        home = home_of(sent_twice, as_of_days=7, leftover_days=7)
        old, past = home.staging.root / "ledger" / "0123456789ab-reader", home.folder / "as-of" / "then.duckdb"
        old.mkdir()
        past.parent.mkdir()
        past.touch()
        assert tidy(home, datetime.now(UTC)).paths == ()
        found = tidy(home, datetime.now(UTC) + timedelta(days=8)).paths
        assert found == ("as-of/then.duckdb", "staging/ledger/0123456789ab-reader")
        assert not past.exists() and not old.exists()
        assert costs(sent_twice) == [("T2", 99)]

    def test_what_another_key_hashed_is_not_left_over(self, programme: Programme) -> None:
        """A shell without the night's VM_PSEUDONYM_KEY: all patients would be staged again the next night."""
        programme.activity({})
        programme.night()
        (there,) = (programme.staging.root / "activity").iterdir()
        programme.pseudonym_key = "other"
        with pytest.raises(NotStaged, match="VM_PSEUDONYM_KEY"):
            tidy(home_of(programme, leftover_days=7), datetime.now(UTC) + timedelta(days=8))
        assert there.exists()
        assert status(home_of(programme), programme.clock)["not_staged"] == 1

    @pytest.mark.parametrize("line", ["superseded_days = -1", "as_of_days = 'week'", "superseded = 3"])
    def test_a_setting_that_says_nothing_is_refused(self, tmp_path: Path, line: str) -> None:
        path = tmp_path / "vm.toml"
        path.write_text(f"[retention]\n{line}\n")
        with pytest.raises(ConfigurationError, match="retention: found"):
            load(Asked(config=path), {})
