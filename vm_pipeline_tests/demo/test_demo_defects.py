"""What is wrong with the made-up files: every rule is met, few rows are, and every habit is there."""

from collections import Counter
from pathlib import Path

import pytest
from demo_reading import Cells, in_groups, judged, pence, sound

RULES = {
    "ledger": {"missing_code", "wrong_provider", "bad_period", "bad_date", "bad_amount", "bad_wte", "duplicate"},
    "activity": {"missing_code", "wrong_provider", "bad_type", "bad_date", "end_before_start", "bad_quantity"},
    "survey": {"missing_code", "wrong_provider", "bad_date", "duplicate"},
}
ANSWERS = {
    "agree6": {
        "strongly agree",
        "agree",
        "slightly agree",
        "slightly disagree",
        "disagree",
        "strongly disagree",
    },
    "agree5": {"strongly agree", "agree", "neither agree nor disagree", "disagree", "strongly disagree"},
    "yesno": {"yes", "no"},
    "0-10": {str(score) for score in range(11)},
}
SKIPPED = {"", "n/a", "-", "*"}
HIGHLAND, FORTH_VALLEY, GLASGOW, TAYSIDE = "S08000022", "S08000019", "S08000031", "S08000030"


@pytest.mark.parametrize("feed", RULES)
def test_every_rule_is_met_in_every_board_and_few_rows_are_wrong(programme: Path, feed: str) -> None:
    found: dict[str, Counter[str]] = {}
    for provider, _, _, code in judged(programme, feed):
        found.setdefault(provider, Counter())[code] += 1
    for counts in found.values():
        assert set(counts) - {""} == RULES[feed]
    rejected = sum(count for counts in found.values() for code, count in counts.items() if code)
    share = rejected / sum(map(Counter.total, found.values()))
    assert 0.003 < share < (0.007 if feed != "survey" else 0.02)


def test_some_answers_are_on_no_scale(programme: Path, reference: dict[str, list[Cells]]) -> None:
    scales = {name: row["scale"] for row in reference["survey_questions"] for name in _names(row)}
    odd = {scale: set() for scale in ANSWERS}
    answers = 0
    for _, _, row in sound(programme, "survey"):
        for name in scales.keys() & row.keys():
            answers += 1
            if row[name].lower() not in ANSWERS[scales[name]] | SKIPPED:
                odd[scales[name]].add(row[name])
    assert odd == {"agree6": {"Mostly"}, "agree5": {"See comment"}, "yesno": {"Sometimes"}, "0-10": {"11"}}
    assert answers > 20_000


def _names(question: Cells) -> tuple[str, str]:
    return question["question_code"], question["question_text"]


def test_added_up_answers_are_possible(programme: Path) -> None:
    counts = [row for provider, _, row in sound(programme, "survey") if provider == GLASGOW]
    assert counts
    assert all(0 <= int(row["positive"]) <= int(row["answered"]) for row in counts)


def test_boards_have_their_own_habits(programme: Path) -> None:
    sent = {board: (programme / "ledger" / board / "2021-03.csv").read_bytes() for board in (TAYSIDE, HIGHLAND)}
    assert b"\r\n" in sent[HIGHLAND]
    assert b"\r\n" not in sent[TAYSIDE]
    assert b',"(' in sent[HIGHLAND]
    valley = (programme / "ledger" / FORTH_VALLEY / "2021-03.csv").read_text(encoding="utf-8")
    assert "provider_code;financial_year" in valley
    assert "27-Mar-2021" in valley
    assert "CR;" in valley
    glasgow = (programme / "ledger" / GLASGOW / "2021-03.csv").read_bytes()
    with pytest.raises(UnicodeDecodeError):
        glasgow.decode("utf-8")
    assert "Café" in glasgow.decode("cp1252")
    assert "£" in glasgow.decode("cp1252")


def test_summer_moments_of_one_board_carry_their_offset(programme: Path) -> None:
    starts = [row["start_at"] for provider, _, row in sound(programme, "activity") if provider == HIGHLAND]
    assert any(start.endswith("+01:00") and "-07-" in start for start in starts)
    assert any(start.endswith("+00:00") and "-01-" in start for start in starts)
    assert any(len(start) == len("2021-01-01") for start in starts)


def test_untidy_cost_centres_come_from_one_board(programme: Path) -> None:
    boards = Counter(board for board, _, row in sound(programme, "ledger") if row["cost_centre_code"].islower())
    assert boards.keys() == {HIGHLAND}
    assert boards[HIGHLAND] > 20


def test_every_transaction_and_late_records(programme: Path) -> None:
    kinds, late = Counter(), 0
    for _, month, row in sound(programme, "activity"):
        kinds[row["transaction_type"]] += 1
        late += row["transaction_type"] == "I" and row["start_at"][:7] < month
    assert kinds["I"] > kinds["R"] > kinds["D"] > 50
    assert 100 < late < 0.02 * kinds["I"]


def test_every_deletion_follows_its_insert(programme: Path) -> None:
    known: set[tuple[str, str]] = set()
    for provider, _, row in sound(programme, "activity"):
        key = (provider, row["record_id"])
        assert row["transaction_type"] == "I" or key in known
        assert row["transaction_type"] != "I" or key not in known
        known.add(key)


def test_one_journal_number_comes_again(programme: Path) -> None:
    batches: dict[tuple[str, str, str], set[str]] = {}
    for provider, month, row in sound(programme, "ledger"):
        batches.setdefault((provider, row["journal_id"], row["line_no"]), set()).add(month)
    assert {key: months for key, months in batches.items() if len(months) > 1} == {
        (GLASGOW, "GSJ0001", "1"): {"2020-11", "2020-12"}
    }


def test_recharges_net_to_zero(programme: Path) -> None:
    recharges = [row | {"month": f"{board} {month}"} for board, month, row in sound(programme, "ledger")]
    recharges = [row for row in recharges if row["account_code"] == "8010"]
    by_month = in_groups(recharges, "month")
    assert len(by_month) == 2 * 36
    for rows in by_month.values():
        assert sum(pence(row["amount"]) for row in rows) == 0
        assert sum(pence(row["amount"]) < 0 for row in rows) == 1
