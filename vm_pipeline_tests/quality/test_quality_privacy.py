"""No check tells the content of a cell, and none speaks to the world."""

import logging
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from vm_pipeline.feeds import FEEDS
from vm_pipeline.quality.core import check_answers, check_facts, check_key_again, check_reconciliation
from vm_pipeline.quality.distribution import check_distribution
from vm_pipeline.quality.expectations import Bound, NotJudged, outside
from vm_pipeline.quality.suites import check_contract
from vm_pipeline.quality.totals import check_totals
from vm_pipeline.quality.verdict import Verdict
from vm_pipeline.quality.whole_table import check_whole_table
from vm_pipeline_tests.programme import Programme
from vm_pipeline_tests.quality.damage import change, cut_short
from vm_pipeline_tests.quality.test_core import KEYS

SECRET = "ZEBEDEE QUUX"


def everything(programme: Programme) -> Iterator[Verdict]:
    """Every check there is."""
    known, staging = programme.known(), programme.staging
    with duckdb.connect() as con:
        for feed in FEEDS:
            yield check_totals(con, feed, known, staging, known.versions)
            yield from check_contract(con, feed, known, staging, known.versions)
            yield from check_whole_table(feed, known)
            yield check_distribution(feed, known)
    con = programme.warehouse()
    yield check_key_again(con)
    yield check_answers(con)
    yield check_reconciliation(con)
    yield from check_facts(con, KEYS)


@pytest.fixture
def secretive(programme: Programme) -> Programme:
    """The secret in every cell that takes text, in sound rows, rejected rows, refused batches, and controls."""
    codes = {"cost_centre_code": SECRET, "account_code": SECRET, "journal_id": SECRET, "supplier_code": SECRET}
    programme.ledger(codes | {"narrative": SECRET}, codes | {"narrative": SECRET, "amount": SECRET})
    programme.ledger(
        codes,
        *({column: SECRET} for column in ("financial_year", "period", "posting_date", "wte", "line_no")),
        period="2022-08",
    )
    control = "provider_code,financial_year,period,row_count,total_amount\n"
    programme.ledger({"financial_year": SECRET}, {"period": SECRET}, period="2022-09")
    programme.send("ledger/B1/2022-09.control.csv", f"{control}B1,{SECRET},{SECRET},7,1.00\n")
    programme.activity(
        {"unit_code": SECRET, "measure_code": SECRET, "patient_ref": SECRET, "outcome_code": SECRET},
        *({column: SECRET} for column in ("transaction_type", "start_at", "end_at", "quantity", "record_id")),
    )
    programme.survey(
        {"survey_code": SECRET, "team_name": SECRET, "respondent_ref": SECRET, "Q1": SECRET, SECRET: SECRET},
        {"wave_date": SECRET},
    )
    programme.night()
    return programme


@pytest.mark.parametrize("damaged", [False, True])
def test_no_verdict_log_or_print_tells_a_cell(
    secretive: Programme, damaged: bool, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    outside("first", [{"n": 0}], [Bound("n", 0, 0)])  # what is said when it is imported is not of a check
    caplog.set_level(logging.DEBUG)
    caplog.clear()
    capfd.readouterr()
    if damaged:
        spoil(secretive)
    verdicts = [*everything(secretive)]
    assert capfd.readouterr() == ("", "")
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []
    told = f"{verdicts!r} {caplog.text}".upper()
    assert any(not verdict.passed for verdict in verdicts)
    for part in SECRET.split():
        assert part not in told


def spoil(programme: Programme) -> None:
    """The secret where staging would never put it."""
    accepted = {
        feed: programme.staging.accepted(programme.receipt(f"{feed}/B1/2022-07"))
        for feed in ("ledger", "activity", "survey")
    }
    change(accepted["ledger"], f"'{SECRET.lower()}' AS account_code")
    change(accepted["activity"], f"'{SECRET}' AS patient_ref")
    change(accepted["survey"], f"'{SECRET.lower()}' AS answer")
    change(programme.staging.rejected(programme.receipt("activity/B1/2022-07")), f"'{SECRET}' AS row_number")


def test_an_error_of_the_engine_is_not_repeated(secretive: Programme) -> None:
    """DuckDB quotes the text it cannot cast; a file that cannot be read is only said to be one."""
    change(secretive.staging.accepted(secretive.receipt("ledger/B1/2022-07")), f"'{SECRET}' AS amount")
    known = secretive.known()
    with duckdb.connect() as con:
        verdict = check_totals(con, "ledger", known, secretive.staging, known.versions)
    assert not verdict.passed
    assert "cannot be read" in verdict.message
    assert SECRET not in repr(verdict)


def test_checks_need_no_network_and_write_no_file(
    secretive: Programme, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a check opened a connection")

    empty = tmp_path / "nowhere"
    empty.mkdir()
    monkeypatch.chdir(empty)
    monkeypatch.setenv("HOME", str(empty))
    monkeypatch.setattr(socket.socket, "connect", refuse)
    before = set(secretive.home.rglob("*"))
    known = secretive.known()
    with duckdb.connect() as con:
        for feed in FEEDS:
            check_contract(con, feed, known, secretive.staging, known.versions)
            check_whole_table(feed, known)
    assert set(secretive.home.rglob("*")) == before
    assert list(empty.iterdir()) == []


def test_checks_may_run_side_by_side() -> None:
    """Great Expectations keeps its project in a global."""
    found: list[dict[str, list[int]]] = []

    def judge(low: int) -> None:
        found.append(outside("side by side", [{"n": 1}, {"n": 5}], [Bound("n", low, None)]))

    threads = [threading.Thread(target=judge, args=(2,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [{"n": [0]}] * 4


def test_what_could_not_be_judged_is_no_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    from vm_pipeline.quality import expectations

    another = expectations.suite("another", [Bound("absent", 0, 1)])
    monkeypatch.setattr(expectations, "suite", lambda *_: another)
    with pytest.raises(NotJudged, match="could not evaluate"):
        outside("wrong", [{"n": 1}], [Bound("n", 0, 1)])


def test_missing_numbers_are_not_judged() -> None:
    bounds = [Bound("n", 0, 1), Bound("m", None, 3)]
    rows: list[dict[str, object]] = [{"n": None, "m": 4}, {"n": 2, "m": None}, {"n": 1, "m": 3}]
    assert outside("some", rows, bounds) == {"n": [1], "m": [0]}


def test_cut_files_stop_no_check(secretive: Programme) -> None:
    for feed in FEEDS:
        cut_short(secretive.staging.accepted(secretive.receipt(f"{feed}/B1/2022-07")))
    known = secretive.known()
    with duckdb.connect() as con:
        for feed in FEEDS:
            assert not check_totals(con, feed, known, secretive.staging, known.versions).passed
            judged = check_contract(con, feed, known, secretive.staging, known.versions)
            assert not all(one.passed for one in judged)
            check_distribution(feed, known)


@pytest.mark.parametrize("counts", [(0, 0, 0, 0), (0, 1, 0, 0), (0, 0, 2, 1), (0, None, 0, 0), (None, 3, 0, 0)])
def test_counts_of_what_must_not_be(counts: tuple[int | None, ...]) -> None:
    """Where there is nothing of anything, one expectation says so; else each column has its own."""
    rows = [{"m": counts[0], "n": counts[1]}, {"m": counts[2], "n": counts[3]}]
    broken = {name: [place for place, row in enumerate(rows) if row[name]] for name in ("m", "n")}
    assert outside("some", rows, [Bound(name, 0, 0) for name in broken]) == broken
