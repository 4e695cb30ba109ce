"""How rows look against a provider's own past, and ledger keys that come again."""

import pytest

from vm_pipeline.calendar import months
from vm_pipeline.quality.core import check_key_again
from vm_pipeline.quality.distribution import check_distribution
from vm_pipeline.quality.verdict import Verdict
from vm_pipeline_tests.programme import Programme, ledger


def distribution(programme: Programme, feed: str, *blocking: str) -> Verdict:
    programme.night()
    return check_distribution(feed, programme.known(), None, frozenset(blocking))


def amounts(programme: Programme, period: str, *pounds: str) -> None:
    programme.ledger(*({"amount": amount, "journal_id": period} for amount in pounds), period=period)


@pytest.fixture
def past(programme: Programme) -> Programme:
    """Four months alike in every feed."""
    for period in months("2022-04", "2022-07"):
        amounts(programme, period, "10.00", "12.00", "14.00", "9.00", "-11.00")
        programme.activity(*[{}] * 9, {"transaction_type": "D"}, period=period)
        programme.survey(*({"Q1": answer} for answer in ["Agree"] * 9 + ["Maybe"]), period=period)
    return programme


@pytest.mark.parametrize("feed", ["ledger", "activity", "survey"])
def test_months_alike_pass(past: Programme, feed: str) -> None:
    verdict = distribution(past, feed)
    assert (verdict.code, verdict.subject, verdict.passed) == ("distribution", feed, True)
    assert "1 month judged" in verdict.message


def test_pence_sent_for_pounds_are_seen(past: Programme) -> None:
    amounts(past, "2022-08", "1000", "1200", "1400", "900", "-1100")
    (figure,) = distribution(past, "ledger").figures
    assert figure == {
        "measure": "middle_amount_gbp",
        "provider_code": "B1",
        "period": "2022-08",
        "value": 1100.0,
        "usual": 11.0,
    }


def test_a_turned_sign_is_seen(past: Programme) -> None:
    amounts(past, "2022-08", "-10.00", "-12.00", "-14.00", "-9.00", "11.00")
    (figure,) = distribution(past, "ledger").figures
    assert (figure["measure"], figure["value"], figure["usual"]) == ("share_negative", 0.8, 0.2)


def test_one_huge_journal_is_not(past: Programme) -> None:
    amounts(past, "2022-08", "10.00", "12.00", "14.00", "9.00", "-9999999.00")
    assert distribution(past, "ledger").passed


def test_many_deletions_are_seen(past: Programme) -> None:
    past.activity(*[{"transaction_type": "D"}] * 8, {}, {}, period="2022-08")
    (figure,) = distribution(past, "activity").figures
    assert (figure["measure"], figure["value"], figure["usual"]) == ("share_deleted", 0.8, 0.1)


def test_answers_off_the_scale_are_seen(past: Programme) -> None:
    past.survey(*({"Q1": answer} for answer in ["Agree"] * 6 + ["ja"] * 4), period="2022-08")
    (figure,) = distribution(past, "survey").figures
    assert (figure["measure"], figure["value"], figure["usual"]) == ("share_off_scale", 0.4, 0.1)


def test_a_short_past_says_nothing(programme: Programme) -> None:
    for period in months("2022-04", "2022-06"):
        amounts(programme, period, "1.00" if period < "2022-06" else "9000.00")
    assert distribution(programme, "ledger").passed


def test_a_month_of_a_longer_extract_is_a_month(past: Programme) -> None:
    lines = [{"period": "5", "amount": "10.00"}, {"period": "6", "amount": "900.00"}]
    past.send("ledger/B1/2022-08_2022-09.csv", ledger(*lines))
    figures = distribution(past, "ledger").figures
    assert [(figure["period"], figure["measure"]) for figure in figures] == [
        ("2022-09", "middle_amount_gbp"),
        ("2022-08", "share_negative"),
        ("2022-09", "share_negative"),
    ]


def test_a_feed_may_be_made_to_block(past: Programme) -> None:
    assert distribution(past, "ledger", "ledger").blocks
    assert not distribution(past, "ledger", "activity").blocks


def again(programme: Programme) -> Verdict:
    programme.night()
    return check_key_again(programme.core())


def test_the_same_key_in_two_batches_is_counted_beyond_the_first(programme: Programme) -> None:
    """The first of its own line, and of its own board: line 9 and B2 came later than others of J1."""
    ninth = {"line_no": "9", "amount": "2.00"}
    programme.ledger({"amount": "10.00"}, {"amount": "3.00"}, {"amount": "1.00"})
    programme.ledger({"amount": "10.00"}, {"amount": "-3.25"}, {"journal_id": "J2"}, ninth, period="2022-08")
    programme.ledger({"amount": "10.00"}, ninth, period="2022-09")
    for period in ("2022-08", "2022-09"):
        programme.ledger({"amount": "5.00"}, period=period, provider="B2")
    verdict = again(programme)
    assert (verdict.code, verdict.passed, verdict.blocks) == ("key_again", False, False)
    assert "found 5 lines (£23.75 net) in 3 batches" in verdict.message
    assert [(figure["period"], figure["rows"], figure["amount_gbp"]) for figure in verdict.figures] == [
        ("2022-08", 2, 6.75),
        ("2022-09", 2, 12.0),
        ("2022-09", 1, 5.0),
    ]


def test_another_board_s_key_is_another_key(programme: Programme) -> None:
    programme.ledger({})
    programme.ledger({}, provider="B2")
    assert again(programme).passed


def test_a_superseded_batch_does_not_count(programme: Programme) -> None:
    programme.ledger({"amount": "10.00"})
    programme.night()
    programme.ledger({"amount": "11.00"})
    assert again(programme).passed


def test_months_of_an_extract_that_were_replaced_do_not_count(programme: Programme) -> None:
    programme.send("ledger/B1/2022-07_2022-08.csv", ledger({}, {"period": "5"}))
    programme.night()
    programme.ledger({"amount": "10.00"})  # line 1 of July again, in place of the extract's July
    assert again(programme).passed
    programme.ledger({"line_no": "2", "amount": "4.00"}, period="2022-09")
    assert "found 1 line (£4.00 net)" in again(programme).message
