"""Every promise of every contract: kept by what staging writes, and seen when it is broken."""

from dataclasses import dataclass

import duckdb
import pytest

from vm_pipeline.calendar import period_of
from vm_pipeline.feeds import ACTIVITY, LEDGER, SURVEY_COUNTS, SURVEY_WIDE, Contract
from vm_pipeline.feeds.contract import Consequence
from vm_pipeline.quality.expectations import suite
from vm_pipeline.quality.promises import promises
from vm_pipeline.quality.suites import bounds, check_contract
from vm_pipeline.quality.verdict import Verdict
from vm_pipeline.staging.stored import stored_columns
from vm_pipeline_tests.programme import OTHER, Programme
from vm_pipeline_tests.quality.breaks import BREAKS
from vm_pipeline_tests.quality.damage import cut_short, restate, rewrite

CONTRACTS = {"ledger": LEDGER, "activity": ACTIVITY, "wide": SURVEY_WIDE, "counts": SURVEY_COUNTS}


@pytest.fixture
def sent(programme: Programme) -> Programme:
    """Sound rows as odd as they come, beside rows that are rejected."""
    programme.ledger(
        {"cost_centre_code": " r00á ", "wte": "-0.50", "supplier_code": ""},
        {"financial_year": "2021/22", "period": "13", "amount": "(1,234.56)", "posting_date": "31/12/2199"},
        {"period": "0", "posting_date": "01-JAN-1900"},
        {"amount": "n/k"},
        {"journal_id": "J1", "line_no": "1"},
    )
    programme.activity(
        {"end_at": "2022-07-14", "patient_ref": "P1"},
        {"transaction_type": "d", "unit_code": "", "measure_code": "", "start_at": "", "quantity": "two"},
        {"transaction_type": "R", "quantity": "0", "start_at": "2199-12-31T23:59:59"},
        {"quantity": "-1"},
    )
    programme.survey(
        {"respondent_ref": "a", "Q1": "AGREE", "Q2": "10"},
        {"respondent_ref": "a", "Q1": "Never", "Q2": "-"},
        {"team_name": "", "Q1": "Yes"},
    )
    programme.counts(
        {},
        {"question_code": "q2", "answered": "3", "positive": "4"},
        {"question_code": "Q3", "answered": "0", "positive": ""},
        {"team_name": "", "answered": "3"},
        provider=OTHER,
    )
    programme.ledger({}, provider=OTHER)
    programme.activity({}, provider=OTHER)
    programme.survey({"respondent_ref": "a"}, period="2022-08")
    programme.counts({}, period="2022-08", provider=OTHER)
    programme.night()
    return programme


def judged(programme: Programme, feed: str) -> list[Verdict]:
    known = programme.known()
    with duckdb.connect() as con:
        return check_contract(con, feed, known, programme.staging, known.versions)


@pytest.mark.parametrize("feed", ["ledger", "activity", "survey"])
def test_what_staging_accepts_keeps_the_contract(sent: Programme, feed: str) -> None:
    (verdict,) = judged(sent, feed)
    assert (verdict.code, verdict.subject, verdict.passed, verdict.blocks) == ("contract_kept", feed, True, True), (
        verdict
    )
    assert verdict.figures == ()


def test_rows_and_expectations_are_counted(sent: Programme) -> None:
    (verdict,) = judged(sent, "ledger")
    expectations = len(promises(LEDGER))
    assert verdict.message == f"ledger: 4 accepted rows of 2 batches keep all {expectations} expectations."


# Text that stays empty in the stored row cannot be told from text that was empty when it was sent.
CANNOT_BREAK = {("ledger", "rule_bad_wte")}


def breaks(layout: str) -> dict[str, str]:
    """Every way to break a promise of a layout."""
    types = {f"{one.name}_typed": f"{{'x': 1}} AS {one.name}" for one in stored_columns(CONTRACTS[layout])}
    return types | BREAKS[layout]


def test_every_promise_is_tried() -> None:
    tried = {(layout, promise) for layout in CONTRACTS for promise in breaks(layout)}
    made = {(layout, promise.name) for layout, contract in CONTRACTS.items() for promise in promises(contract)}
    assert tried == made - CANNOT_BREAK


@dataclass(frozen=True)
class Broken:
    """By promise: the slot in which it was broken, and the slots in which it was found to be."""

    slots: dict[str, str]
    found: dict[str, set[str]]


def send(programme: Programme, layout: str, provider: str, period: str) -> str:
    """One batch of two sound rows of a layout. Returns its slot."""
    {
        "ledger": lambda: programme.ledger({}, {}, period=period, provider=provider),
        "activity": lambda: programme.activity({}, {}, period=period, provider=provider),
        "wide": lambda: programme.survey({}, {}, period=period, provider=provider),
        "counts": lambda: programme.counts({}, {"question_code": "Q2"}, period=period, provider=provider),
    }[layout]()
    return f"{'survey' if layout in ('wide', 'counts') else layout}/{provider}/{period}"


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Broken]:
    """By layout: a batch for every promise, broken in that way."""
    return {layout: break_all(Programme(tmp_path_factory.mktemp(layout)), layout) for layout in CONTRACTS}


def break_all(programme: Programme, layout: str) -> Broken:
    """Send a sound batch, and one for each promise; break these, and ask."""
    other = send(programme, layout, OTHER, "2020-01")
    slots = {
        promise: send(programme, layout, "B1", period_of(2000 * 12 + place))
        for place, promise in enumerate(breaks(layout))
    }
    programme.night()
    receipts = {str(receipt.slot): receipt for receipt in programme.receipts()}
    for promise, query in breaks(layout).items():
        whole = query if query.startswith("SELECT") else f"SELECT * REPLACE ({query}) FROM {{rows}}"
        rewrite(
            programme.staging.accepted(receipts[slots[promise]]), whole.replace("{other}", receipts[other].content_id)
        )
    found: dict[str, set[str]] = {promise: set() for promise in slots}
    for verdict in judged(programme, receipts[other].slot.feed):
        assert (verdict.code, verdict.passed, verdict.blocks) == ("contract_kept", False, True)
        for figure in verdict.figures:
            found[str(figure["expectation"])].add(f"{figure['feed']}/{figure['provider_code']}/{figure['period']}")
    return Broken(slots, found)


@pytest.mark.parametrize(
    ("layout", "promise"), [(layout, promise) for layout in CONTRACTS for promise in breaks(layout)]
)
def test_a_broken_promise_is_seen(broken: dict[str, Broken], layout: str, promise: str) -> None:
    assert broken[layout].slots[promise] in broken[layout].found[promise]


@pytest.mark.parametrize("layout", CONTRACTS)
def test_a_sound_batch_is_not_blamed_for_others(broken: dict[str, Broken], layout: str) -> None:
    blamed = {slot for slots in broken[layout].found.values() for slot in slots}
    assert blamed == set(broken[layout].slots.values())


@pytest.mark.parametrize("contract", CONTRACTS.values(), ids=CONTRACTS)
def test_the_suite_has_an_expectation_for_every_rule(contract: Contract) -> None:
    made = suite(contract.feed, bounds(contract))
    assert {(one.meta or {})["rule_code"] for one in made.expectations} >= set(contract.rule_codes)
    columns = [one.configuration.kwargs["column"] for one in made.expectations]
    assert columns == [one.name for one in promises(contract)]
    assert all(expectation.notes for expectation in made.expectations)


def test_rules_are_judged_as_the_contract_says_them() -> None:
    """Nothing of a rule is written twice: its condition is the promise's."""
    for contract in CONTRACTS.values():
        conditions = {one.rule_code: one.broken_when for one in promises(contract)}
        for rule in contract.rules:
            assert rule.consequence is Consequence.REJECT_ROW
            assert conditions[rule.code] == f"({rule.fails_when})"


def test_numbers_are_of_the_rows_that_break_it(sent: Programme) -> None:
    rewrite(
        sent.staging.accepted(sent.receipt("ledger/B1/2022-07")),
        "SELECT * REPLACE (CASE WHEN row_number > 1 THEN 'x' ELSE account_code END AS account_code) FROM {rows}",
    )
    (verdict,) = judged(sent, "ledger")
    assert verdict.message.startswith("ledger: found 2 accepted rows in 1 batch that break `account_code_spelt`")
    assert [figure["found"] for figure in verdict.figures] == [2]


def test_a_file_that_cannot_be_read_does_not_hide_the_others(sent: Programme) -> None:
    cut_short(sent.staging.accepted(sent.receipt("ledger/B1/2022-07")))
    rewrite(
        sent.staging.accepted(sent.receipt(f"ledger/{OTHER}/2022-07")),
        "SELECT * REPLACE ('x' AS account_code) FROM {rows}",
    )
    found = {figure["expectation"]: figure["provider_code"] for v in judged(sent, "ledger") for figure in v.figures}
    assert found == {"readable": "B1", "account_code_spelt": OTHER}


def test_a_file_that_is_not_there_is_seen(sent: Programme) -> None:
    sent.staging.accepted(sent.receipt("ledger/B1/2022-07")).unlink()
    (verdict,) = judged(sent, "ledger")
    assert [figure["expectation"] for figure in verdict.figures] == ["readable"]


def test_a_batch_of_another_contract_is_seen(sent: Programme) -> None:
    restate(sent, "survey/B1/2022-07", contract_version="00000000")
    (verdict,) = judged(sent, "survey")
    assert [figure["expectation"] for figure in verdict.figures] == ["of_today"]


def test_a_refused_batch_is_not_judged(sent: Programme) -> None:
    sent.send("ledger/B1/2022-09.csv", "no,such,header\n1,2,3\n")
    sent.night()
    (verdict,) = judged(sent, "ledger")
    assert "of 2 batches" in verdict.message


def test_nothing_received_keeps_the_contract(programme: Programme) -> None:
    (verdict,) = judged(programme, "ledger")
    assert verdict.passed


def test_the_connection_is_left_as_it_was(sent: Programme) -> None:
    known = sent.known()
    with duckdb.connect() as con:
        assert check_contract(con, "ledger", known, sent.staging, known.versions)[0].passed
        assert con.execute("SELECT count(*) FROM duckdb_tables()").fetchall() == [(0,)]
        assert con.execute("SELECT count(*) FROM duckdb_views() WHERE NOT internal").fetchall() == [(0,)]
