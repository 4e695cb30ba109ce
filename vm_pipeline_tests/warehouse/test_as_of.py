"""The warehouse is a function of receipts and a time: as of any night it is what was built then, on any machine."""

import random
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from vm_pipeline.warehouse.build import build_core, build_marts, build_signals, judge
from vm_pipeline.warehouse.fingerprint import fingerprint
from vm_pipeline.warehouse.workspace import open_workspace
from vm_pipeline_tests.programme import FIRST_NIGHT, Programme
from vm_pipeline_tests.warehouse.world import World, put

Make = Callable[[str], Programme]


def test_as_of_a_night_is_what_was_built_that_night(programme: Programme, world: World) -> None:
    """Restatements, refusals, a map that changed, a control that came later: none of it reaches back."""
    built = {}

    def night() -> None:
        programme.night()
        built[programme.receipts()[-1].received_at] = programme.fingerprint()

    programme.ledger({"amount": "1.00"}, {"amount": "2.00"})
    night()
    programme.reference("cost_centre_map", "B1,R1,T1,0.5,,")
    programme.activity({"unit_code": "W1"}, period="2022-08")
    night()
    programme.ledger({"amount": "3.00"})
    programme.survey({})
    night()
    programme.send("ledger/B1/2022-07.csv", "")
    programme.reference("unit_map", "B1,W1,T1,,")
    night()
    put(world, programme)
    night()
    programme.ledger({"amount": "1.00"}, {"amount": "2.00"})
    programme.ledger({"period": "3"}, period="2022-04_2022-08")
    night()
    assert len(set(built.values())) == len(built) == 6
    assert {then: programme.fingerprint(then) for then in built} == built


def test_between_two_nights_the_earlier_one_holds(programme: Programme) -> None:
    for amount in ("1.00", "2.00"):
        programme.ledger({"amount": amount})
        programme.night()
    first, second = (receipt.received_at for receipt in programme.receipts())
    just_before = (FIRST_NIGHT + timedelta(days=1, microseconds=-1)).isoformat(timespec="microseconds")
    assert first < just_before < second
    assert programme.fingerprint(just_before) == programme.fingerprint(first) != programme.fingerprint(second)


@pytest.mark.parametrize("seed", [1, 2])
def test_grouping_into_nights_and_order_do_not_matter(
    new_programme: Make, world_programme: Programme, built: duckdb.DuckDBPyConnection, seed: int
) -> None:
    """The files of the small world one by one or in handfuls, in random order, on days of another year."""
    chance = random.Random(seed)
    files = sorted(path for path in world_programme.drop.rglob("*") if path.is_file())
    chance.shuffle(files)
    programme = new_programme("elsewhere")
    programme.clock += timedelta(days=chance.randrange(1000))
    while files:
        for path in [files.pop() for _ in range(min(len(files), chance.randrange(1, 9)))]:
            programme.send(path.relative_to(world_programme.drop).as_posix(), path.read_bytes())
        programme.night()
    assert programme.fingerprint() == fingerprint(built)


def test_staging_is_a_cache(new_programme: Make, world: World) -> None:
    """Thrown away it comes back the same, and so does a landing on another machine."""
    programme = new_programme("here")
    put(world, programme)
    programme.night()
    here = programme.fingerprint()
    shutil.rmtree(programme.staging.root)
    programme.staging.stage(programme.receipts())
    assert programme.fingerprint() == here
    there = new_programme("there")
    shutil.copytree(programme.landing.root, there.landing.root)
    there.staging.stage(there.receipts())
    assert there.fingerprint() == here


@pytest.mark.parametrize("threads", [2, 4])
def test_the_number_of_threads_does_not_matter(
    world_programme: Programme, built: duckdb.DuckDBPyConnection, tmp_path: Path, threads: int
) -> None:
    """To the bit, ratios included."""
    with open_workspace(tmp_path / "again.duckdb", threads=threads) as con:
        build_core(con, world_programme.known(), world_programme.staging, "SCT")
        build_marts(con)
        judge(con)
        build_signals(con, tmp_path, world_programme.landings(con)[-1:])
        assert fingerprint(con) == fingerprint(built)


def test_when_it_was_received_does_not_matter(new_programme: Make) -> None:
    """received_at and superseded_at are told apart from content."""
    found = []
    for name, days in (("early", 0), ("late", 500)):
        programme = new_programme(name)
        programme.clock += timedelta(days=days)
        for amount in ("1.00", "2.00"):
            programme.ledger({"amount": amount})
            programme.night()
        found.append(programme)
    assert found[0].fingerprint() == found[1].fingerprint()
    times = [one.warehouse().execute("SELECT max(received_at) FROM vm.batch").fetchone() for one in found]
    assert times[0] != times[1]
