"""What the contracts declare beside the columns and rules that the staging tests try out."""

import dataclasses

import pytest

from vm_pipeline.feeds import ACTIVITY, FEEDS, LEDGER, SURVEY_COUNTS, SURVEY_WIDE, Contract, contract_for
from vm_pipeline.feeds.contract import Privacy, Rule, unreadable
from vm_pipeline.feeds.reference import REFERENCES

CONTRACTS = [LEDGER, ACTIVITY, SURVEY_WIDE, SURVEY_COUNTS, *(one.contract for one in REFERENCES.values())]


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: f"{contract.feed} {contract.columns[4:5]}"[:30])
def test_a_contract_explains_itself(contract: Contract) -> None:
    assert contract.grain
    assert all(column.description for column in contract.columns)
    assert all(rule.description for rule in contract.rules)
    assert len({column.stored for column in contract.columns}) == len(contract.columns)
    assert len(set(contract.rule_codes)) == len(contract.rule_codes)


def test_the_version_changes_with_whatever_judges_a_row() -> None:
    changed = [
        dataclasses.replace(LEDGER, rules=LEDGER.rules[:-1]),
        dataclasses.replace(LEDGER, rules=(*LEDGER.rules, Rule("new", "", unreadable("wte")))),
        dataclasses.replace(LEDGER, columns=LEDGER.columns[:-1]),
        dataclasses.replace(LEDGER, duplicates=None),
        dataclasses.replace(LEDGER, month="NULL"),
    ]
    assert len({contract.version for contract in [LEDGER, *changed]}) == len(changed) + 1
    assert dataclasses.replace(LEDGER).version == LEDGER.version


def test_a_survey_s_contract_follows_from_its_header() -> None:
    assert contract_for("survey", ("provider_code", "question_code", "answered")) is SURVEY_COUNTS
    assert contract_for("survey", ("provider_code", "q1", "answered")) is SURVEY_WIDE
    assert {feed: contract_for(feed).feed for feed in FEEDS} == {feed: feed for feed in FEEDS}


def test_who_and_what_is_said_of_them_is_marked() -> None:
    marked = {
        column.name: column.privacy
        for contract in (LEDGER, ACTIVITY, SURVEY_WIDE, SURVEY_COUNTS)
        for column in contract.columns
        if column.privacy is not Privacy.OPEN
    }
    assert marked == {
        "narrative": Privacy.FREE_TEXT,
        "record_id": Privacy.IDENTIFIER,
        "patient_ref": Privacy.PSEUDONYM,
        "respondent_ref": Privacy.IDENTIFIER,
    }


def test_which_reference_files_there_are() -> None:
    assert [name for name, one in REFERENCES.items() if one.essential] == [
        "providers",
        "teams",
        "cost_centre_map",
        "unit_map",
        "account_map",
    ]
    tables = {
        "survey_team_map",
        "survey_issued",
        "budget",
        "prices",
        "saving_cases",
        "survey_questions",
        "role_log",
        "coach_survey",
        "targets",
        "pauses",
        "rebases",
    }
    assert {name for name, one in REFERENCES.items() if not one.essential} == tables
    assert all(one.consequence for one in REFERENCES.values())
