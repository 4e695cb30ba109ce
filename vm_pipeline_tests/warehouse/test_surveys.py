"""Survey answers: the question a header belongs to, scores, what is positive, what is left out."""

from decimal import Decimal

import duckdb
import pytest

from vm_pipeline.sources.files import FilesKeys
from vm_pipeline.sources.period import PeriodRule
from vm_pipeline_tests.programme import Programme, Row

QUESTIONS = [
    "PULSE,Q1,I am heard,agree5,Strongly agree|Agree",
    'PULSE,Q2,"How likely, 0 to 10?",0-10,',
    "PULSE,Q3,Enough to do the job?,yesno,Yes",
    "IMATTER,Q1,I feel well,agree6,Strongly agree | agree ",
]


def mapped(programme: Programme, *questions: str) -> Programme:
    """With lists of questions and of teams beside what was sent, after a night."""
    programme.reference("survey_questions", *(questions or QUESTIONS))
    programme.reference("survey_team_map", "B1,PULSE,team one,T1", "B1,IMATTER,Team One,T9")
    programme.night()
    return programme


def facts(con: duckdb.DuckDBPyConnection, columns: str) -> list[Row]:
    return con.execute(f"SELECT {columns} FROM vm.fact_survey ORDER BY ALL").fetchall()


@pytest.mark.parametrize("header", ["Q1", "q1", " Q1 ", "I am heard", "I AM HEARD", "I  am\theard"])
def test_a_header_is_the_code_or_the_full_text_of_a_question(programme: Programme, header: str) -> None:
    programme.send(
        "survey/B1/2022-07.csv",
        f"provider_code,survey_code,wave_date,team_name,respondent_ref,{header}\nB1,pulse,2022-07-15,TEAM ONE,,AGREE\n",
    )
    assert facts(mapped(programme).core(), "question_code, score, is_positive, team_code, period") == [
        ("Q1", 4, True, "T1", "2022-07")
    ]


def test_a_text_with_doubled_blanks_in_the_list_of_questions(programme: Programme) -> None:
    """A header is read with its blanks put right; so is the list."""
    programme.survey({"I am heard": "Agree", "Q1": ""})
    assert len(facts(mapped(programme, "PULSE,Q1,I  am heard ,agree5,Agree").core(), "score")) == 1


def test_one_answer_is_one_row_whatever_questions_share_a_wording(programme: Programme) -> None:
    """A code goes before a text that is spelled like it; of two equal texts the lower code has it."""
    programme.survey({"Q1": "Agree", "q2": "Disagree", "Again": "No"})
    questions = ["PULSE,Q1,Q2,agree5,Agree", "PULSE,Q2,Again,agree5,Agree", "PULSE,Q3,again,yesno,Yes"]
    assert facts(mapped(programme, *questions).core(), "question_code, score") == [("Q1", 4), ("Q2", 2)]


@pytest.mark.parametrize(
    ("survey", "question", "answer", "score", "positive"),
    [
        ("PULSE", "Q1", "Strongly agree", 5, True),
        ("PULSE", "Q1", "Neither agree nor disagree", 3, False),
        ("PULSE", "Q1", "strongly disagree", 1, False),
        ("IMATTER", "Q1", "Strongly agree", 6, True),
        ("IMATTER", "Q1", "Agree", 5, True),
        ("IMATTER", "Q1", "Slightly agree", 4, False),
        ("IMATTER", "Q1", "Strongly disagree", 1, False),
        ("PULSE", "Q2", "0", 0, None),
        ("PULSE", "Q2", "10", 10, None),
        ("PULSE", "Q3", "yes", 1, True),
        ("PULSE", "Q3", "NO", 0, False),
    ],
)
def test_scores(
    programme: Programme, survey: str, question: str, answer: str, score: int, positive: bool | None
) -> None:
    programme.survey({"survey_code": survey, "Q1": "", question: answer})
    expected = (score, positive, 1, None if positive is None else int(positive))
    assert facts(mapped(programme).core(), "score, is_positive, answers, positive") == [expected]


def test_an_answer_off_its_question_s_scale_is_left_out_and_counted(programme: Programme) -> None:
    """Also an answer that would be one on another scale, and any answer to a question nobody knows."""
    programme.survey(
        {"Q1": "Slightly agree", "Q2": "11", "Q3": "perhaps", "Q9": "Agree"},
        {"Q1": "Agree", "Q2": "N/A", "Q3": "", "Q9": "-"},
        {"Q1": "Agree", "Q2": "7", "Q3": "Yes", "Q9": "*", "survey_code": "UNKNOWN"},
    )
    con = mapped(programme).core()
    assert facts(con, "question_code, score") == [("Q1", 4)]
    assert con.execute("SELECT answers_left_out, rows_accepted FROM vm.batch WHERE feed = 'survey'").fetchall() == [
        (7, 3)
    ]
    assert con.execute("SELECT * FROM vm.rejection").fetchall() == []


def test_a_team_that_no_row_maps_is_unallocated(programme: Programme) -> None:
    """The same name in another survey is another team."""
    programme.survey({}, {"team_name": "Team Two"}, {"team_name": ""}, {"survey_code": "IMATTER"})
    assert facts(mapped(programme).core(), "survey_code, team_code") == [
        ("IMATTER", "T9"),
        ("PULSE", "T1"),
        ("PULSE", "UNALLOCATED"),
        ("PULSE", "UNALLOCATED"),
    ]


class TestAddedUp:
    def test_counts_are_carried_unrounded(self, programme: Programme) -> None:
        """A given `positive` counts whatever the list of questions says, or if it says nothing."""
        programme.counts(
            {"question_code": "Q1", "answered": "3", "positive": "", "positive_pct": "33.3333333333333"},
            {"question_code": "Q2", "answered": "10", "positive": "4", "positive_pct": ""},
            {"question_code": "Q8", "answered": "5", "positive": "2.5", "positive_pct": ""},
            {"question_code": "Q9", "answered": "7", "positive": "8", "positive_pct": ""},
        )
        con = mapped(programme).marts()
        assert facts(con, "question_code, score, is_positive, answers, positive::VARCHAR") == [
            ("Q1", None, None, 3, "1.000000000"),
            ("Q2", None, None, 10, "4.000000000"),
            ("Q8", None, None, 5, "2.500000000"),
        ]
        assert con.execute("SELECT survey_answers, survey_positive, positive_pct FROM vm.team_month").fetchall() == [
            (18, Decimal("7.5"), pytest.approx(100 * 7.5 / 18))
        ]
        assert con.execute("SELECT answers_left_out FROM vm.batch WHERE feed = 'survey'").fetchall() == [(1,)]

    def test_without_any_list_of_questions(self, programme: Programme) -> None:
        """Questionnaires cannot be scored; answers already added up still count."""
        programme.counts({})
        programme.survey({}, period="2022-08")
        programme.night()
        assert facts(programme.core(), "answers, positive") == [(10, 7)]


def test_only_questions_with_positive_answers_count_in_team_month(programme: Programme) -> None:
    programme.survey({"Q1": "Agree", "Q2": "10", "Q3": "No"}, {"Q1": "Disagree", "Q2": "3", "Q3": ""})
    con = mapped(programme).marts()
    assert con.execute("SELECT survey_answers, survey_positive FROM vm.team_month").fetchall() == [(3, 1)]


def test_a_restated_wave_replaces_its_answers(programme: Programme) -> None:
    programme.survey({}, {})
    programme.night()
    programme.survey({"Q1": "Disagree"})
    assert facts(mapped(programme).core(), "score") == [(2,)]


def test_no_respondent_leaves_a_trace(programme: Programme) -> None:
    """Two equal answers are told apart by their row only."""
    programme.survey({"respondent_ref": "R1"}, {"respondent_ref": "R2"})
    assert facts(mapped(programme).core(), "row_number, score") == [(1, 4), (2, 4)]


def test_percentages_of_two_systems_are_added_up_before_they_are_rounded(programme: Programme) -> None:
    """Each system has 33.35 % of 7 answers positive, which are 2.33450: together 4.669."""
    for part in ("a", "b"):
        (programme.root / part).mkdir(parents=True)
        rule = PeriodRule(pattern=r"(?P<period>.{7})\.csv")
        keys = FilesKeys(feed="survey", provider="B1", part=part, files=f"{part}/*.csv", period=rule)
        programme.sources.append(keys.source(programme.root, "B1", ""))
        (programme.root / part / "2022-07.csv").write_text(
            "provider_code,survey_code,wave_date,team_name,question_code,answered,positive_pct\n"
            "B1,PULSE,2022-07-15,Team One,SAFE,7,33.35\n"
        )
    programme.reference("teams", "B1,T1,One,Medicine,ward,,")
    mapped(programme, "PULSE,SAFE,I feel safe,agree5,Agree")
    con = programme.marts()
    assert con.execute("SELECT survey_positive, positive_pct FROM vm.team_month").fetchall() == [
        (Decimal("4.669"), 33.35)
    ]
    found = con.execute(
        "SELECT indicator_code, numerator, value FROM vm.indicator_value "
        "WHERE level = 'team' AND grain = 'month' AND indicator_code IN ('S03', 'S03B') ORDER BY ALL"
    )
    assert found.fetchall() == [("S03", Decimal("4.669"), 33.35), ("S03B", Decimal("4.669"), 33.35)]
