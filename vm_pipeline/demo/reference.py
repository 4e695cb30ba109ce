"""The reference tables of the made-up programme, derived from its cast.

Belongs here: codes and names, which cost centre, unit and survey team is whose, budgets, who was at a huddle.
Does not belong here: settings kept by hand (settings_tables), coaches (coaches), facts.

`role_log.csv`: one row a role present at a huddle (`occasion` = `huddle`) and one a coach's post over a span of days
(`occasion` = `post`; `coach_ref` is a number that stands for nobody). Columns: provider_code, team_code, occasion,
valid_from, valid_to (the same day for a huddle), role_family (`clinical` `finance` `data` `pharmacy` `improvement`),
role, band (Agenda for Change, 2 to 9; empty at a huddle), coach_ref.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

from vm_pipeline.calendar import financial_year, first_day, ledger_period
from vm_pipeline.demo.accounts import ACCOUNT, ACCOUNTS, MILK, MIXES, UNMAPPED
from vm_pipeline.demo.chance import happens, stream
from vm_pipeline.demo.coaches import COACH_SURVEY, coach_posts, coach_ratings
from vm_pipeline.demo.extract import write_table
from vm_pipeline.demo.milk import KITCHEN
from vm_pipeline.demo.programme import ALWAYS, BOARDS, MONTHS, REFERENCE_FROM, TAYSIDE, Board, Team
from vm_pipeline.demo.questions import IMATTER, PULSE, QUESTIONS, SCALES
from vm_pipeline.demo.settings_tables import (
    PAUSES,
    PRICES,
    REBASES,
    SAVING_CASES,
    TARGETS,
    Pause,
    Price,
    Rebase,
    SavingCase,
    Target,
)
from vm_pipeline.demo.spelling import hundredths, pounds
from vm_pipeline.demo.survey import issued
from vm_pipeline.demo.team_time import huddle_days

Table = tuple[Sequence[str], Sequence[tuple[str, ...]]]  # header and rows

SYNTHETIC = " (synthetic)"
_MILK_BUDGET_PENCE = 5_600_00
_ROLES = (  # role family, role, how often at a huddle
    ("clinical", "Charge nurse or team lead", 0.97),
    ("clinical", "Doctor or therapist", 0.55),
    ("finance", "Management accountant", 0.48),
    ("data", "Data analyst", 0.52),
    ("pharmacy", "Pharmacist", 0.24),
    ("improvement", "Improvement coach", 0.66),
)


def write_reference(folder: Path, seed: int) -> None:
    """Write every table into `folder`/reference."""
    for name, (header, rows) in _tables(seed).items():
        write_table(folder / "reference" / f"{name}.csv", header, rows)


def _tables(seed: int) -> dict[str, Table]:
    return {
        "providers": _providers(),
        "teams": _teams(),
        "cost_centre_map": _cost_centre_map(),
        "unit_map": _unit_map(),
        "account_map": _account_map(),
        "survey_team_map": _survey_team_map(),
        "survey_issued": _survey_issued(),
        "survey_questions": _survey_questions(),
        "budget": _budget(),
        "prices": (Price._fields, PRICES),
        "targets": (Target._fields, TARGETS),
        "saving_cases": (SavingCase._fields, SAVING_CASES),
        "pauses": (Pause._fields, PAUSES),
        "rebases": (Rebase._fields, REBASES),
        "role_log": _role_log(seed),
        "coach_survey": (COACH_SURVEY, coach_ratings(seed)),
    }


def _providers() -> Table:
    return ("provider_code", "provider_name"), [(board.code, board.name + SYNTHETIC) for board in BOARDS]


def _teams() -> Table:
    header = ("provider_code", "team_code", "team_name", "service", "care_setting", "valid_from", "valid_to")
    return header, [
        (board.code, team.code, team.name + SYNTHETIC, team.service, team.setting, REFERENCE_FROM, ALWAYS)
        for board in BOARDS
        for team in board.teams
    ]


def _cost_centre_map() -> Table:
    header = ("provider_code", "cost_centre_code", "team_code", "share", "valid_from", "valid_to")
    return header, [
        (board.code, centre.code, share.team, share.share, share.valid_from, share.valid_to)
        for board in BOARDS
        for centre in board.cost_centres
        for share in centre.shares
    ]


def _unit_map() -> Table:
    header = ("provider_code", "unit_code", "team_code", "valid_from", "valid_to")
    return header, [
        (board.code, unit, team, REFERENCE_FROM, ALWAYS) for board in BOARDS for unit, team in _units(board).items()
    ]


def _units(board: Board) -> dict[str, str]:
    """A board's units and the teams they belong to; a unit nobody mapped is left out."""
    units = {ward.unit: ward.team for ward in board.wards if ward.team}
    units.update((clinic.unit, clinic.team) for clinic in board.clinics)
    kitchen = [team.code for team in board.teams if team.setting == "kitchen"]
    units.update((unit, kitchen[0]) for unit in board.kitchen_units)
    return units


def _account_map() -> Table:
    header = ("account_code", "account_name", "cost_category", "is_direct", "cost_timing")
    return header, [
        (account.code, account.name, account.category, str(account.is_direct).lower(), account.timing)
        for account in ACCOUNTS
    ]


def _survey_team_map() -> Table:
    header = ("provider_code", "survey_code", "team_name", "team_code")
    return header, [
        (board.code, survey, team.survey_name, team.code)
        for board in BOARDS
        for survey in (PULSE, IMATTER)
        for team in board.teams
    ]


def _survey_issued() -> Table:
    header = ("provider_code", "survey_code", "wave_date", "team_name", "issued")
    return header, [
        (board.code, wave.survey, wave.day.isoformat(), team.survey_name, str(team.staff))
        for board in BOARDS
        for wave, team in issued(board)
    ]


def _survey_questions() -> Table:
    header = ("survey_code", "question_code", "question_text", "scale", "positive_answers")
    return header, [
        (one.survey, one.code, one.text, one.scale, "|".join(SCALES[one.scale].positive)) for one in QUESTIONS
    ]


def _budget() -> Table:
    header = ("provider_code", "cost_centre_code", "account_code", "financial_year", "period", "amount", "wte")
    return header, [
        (board, centre, account, financial_year(first_day(month)), str(ledger_period(first_day(month))), amount, wte)
        for board, centre, account, amount, wte in _month_budgets()
        for month in MONTHS
    ]


def _month_budgets() -> Iterator[tuple[str, str, str, str, str]]:
    """What each cost centre may spend on each account in a month: an ordinary month's cost."""
    for board in BOARDS:
        for centre in (centre for centre in board.cost_centres if centre.shares):
            for part in (part for part in MIXES[centre.kind] if part.account != UNMAPPED.code):
                yield _month_budget(board, centre.code, part.account, round(centre.pounds * 100 * part.part))
    yield _month_budget(TAYSIDE, KITCHEN, MILK, _MILK_BUDGET_PENCE)


def _month_budget(board: Board, centre: str, account: str, pence: int) -> tuple[str, str, str, str, str]:
    cost = ACCOUNT[account].wte_pounds
    return board.code, centre, account, pounds(pence), hundredths(round(pence / cost) if cost else None)


def _role_log(seed: int) -> Table:
    header = (
        "provider_code",
        "team_code",
        "occasion",
        "valid_from",
        "valid_to",
        "role_family",
        "role",
        "band",
        "coach_ref",
    )
    rows: list[tuple[str, ...]] = []
    for board in BOARDS:
        rows.extend(coach_posts(board))
        for team in (team for team in board.teams if team.joined and team.unit):
            rows.extend(_present(board, team, seed, stream(seed, board.code, "roles", team.code)))
    return header, rows


def _present(board: Board, team: Team, seed: int, rng: Random) -> Iterator[tuple[str, ...]]:
    for day in huddle_days(board, team, seed):
        for family, role, often in _ROLES:
            if happens(rng, often):
                yield board.code, team.code, "huddle", day.isoformat(), day.isoformat(), family, role, "", ""
