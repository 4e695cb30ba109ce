"""`vm-pipeline trace` as a person types it."""

import json

import pytest

from vm_pipeline_tests.night.conftest import Door


@pytest.mark.usefixtures("after_a_night")
def test_a_figure_to_the_file_and_back(door: Door) -> None:
    said = door("trace", "indicator", "P11", "--provider", "b1", "--team", "t1", "--period", "2022-07", "--verify")
    assert said.exit_code == 0, said.output
    for said_so in ("equals the numerator", "equals the denominator", "file 2022-07.csv", "landing: same hash"):
        assert said_so in said.stdout
    command = ("trace", "month", "food_gbp", "--provider", "B1", "--team", "T1", "--period", "2022-07", "--json")
    found = json.loads(door(*command).stdout)
    rows = found["sides"][0]["parts"][0]["pieces"][0]["batches"][0]
    assert (rows["row_numbers"], rows["amount"]) == ("1", "12.500000000")
    fact = door("trace", "fact", "--batch", rows["batch"]["batch_id"], "--row", "2", "--verify")
    assert "Rejected by bad_amount" in fact.stdout and "begins on line 3" in fact.stdout
    assert "3 received = 2 accepted + 1 rejected" in door("trace", "batch", rows["batch"]["batch_id"]).stdout


@pytest.mark.usefixtures("after_a_night")
def test_a_file_that_is_not_the_one_received_makes_the_exit_status_1(door: Door) -> None:
    receipt = door.programme.receipt("activity/B1/2022-07")
    path = door.programme.landing.path(receipt.sha256)
    path.chmod(0o600)
    path.write_bytes(b"other")
    command = ("trace", "batch", receipt.content_id)
    assert door(*command).exit_code == 0
    said = door(*command, "--verify")
    assert said.exit_code == 1
    assert "expected" in said.stdout and receipt.sha256[:12] in said.stdout


ABOUT_NOTHING = [
    ("indicator", "P99", "--period", "2022-07"),
    ("indicator", "P11", "--period", "July"),
    ("indicator", "P11", "--team", "T1", "--period", "2022-07"),
    ("indicator", "P11", "--period", "2022-07", "--grain", "week"),
    ("indicator", "P11", "--provider", "B1", "--period", "2022-07", "--level", "team"),
    ("month", "period", "--provider", "B1", "--team", "T1", "--period", "2022-07"),
    ("batch", "nothing"),
    ("saving", "NOTHING", "--provider", "B1"),
]


@pytest.mark.usefixtures("after_a_night")
def test_a_question_about_nothing_is_usage(door: Door) -> None:
    for words in ABOUT_NOTHING:
        result = door("trace", *words)
        assert result.exit_code == 2, words
        assert "expected" in result.stderr, words


def test_nothing_personal_is_told(door: Door) -> None:
    """A reference of a patient, a respondent, a record and free text, from every side."""
    secret = ["PATIENT-7", "RESPONDENT-7", "RECORD-7", "Narrative of somebody"]
    door.programme.activity({"patient_ref": secret[0], "record_id": secret[2]}, {"quantity": "-1"})
    door.programme.survey({"respondent_ref": secret[1]})
    door.programme.ledger({"narrative": secret[3]}, {"narrative": secret[3], "amount": "x"})
    door.run()
    told = ""
    for slot in ("activity", "survey", "ledger"):
        batch = door.programme.receipt(f"{slot}/B1/2022-07").content_id
        for row in ("1", "2"):
            for more in ((), ("--json",)):
                told += door("trace", "fact", "--batch", batch, "--row", row, "--verify", *more).output
    for code in ("P11", "F01", "S03"):
        told += door("trace", "indicator", code, "--period", "2022-07", "--rows", "9", "--verify", "--json").output
    assert "R1" in told and "W1" in told
    assert not [one for one in secret if one in told]
