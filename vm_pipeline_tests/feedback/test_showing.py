"""What of a cell is shown: enough to see the mistake, nothing that tells of a person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vm_pipeline.feedback.showing import NOT_SHOWN, shown
from vm_pipeline.feeds import ACTIVITY, LEDGER, SURVEY_WIDE
from vm_pipeline.feeds.contract import Privacy
from vm_pipeline.feeds.values import NAME, TEXT
from vm_pipeline_tests.night.test_canary import CANARIES

CONTRACTS = (LEDGER, ACTIVITY, SURVEY_WIDE)
COLUMNS = [(contract.feed, column) for contract in CONTRACTS for column in contract.columns]


@pytest.mark.parametrize(
    ("column", "text", "expected"),
    [
        ("amount", "12,34.50", "12,34.50"),
        ("amount", "-45.00CR", "-45.00CR"),
        ("amount", "12E345", "12E345"),
        ("amount", "NaN", "NaN"),
        ("amount", "£1.005", "£1.005"),
        ("amount", "Bread", "Aaaaa"),
        ("amount", "１２３", "123"),
        ("amount", "٩٤٣٤٧٦٥٩١٩", "9999999999"),
        ("wte", "n/k", "n/k"),
        ("wte", "J. S.", "A. A."),
        ("posting_date", "31/02/2021", "31/02/2021"),
        ("posting_date", "44136", "44136"),
        ("posting_date", "31-Feb-2021", "31-Feb-2021"),
        ("posting_date", "31 February 2021", "31 February 2021"),
        ("posting_date", "April", "Aaaaa"),
        ("posting_date", "Mary 3", "Aaaa 3"),
        ("posting_date", "943.476.5919", "999.999.9999"),
        ("posting_date", "x" * 40, "a text of 40 characters"),
        ("financial_year", "2020-21", "2020-21"),
        ("provider_code", "S08000015", "S08000015"),
        ("provider_code", "Smith", "Aaaaa"),
        ("cost_centre_code", "G42 9BA", "A99 9AA"),
    ],
)
def test_what_is_shown(column: str, text: str, expected: str) -> None:
    assert shown(LEDGER.by_name[column], text) == expected


@pytest.mark.parametrize("text", [*CANARIES, "Zebedee Quux", "Zebedee", "QUUX"])
def test_no_identifier_and_no_name_in_any_column(text: str) -> None:
    for feed, column in COLUMNS:
        told = shown(column, text)
        assert text.lower() not in told.lower(), (feed, column.name)
        assert not any(part.isalpha() and part in told for part in text.split()), (feed, column.name)


def test_columns_of_people_and_free_text_are_never_shown() -> None:
    closed = [c for _, c in COLUMNS if c.privacy is not Privacy.OPEN or c.value in (NAME, TEXT)]
    assert {shown(column, "1") for column in closed} == {NOT_SHOWN}
    assert {"narrative", "patient_ref", "respondent_ref", "record_id", "team_name"} <= {c.name for c in closed}


@given(text=st.text(max_size=30), column=st.sampled_from([column for _, column in COLUMNS]))
def test_no_word_of_four_letters_but_months(text: str, column: object) -> None:
    told = shown(column, text)  # type: ignore[arg-type]
    assert len(told) <= 30
    assert sum(map(str.isdigit, told)) <= 20
