"""Who takes part in the made-up programme: its months, boards, teams, wards, cost centres and each board's habits.

Belongs here: the cast, as data. Board codes and names are real; every figure beside them is invented.
Does not belong here: the chart of accounts (accounts), how figures move over time (story), making rows.
"""

from datetime import date
from typing import Literal, NamedTuple

from vm_pipeline.calendar import first_day, last_day, months

FIRST_MONTH, LAST_MONTH = "2019-11", "2022-10"
MONTHS = tuple(months(FIRST_MONTH, LAST_MONTH))
FIRST_DAY, LAST_DAY = first_day(FIRST_MONTH), last_day(LAST_MONTH)
HIBERNATION = ("2020-03", "2020-09")  # no huddles, no surveys, no time samples; ledgers and wards go on
REFERENCE_FROM = "2019-04-01"  # valid_from of whatever never changes
ALWAYS = ""  # an empty day: open
BEFORE = ("2020-10", "2021-09")  # baseline of the milk and day-medicine cases: 365 days
AFTER = ("2021-10", "2022-09")  # their comparison: 365 days too, and neither holds 29 February


class Habits(NamedTuple):
    """How one board writes its files."""

    delimiter: str = ","
    encoding: str = "utf-8"
    line_end: str = "\n"
    amounts: Literal["minus", "brackets", "cr_dr", "pound_trailing_minus"] = "minus"
    dates: Literal["iso", "slashes", "month_name"] = "iso"
    timestamps: Literal["t", "space", "offset"] = "t"
    patient_columns: bool = True
    untidy_codes: bool = False  # now and then a cost centre in lower case with a blank behind it
    survey_layout: Literal["question_codes", "question_texts", "added_up"] = "question_codes"
    survey_control: bool = False


class Team(NamedTuple):
    """A team. `staff` are asked in surveys; `joined` is its first month in the programme, empty for none."""

    code: str
    name: str
    service: str
    setting: str
    staff: int
    joined: str
    survey_name: str
    unit: str = ""  # where its huddles and time samples are recorded


class Ward(NamedTuple):
    """A unit with beds. `admissions` a week and mean `nights` of a stay; a unit without a team is in no map."""

    unit: str
    team: str
    admissions: float
    nights: float


class Clinic(NamedTuple):
    """A unit that people attend: `attendances` a week, `referrals` a month, `treatments` in hospital a month."""

    unit: str
    team: str
    attendances: float
    referrals: float = 0
    treatments: float = 0


class Share(NamedTuple):
    """The part of a cost centre that is one team's, over a span of days."""

    team: str
    share: str = "1.000000"
    valid_from: str = REFERENCE_FROM
    valid_to: str = ALWAYS


class CostCentre(NamedTuple):
    """A cost centre: `kind` names its mix of accounts, `pounds` are its direct cost in an ordinary month."""

    code: str
    kind: str
    pounds: int
    shares: tuple[Share, ...]


class Board(NamedTuple):
    """One health board and everything it reports on."""

    code: str
    name: str
    prefix: str  # first letter of its journals, records and patients
    habits: Habits
    teams: tuple[Team, ...]
    wards: tuple[Ward, ...]
    clinics: tuple[Clinic, ...]
    kitchen_units: tuple[str, ...]  # where the kitchen hands out milk
    cost_centres: tuple[CostCentre, ...]


def hibernates(period: str) -> bool:
    """Whether the programme stood still in a month."""
    return HIBERNATION[0] <= period <= HIBERNATION[1]


def period_of_day(day: date) -> str:
    """The month of a day, `YYYY-MM`."""
    return f"{day.year:04}-{day.month:02}"


def _one(team: str) -> tuple[Share, ...]:
    return (Share(team),)


TAYSIDE = Board(
    "S08000030",
    "NHS Tayside",
    "T",
    Habits(patient_columns=False, survey_control=True),
    (
        Team("T-KIT", "Ninewells Hospital Kitchen", "Catering", "kitchen", 36, "2020-10", "NW Catering", "TKIT1"),
        Team("T-RES", "Ninewells Respiratory Ward", "Medicine", "ward", 30, "2020-01", "Respiratory (NW)", "TRES"),
        Team("T-GEN", "Ninewells General Medicine Ward", "Medicine", "ward", 32, "2021-01", "General Med (NW)", "TGEN"),
        Team("T-CAR", "Ninewells Cardiology Ward", "Medicine", "ward", 28, "", "Cardiology (NW)", "TCAR"),
        Team("T-STR", "Ninewells Stroke Ward", "Medicine", "ward", 31, "2021-05", "Stroke (NW)", "TSTR"),
        Team("T-ACU", "Perth Acute Medicine Ward", "Medicine", "ward", 29, "", "Acute Medicine (PRI)", "TACU"),
        Team("T-COA", "Tayside Improvement Coaches", "Improvement", "office", 8, "2019-11", "Coaches"),
    ),
    (
        Ward("TRES", "T-RES", 17, 7.5),
        Ward("TGEN", "T-GEN", 18, 7.8),
        Ward("TCAR", "T-CAR", 21, 5.4),
        Ward("TSTR", "T-STR", 9, 14.5),
        Ward("TACU", "T-ACU", 24, 4.6),
    ),
    (),
    ("TKIT1", "TKIT2", "TKIT3", "TKIT4", "TKIT5", "TKIT6"),
    (
        CostCentre("T27300", "kitchen", 96_000, _one("T-KIT")),
        CostCentre("T11010", "ward", 158_000, _one("T-RES")),
        CostCentre("T11020", "ward", 163_000, _one("T-GEN")),
        CostCentre("T11030", "ward", 171_000, _one("T-CAR")),
        CostCentre("T11040", "ward", 152_000, _one("T-STR")),
        CostCentre("T11050", "ward", 149_000, _one("T-ACU")),
        CostCentre("T11090", "pool", 21_000, tuple(Share(team, "0.333333") for team in ("T-GEN", "T-RES", "T-STR"))),
        CostCentre("T90010", "office", 24_000, _one("T-COA")),
    ),
)

HIGHLAND = Board(
    "S08000022",
    "NHS Highland",
    "H",
    Habits(
        line_end="\r\n",
        amounts="brackets",
        dates="slashes",
        timestamps="offset",
        untidy_codes=True,
        survey_layout="question_texts",
    ),
    (
        Team(
            "H-ERC",
            "Easter Ross Community Mental Health Team",
            "Mental Health",
            "community",
            22,
            "2020-10",
            "CMHT Easter Ross",
            "HERC",
        ),
        Team("H-MRC", "Mid Ross Community Mental Health Team", "Mental Health", "community", 19, "", "CMHT Mid Ross"),
        Team("H-W7A", "Raigmore Ward 7A Respiratory", "Medicine", "ward", 44, "2020-01", "Ward 7A", "H7A"),
        Team("H-GEN", "Raigmore General Medicine Ward", "Medicine", "ward", 30, "2021-04", "Ward 6C", "H6C"),
        Team("H-ORT", "Raigmore Orthopaedic Ward", "Surgery", "ward", 27, "", "Ward 3A", "H3A"),
        Team("H-NCR", "New Craigs Admissions Ward", "Mental Health", "ward", 33, "2020-10", "New Craigs", "HNCA"),
        Team("H-KIT", "Raigmore Hospital Kitchen", "Catering", "kitchen", 24, "", "Catering (Raigmore)"),
        Team("H-COA", "Highland Improvement Coaches", "Improvement", "office", 9, "2019-11", "Coaches"),
    ),
    (
        Ward("H7A", "H-W7A", 58, 3.1),
        Ward("H6C", "H-GEN", 18, 7.9),
        Ward("H3A", "H-ORT", 14, 8.8),
        Ward("HNCA", "H-NCR", 4.4, 29),
    ),
    (Clinic("HERC", "H-ERC", 34, referrals=44), Clinic("HMRC", "H-MRC", 28, referrals=31)),
    (),
    (
        CostCentre("H21070", "ward", 204_000, _one("H-W7A")),
        CostCentre("H21060", "ward", 157_000, _one("H-GEN")),
        CostCentre("H21030", "ward", 139_000, _one("H-ORT")),
        CostCentre("H33010", "mental_health_ward", 141_000, _one("H-NCR")),
        CostCentre("H35010", "community", 74_000, _one("H-ERC")),
        CostCentre("H35020", "community", 66_000, _one("H-MRC")),
        CostCentre("H35090", "office", 12_000, (Share("H-ERC", "0.600000"), Share("H-MRC", "0.400000"))),
        CostCentre("H27100", "kitchen", 71_000, _one("H-KIT")),
        CostCentre("H90010", "office", 26_000, _one("H-COA")),
        CostCentre("H99901", "office", 4_000, ()),  # nobody told finance whose it is: in no map
    ),
)

FORTH_VALLEY = Board(
    "S08000019",
    "NHS Forth Valley",
    "F",
    Habits(delimiter=";", amounts="cr_dr", dates="month_name", timestamps="space", survey_control=True),
    (
        Team(
            "F-AMH", "Adult Mental Health Admissions", "Mental Health", "ward", 38, "2019-11", "AMH Admissions", "FAMH"
        ),
        Team("F-DMU", "Day Medicine Unit", "Medicine", "day unit", 18, "2020-10", "Day Medicine", "FDMU"),
        Team("F-CTT", "Community Treatment Team", "Medicine", "community", 14, "", "Community Treatment"),
        Team("F-RES", "Larbert Respiratory Ward", "Medicine", "ward", 31, "2021-02", "Respiratory", "FRES"),
        Team("F-GEN", "Larbert General Medicine Ward", "Medicine", "ward", 30, "", "General Medicine", "FGEN"),
        Team("F-FRA", "Larbert Frailty Ward", "Older People", "ward", 29, "2021-06", "Frailty", "FFRA"),
        Team("F-COA", "Forth Valley Improvement Coaches", "Improvement", "office", 8, "2019-11", "Coaches"),
    ),
    (
        Ward("FAMH", "F-AMH", 5.1, 31),
        Ward("FRES", "F-RES", 17, 7.6),
        Ward("FGEN", "F-GEN", 19, 6.9),
        Ward("FFRA", "F-FRA", 11, 12.4),
    ),
    (Clinic("FDMU", "F-DMU", 48, treatments=258), Clinic("FCTT", "F-CTT", 14)),
    (),
    (
        CostCentre("F33010", "mental_health_ward", 164_000, _one("F-AMH")),
        CostCentre("F33050", "community", 38_000, (Share("F-AMH", "0.700000"),)),  # the rest is nobody's yet
        CostCentre("F33120", "day_unit", 118_000, _one("F-DMU")),
        CostCentre("F35010", "community", 47_000, _one("F-CTT")),
        CostCentre("F11010", "ward", 155_000, _one("F-RES")),
        CostCentre("F11020", "ward", 159_000, _one("F-GEN")),
        CostCentre("F11030", "ward", 148_000, _one("F-FRA")),
        CostCentre("F90010", "office", 23_000, _one("F-COA")),
    ),
)

GLASGOW = Board(
    "S08000031",
    "NHS Greater Glasgow and Clyde",
    "G",
    Habits(encoding="cp1252", amounts="pound_trailing_minus", survey_layout="added_up"),
    (
        Team("G-SPI", "Philipshill Spinal Unit", "Rehabilitation", "ward", 46, "2019-11", "Philipshill", "GSPI"),
        Team("G-REC", "Clydeside Acute Receiving Ward", "Medicine", "ward", 35, "2021-03", "Acute Receiving", "GREC"),
        Team("G-RES", "Clydeside Respiratory Ward", "Medicine", "ward", 31, "", "Respiratory", "GRES"),
        Team("G-OLD", "Clydeside Older People's Ward", "Older People", "ward", 30, "2021-06", "Older People's", "GOLD"),
        Team("G-STR", "Clydeside Stroke Ward", "Medicine", "ward", 30, "", "Stroke", "GSTR"),
        Team("G-COA", "Glasgow Improvement Coaches", "Improvement", "office", 10, "2019-11", "Coaches"),
    ),
    (
        Ward("GSPI", "G-SPI", 2.05, 146),
        Ward("GREC", "G-REC", 27, 4.2),
        Ward("GRES", "G-RES", 18, 7.3),
        Ward("GOLD", "G-OLD", 11, 12.1),
        Ward("GSTR", "G-STR", 9, 14.2),
        Ward("GSURGE", "", 1.2, 5.0),  # opened in a hurry: in no map
    ),
    (),
    (),
    (
        CostCentre("G47010", "rehabilitation_ward", 236_000, _one("G-SPI")),
        CostCentre("G11010", "ward", 174_000, _one("G-REC")),
        CostCentre("G11020", "ward", 161_000, _one("G-RES")),
        CostCentre("G11030", "ward", 153_000, _one("G-OLD")),
        CostCentre("G11040", "ward", 150_000, _one("G-STR")),
        CostCentre(  # flexible beds move from one ward to another in the middle of a month
            "G11070", "ward", 42_000, (Share("G-REC", valid_to="2021-06-14"), Share("G-OLD", valid_from="2021-06-15"))
        ),
        CostCentre("G90010", "office", 27_000, _one("G-COA")),
    ),
)

BOARDS = (TAYSIDE, HIGHLAND, FORTH_VALLEY, GLASGOW)
