"""Survey answers: what is an answer, what is none, and what surveys added up say."""

from decimal import Decimal

import pytest

from vm_pipeline_tests.programme import Programme


@pytest.mark.parametrize("cell", ["", "N/A", "n/a", "-", "*", " * ", "\u00a0"])
def test_not_answered(programme: Programme, cell: str) -> None:
    programme.survey({"Q1": cell, "Q2": "Yes"})
    programme.night()
    assert programme.accepted("question, answer") == [("Q2", "yes")]
    assert programme.summary().rows_accepted == 1


@pytest.mark.parametrize(
    "cell", ["Strongly agree", "STRONGLY DISAGREE", " neither agree nor disagree", "yes", "No", "0", "10"]
)
def test_answers_are_compared_without_case(programme: Programme, cell: str) -> None:
    programme.survey({"Q1": cell})
    programme.night()
    assert programme.accepted("answer") == [(cell.strip().lower(),)]


@pytest.mark.parametrize("cell", ["Agreed", "11", "-1", "1.0", "Don't know", "Zebedee Quux"])
def test_an_answer_on_no_scale_is_counted_and_its_text_goes_no_further(programme: Programme, cell: str) -> None:
    programme.survey({"Q1": cell, "Q2": "Agree"})
    programme.night()
    assert programme.accepted("question, answer") == [("Q1", "?"), ("Q2", "agree")]
    assert programme.summary().rows_rejected == 0


def test_a_header_is_kept_as_sent_for_core_to_match(programme: Programme) -> None:
    programme.survey({"I feel  well, really": "Agree"})
    programme.night()
    assert programme.accepted("question") == [("Q1",), ("I feel well, really",)]


def test_a_questionnaire_without_questions(programme: Programme) -> None:
    programme.send(
        "survey/B1/2022-07.csv",
        "provider_code,survey_code,wave_date,team_name,respondent_ref,\nB1,PULSE,2022-07-15,T,R1,x\n",
    )
    programme.night()
    assert programme.summary().rows_accepted == 1
    assert programme.accepted("answer") == []


class TestAddedUp:
    """One row a team and question, with counts."""

    def counted(self, programme: Programme, **cells: str) -> list[tuple[object, ...]]:
        programme.counts(cells)
        programme.night()
        assert programme.summary().rows_rejected == 0
        return programme.accepted("answers, positive, answer")

    @pytest.mark.parametrize(
        ("cells", "answers", "positive"),
        [
            ({"answered": "10", "positive": "7"}, 10, "7"),
            ({"answered": "10.0", "positive": "7.25"}, 10, "7.25"),
            ({"answered": "7", "positive": "", "positive_pct": "50"}, 7, "3.5"),
            ({"answered": "3", "positive": "", "positive_pct": "66.6666666666667"}, 3, "2.000000000"),
            ({"answered": "17", "positive": "", "positive_pct": "0.3"}, 17, "0.051"),
            ({"answered": "10", "positive": "7", "positive_pct": "1"}, 10, "7"),
            ({"answered": "10", "positive": "0"}, 10, "0"),
            ({"answered": "10", "positive": "10"}, 10, "10"),
            ({"answered": "0", "positive": "0"}, 0, "0"),
        ],
    )
    def test_counts_are_carried_unrounded(
        self, programme: Programme, cells: dict[str, str], answers: int, positive: str
    ) -> None:
        assert self.counted(programme, **cells) == [(answers, Decimal(positive), None)]

    def test_no_percentage_loses_a_digit(self, programme: Programme) -> None:
        """Exact decimals: a double would lose them where counts are large."""
        assert self.counted(programme, answered="900000000", positive="", positive_pct="12.3456789012345") == [
            (900000000, Decimal("111111110.111110500"), None)
        ]

    @pytest.mark.parametrize(
        "cells",
        [
            {"answered": "several"},
            {"answered": "-3"},
            {"positive": "most"},
            {"positive": "11"},
            {"positive": "", "positive_pct": "101"},
            {"positive": "", "positive_pct": "most"},
            {"answered": "123456789012345", "positive": "123456789012345"},
            {"answered": "123456789012345", "positive": "", "positive_pct": "100"},
            {"answered": "10", "positive": "999999999999999"},
        ],
    )
    def test_figures_that_cannot_be_are_left_out_and_the_row_stands(
        self, programme: Programme, cells: dict[str, str]
    ) -> None:
        assert [row[2] for row in self.counted(programme, **cells)] == ["?"]

    @pytest.mark.parametrize("cell", ["", "N/A", "-", "*"])
    def test_not_answered(self, programme: Programme, cell: str) -> None:
        assert self.counted(programme, answered=cell, positive=cell) == []

    def test_only_a_base_counts_answers_of_no_question_that_has_positive_ones(self, programme: Programme) -> None:
        assert self.counted(programme, answered="10", positive="") == [(10, None, None)]

    def test_of_two_rows_for_a_team_and_question_the_last_counts(self, programme: Programme) -> None:
        programme.counts({"positive": "1"}, {"positive": "2", "team_name": "TEAM ONE"}, {"question_code": "Q2"})
        programme.night()
        assert programme.rejected() == [(1, "duplicate")]
