"""Headers found against headers expected: order and case do not matter, a changed name is an error with a hint."""

import csv
import io

import pytest

from vm_pipeline.feeds import ACTIVITY, LEDGER
from vm_pipeline_tests.programme import Programme, activity, counts, ledger, survey

SECRET = "Quux"


def with_header(extract: str, header: str) -> str:
    return "\n".join([header, *extract.splitlines()[1:]]) + "\n"


def refusal(programme: Programme, feed: str, extract: str) -> tuple[str, str]:
    programme.send(f"{feed}/B1/2022-07.csv", extract)
    programme.night()
    found = programme.summary()
    assert SECRET not in found.refused_because
    return found.refused_code, found.refused_because


def rewritten(extract: str, columns: list[str]) -> str:
    """The same extract with these columns only, in this order."""
    text = io.StringIO(newline="")
    rows = list(csv.DictReader(io.StringIO(extract)))
    table = csv.writer(text, lineterminator="\n")
    table.writerows([columns, *([row[name] for name in columns] for row in rows)])
    return text.getvalue()


def test_order_and_case_and_blanks_of_headers(programme: Programme) -> None:
    extract = ledger({"amount": "3.00", "cost_centre_code": "r7"})
    names = extract.splitlines()[0].split(",")[::-1]
    turned = rewritten(extract, names).splitlines()
    programme.send(
        "ledger/B1/2022-07.csv", "\n".join([",".join(f" {name.upper()}\u00a0" for name in names), *turned[1:]])
    )
    programme.night()
    assert programme.accepted("cost_centre_code, amount::VARCHAR, ledger_period") == [("R7", "3.00", 4)]


@pytest.mark.parametrize(("extract", "feed"), [(ledger({}), "ledger"), (activity({}), "activity")])
def test_optional_columns_may_be_absent(programme: Programme, extract: str, feed: str) -> None:
    required = [c.name for c in {"ledger": LEDGER, "activity": ACTIVITY}[feed].columns if not c.optional]
    programme.send(f"{feed}/B1/2022-07.csv", rewritten(extract, required))
    programme.night()
    assert programme.summary().rows_accepted == 1


def test_which_columns_are_required() -> None:
    assert {c.name for c in LEDGER.columns if c.optional} == {"supplier_code", "narrative", "wte"}
    assert {c.name for c in ACTIVITY.columns if c.optional} == {"patient_ref", "discharge_code", "outcome_code"}


@pytest.mark.parametrize("name", LEDGER.required)
def test_a_missing_header_is_named(programme: Programme, name: str) -> None:
    rest = [c.name for c in LEDGER.columns if c.name != name]
    code, said = refusal(programme, "ledger", rewritten(ledger({"narrative": SECRET}), rest))
    assert code == "missing_header"
    assert f"found no column '{name}'" in said


def test_a_changed_header_comes_with_the_closest_name(programme: Programme) -> None:
    header = ledger({}).splitlines()[0].replace("posting_date", "postingdate").replace("amount", "amt")
    code, said = refusal(programme, "ledger", with_header(ledger({"narrative": SECRET}), header))
    assert code == "missing_header"
    assert "'posting_date', 'amount'" in said
    assert "'postingdate' is the closest to 'posting_date'" in said


def test_an_unknown_header_comes_with_the_closest_name(programme: Programme) -> None:
    header = ledger({}).splitlines()[0].replace("supplier_code", "suplier_code")
    code, said = refusal(programme, "ledger", with_header(ledger({"narrative": SECRET}), header))
    assert code == "unknown_header"
    assert "'suplier_code'" in said
    assert "The closest is 'supplier_code'" in said


def test_a_repeated_header(programme: Programme) -> None:
    header = ledger({}).splitlines()[0].replace("supplier_code", "Amount ")
    code, said = refusal(programme, "ledger", with_header(ledger({"narrative": SECRET}), header))
    assert code == "repeated_header"
    assert "'amount' twice" in said


def test_a_repeated_question(programme: Programme) -> None:
    extract = survey({"Q2": SECRET})
    assert refusal(programme, "survey", extract.replace("Q2", "q1", 1))[0] == "repeated_header"


def test_a_survey_tells_by_its_header_which_layout_it_is(programme: Programme) -> None:
    programme.send("survey/B1/2022-07.csv", counts({}).replace("question_code", "Question_Code"))
    programme.send("survey/B1/2022-08.csv", survey({}))
    programme.night()
    assert programme.accepted("question, answers", "survey/B1/2022-07") == [("Q1", 10)]
    assert programme.accepted("question, answers", "survey/B1/2022-08") == [("Q1", None)]


def test_a_semicolon_file_whose_question_has_commas(programme: Programme) -> None:
    """Exports of other locales do not quote commas."""
    question = "I am heard, supported, trusted, thanked, asked, told and seen"
    header = f"provider_code;survey_code;wave_date;team_name;respondent_ref;{question}"
    programme.send("survey/B1/2022-07.csv", f"{header}\nB1;PULSE;2022-07-15;Team One;R1;Agree\n")
    programme.night()
    assert programme.summary().refused_because == ""
    assert programme.accepted("question, answer") == [(question, "agree")]


def test_a_header_longer_than_most_files(programme: Programme) -> None:
    """Hundreds of questions in full words."""
    questions = {f"{n}: {'I have what I need to do my job well, ' * 5}": "Agree" for n in range(500)}
    programme.send("survey/B1/2022-07.csv", survey({"Q1": "", **questions}))
    programme.night()
    assert programme.summary().refused_because == ""
    assert len(programme.accepted("question")) == 500
