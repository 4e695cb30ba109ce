"""Nothing received is lost, and when something is, the recount says so."""

from pathlib import Path

import duckdb
import pytest

from vm_pipeline.quality.totals import check_totals
from vm_pipeline.quality.verdict import Verdict
from vm_pipeline_tests.programme import OTHER, Programme
from vm_pipeline_tests.quality.damage import change, cut_short, restate, rewrite


def totals(programme: Programme, feed: str) -> Verdict:
    known = programme.known()
    with duckdb.connect() as con:
        return check_totals(con, feed, known, programme.staging, known.versions)


@pytest.fixture
def sent(programme: Programme) -> Programme:
    """Two boards, good rows and bad ones, in every feed; a questionnaire without answers; an empty month."""
    for board in ("B1", OTHER):
        programme.ledger(
            {"amount": "10.00"}, {"amount": "-3.25"}, {"amount": "n/k"}, {"amount": "7.00", "wte": "x"}, provider=board
        )
        programme.activity({}, {"unit_code": ""}, {"transaction_type": "D", "unit_code": ""}, provider=board)
    programme.ledger(period="2022-08")
    programme.survey({}, {"Q1": ""}, {"wave_date": "soon"}, provider="B1")
    programme.counts({}, {"question_code": "Q2", "answered": "n/a"}, {"wave_date": "soon"}, provider=OTHER)
    programme.night()
    return programme


@pytest.mark.parametrize("feed", ["ledger", "activity", "survey"])
def test_totals_hold_when_nothing_is_damaged(sent: Programme, feed: str) -> None:
    verdict = totals(sent, feed)
    assert (verdict.code, verdict.subject, verdict.passed, verdict.blocks) == ("totals_hold", feed, True, True)
    assert verdict.figures == ()


def test_totals_are_said_in_rows_and_pounds(sent: Programme) -> None:
    assert totals(sent, "ledger").message == (
        "ledger: 8 rows and £27.50 received = accepted + rejected, in each of 3 batches."
    )


def accepted(programme: Programme, feed: str = "ledger") -> Path:
    return programme.staging.accepted(programme.receipt(f"{feed}/B1/2022-07"))


def rejected(programme: Programme, feed: str = "ledger") -> Path:
    return programme.staging.rejected(programme.receipt(f"{feed}/B1/2022-07"))


@pytest.mark.parametrize("feed", ["ledger", "activity"])
def test_a_lost_row_is_noticed(sent: Programme, feed: str) -> None:
    rewrite(accepted(sent, feed), "SELECT * FROM {rows} WHERE row_number <> 1")
    verdict = totals(sent, feed)
    assert not verdict.passed
    assert verdict.blocks
    (figure,) = verdict.figures
    assert (figure["provider_code"], figure["period"], figure["rows_apart"]) == ("B1", "2022-07", 1)
    assert figure["content_id"] == sent.receipt(f"{feed}/B1/2022-07").content_id


def test_only_the_batch_that_does_not_hold_is_named(sent: Programme) -> None:
    rewrite(accepted(sent), "SELECT * FROM {rows} WHERE row_number <> 1")
    assert totals(sent, "ledger").message.startswith("ledger: found 1 of 3 batches")


def test_a_row_counted_twice_instead_of_another_is_noticed(sent: Programme) -> None:
    rewrite(accepted(sent), "SELECT * REPLACE (1::BIGINT AS row_number) FROM {rows}")
    assert not totals(sent, "ledger").passed


def test_a_row_both_accepted_and_rejected_is_noticed(sent: Programme) -> None:
    change(rejected(sent), "1::BIGINT AS row_number")
    assert not totals(sent, "ledger").passed


@pytest.mark.parametrize("feed", ["ledger", "activity", "survey"])
def test_lost_rejected_rows_are_noticed(sent: Programme, feed: str) -> None:
    rejected(sent, feed).unlink()
    assert not totals(sent, feed).passed


def test_a_penny_is_noticed(sent: Programme) -> None:
    change(accepted(sent), "CASE WHEN row_number = 1 THEN 10.01 ELSE amount END::DECIMAL(18,2) AS amount")
    (figure,) = totals(sent, "ledger").figures
    assert figure["apart_gbp"] == pytest.approx(-0.01)


def test_a_penny_among_rejected_rows_is_noticed(sent: Programme) -> None:
    change(rejected(sent), "(amount_gbp + 0.01)::DECIMAL(18,2) AS amount_gbp")
    assert not totals(sent, "ledger").passed


def test_more_questionnaires_than_were_accepted_are_noticed(sent: Programme) -> None:
    rewrite(accepted(sent, "survey"), "SELECT * REPLACE (n AS row_number) FROM {rows}, range(1, 9) AS t(n)")
    assert not totals(sent, "survey").passed


@pytest.mark.parametrize(
    "changes",
    [
        {"rows_received": 5},
        {"received": "13.76"},
        {"rejections": []},
        {"periods": []},
    ],
)
def test_a_summary_whose_parts_do_not_add_up_is_noticed(sent: Programme, changes: dict[str, object]) -> None:
    restate(sent, "ledger/B1/2022-07", **changes)
    assert not totals(sent, "ledger").passed


@pytest.mark.parametrize("damage", [cut_short, Path.unlink])
def test_a_file_that_cannot_be_read_does_not_hide_the_others(sent: Programme, damage: object) -> None:
    damage(accepted(sent))  # type: ignore[operator]
    verdict = totals(sent, "ledger")
    (figure,) = verdict.figures
    assert (figure["provider_code"], figure["readable"]) == ("B1", 0)
    assert "1 of them cannot be read" in verdict.message


def test_a_refused_batch_is_not_compared(sent: Programme) -> None:
    sent.send("ledger/B1/2022-09.csv", "no,such,header\n1,2,3\n")
    sent.night()
    assert totals(sent, "ledger").message.endswith("in each of 3 batches.")


def test_odd_names_of_folders_are_no_patterns(new_programme: object) -> None:
    programme = new_programme("of [2022]'s *")  # type: ignore[operator]
    programme.ledger({})
    programme.night()
    assert totals(programme, "ledger").passed


def test_nothing_received_holds(programme: Programme) -> None:
    assert totals(programme, "ledger").passed
