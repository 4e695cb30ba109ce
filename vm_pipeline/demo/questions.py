"""The two made-up questionnaires: a monthly pulse and a yearly survey in our own words.

Belongs here: questions, scales, which answers are positive, and which months have a wave.
Does not belong here: answers (survey), who is asked (programme), how opinions move (story).
"""

from datetime import date
from typing import NamedTuple

from vm_pipeline.calendar import first_day
from vm_pipeline.demo.programme import MONTHS, hibernates

PULSE, IMATTER = "PULSE", "IMATTER"
_PULSE_DAY, _IMATTER_DAY = 14, 9  # days after the first of the month
_IMATTER_MONTHS = ("2020-02", "2021-02", "2022-02")


class Question(NamedTuple):
    """One question of a survey."""

    survey: str
    code: str
    text: str
    scale: str


class Scale(NamedTuple):
    """Answers of a scale, split into those that count as positive and the rest; the commoner ones first."""

    positive: tuple[str, ...]
    others: tuple[str, ...]


SCALES = {
    "agree6": Scale(
        ("Agree", "Strongly agree", "Slightly agree"), ("Slightly disagree", "Disagree", "Strongly disagree")
    ),
    "agree5": Scale(("Agree", "Strongly agree"), ("Neither agree nor disagree", "Disagree", "Strongly disagree")),
    "yesno": Scale(("Yes",), ("No",)),
    "0-10": Scale(("8", "7", "9", "10"), ("6", "5", "4", "3", "2", "1", "0")),
}
OFF_SCALE = {"agree6": "Mostly", "agree5": "See comment", "yesno": "Sometimes", "0-10": "11"}
NOT_ANSWERED = ("", "N/A", "-", "*")

QUESTIONS = (
    Question(PULSE, "SUPPORTED", "This month I felt supported at work", "agree5"),
    Question(PULSE, "SAFE", "This month I felt safe at work", "agree5"),
    Question(PULSE, "VALUED", "In this team everybody is listened to and valued", "agree5"),
    Question(PULSE, "BREAKS", "On my last shift I had the breaks I was due", "yesno"),
    Question(IMATTER, "Q01", "I know what is expected of me", "agree6"),
    Question(IMATTER, "Q02", "I have what I need to do my work well", "agree6"),
    Question(IMATTER, "Q03", "I am given time to learn", "agree6"),
    Question(IMATTER, "Q04", "When I suggest something, somebody listens", "agree6"),
    Question(IMATTER, "Q05", "Good suggestions are acted upon", "agree6"),
    Question(IMATTER, "Q06", "I have a say in decisions about my work", "agree6"),
    Question(IMATTER, "Q07", "I am treated fairly, and with respect", "agree6"),
    Question(IMATTER, "Q08", "My team works well together", "agree6"),
    Question(IMATTER, "Q09", "The person I report to is easy to approach", "agree6"),
    Question(IMATTER, "Q10", "My work gives me a sense of achievement", "agree6"),
    Question(IMATTER, "Q11", "My health and well-being matter here", "agree6"),
    Question(IMATTER, "Q12", "I would be content for a relative to be cared for here", "agree6"),
    Question(IMATTER, "Q13", "Overall, how would you rate working here, from 0 to 10?", "0-10"),
)


class Wave(NamedTuple):
    """One survey given out on one day."""

    survey: str
    day: date

    @property
    def questions(self) -> list[Question]:
        """The questions of the wave's survey."""
        return [question for question in QUESTIONS if question.survey == self.survey]


def waves(month: str) -> list[Wave]:
    """The waves of a month: none while the programme hibernates."""
    if hibernates(month):
        return []
    first = first_day(month)
    yearly = [Wave(IMATTER, first.replace(day=1 + _IMATTER_DAY))] if month in _IMATTER_MONTHS else []
    return [*yearly, Wave(PULSE, first.replace(day=1 + _PULSE_DAY))]


def all_waves() -> list[Wave]:
    """Every wave of the programme, in order of months."""
    return [wave for month in MONTHS for wave in waves(month)]
