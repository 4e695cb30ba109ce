"""Writing the drop folder: what the boards sent first, and the one month that a board corrects later.

Belongs here: which files there are, and the few that are wrong or missing as a whole.
Does not belong here: what is in a file (ledger, activity, survey, reference), single wrong rows (defects).

Wrong as a whole, by design: `NO_CONTROL` came without its control file, and the control of `MISCOUNTED` names more rows
than its extract holds, so that batch is refused. `RESTATED` is sent again by `restate`.
"""

from collections.abc import Sequence
from pathlib import Path

from vm_pipeline.calendar import last_day
from vm_pipeline.demo import activity, defects, ledger, survey
from vm_pipeline.demo.accounts import AGENCY, SUPPLIES
from vm_pipeline.demo.extract import Slot, write_extract, write_ledger_control, write_row_control
from vm_pipeline.demo.journal import Journal, Line
from vm_pipeline.demo.programme import BOARDS, HIGHLAND, MONTHS, TAYSIDE, Board
from vm_pipeline.demo.reference import SYNTHETIC, write_reference
from vm_pipeline.demo.spelling import pounds

SEED = 20191101
LABEL = """Everything in this folder is synthetic: made by a program from a fixed seed, to demonstrate vm_pipeline.
Board codes and names are real. No figure, team, patient reference or answer comes from a health board or a person.
"""

NO_CONTROL = Slot("ledger", HIGHLAND, "2021-07")
MISCOUNTED, MISCOUNTED_BY = Slot("survey", TAYSIDE, "2021-05"), 3
RESTATED = Slot("ledger", HIGHLAND, "2022-02")
_RESTATED_CENTRE = "H21060"  # not Ward 7A's: its case stays the same in both nights
_AGENCY_PENCE, _CREDIT_PENCE = -1_240_00, -860_40


def write_programme(folder: Path, *, seed: int = SEED) -> None:
    """Write what the boards sent first: 36 months of every feed, the reference tables and a label.

    The same seed gives the same bytes on any machine. Files of the same names are written over, others left alone.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "SYNTHETIC.txt").write_text(LABEL, encoding="utf-8", newline="\n")
    write_reference(folder, seed)
    for board in BOARDS:
        _write_activity(folder, board, seed)
        for month in MONTHS:
            _write_ledger(folder, Slot("ledger", board, month), ledger.ledger_lines(board, month, seed), seed)
            _write_survey(folder, Slot("survey", board, month), seed)


def restate(folder: Path, *, seed: int = SEED) -> str:
    """Write over one ledger month of one board, control file included, as the board corrected it later.

    Returns one line that says what was restated.
    """
    _, board, month = RESTATED
    journal = Journal(board, month, _RESTATED_CENTRE, AGENCY)
    credit = Journal(board, month, _RESTATED_CENTRE, SUPPLIES, "CREDIT")
    lines = [_corrected(line, journal.name) for line in ledger.ledger_lines(board, month, seed)]
    late = credit.lines([(last_day(month), _CREDIT_PENCE)], ("Late credit note",))
    _write_ledger(folder, RESTATED, lines, seed, late)
    return (
        f"{board.name}{SYNTHETIC}, ledger of {month}, cost centre {_RESTATED_CENTRE}: agency journal {journal.name}"
        f" lowered by £{pounds(-_AGENCY_PENCE)}, late credit note {credit.name} of £{pounds(-_CREDIT_PENCE)}."
    )


def _corrected(line: Line, journal: str) -> Line:
    """The line, or what it became if it is the first of the changed journal."""
    if (line.journal, line.line_no) != (journal, 1):
        return line
    return line._replace(pence=line.pence + _AGENCY_PENCE, narrative="Agency timesheet, corrected")


def _write_ledger(folder: Path, slot: Slot, lines: list[Line], seed: int, late: Sequence[Line] = ()) -> None:
    """Write a ledger month. `late` lines come last and take no part in chance, so all else stays as first sent."""
    spelled = ledger.ledger_rows(slot.board, slot.month, [*lines, *late], seed)
    first, last = spelled[: len(lines)], spelled[len(lines) :]
    rows = [*defects.spoil(slot, ledger.HEADER, first, defects.LEDGER, seed), *last]
    write_extract(folder, slot, ledger.HEADER, rows)
    if slot != NO_CONTROL:
        write_ledger_control(folder, slot, ledger.HEADER, rows)


def _write_activity(folder: Path, board: Board, seed: int) -> None:
    header = activity.header(board)
    for month, sound in activity.activity_rows(board, seed).items():
        slot = Slot("activity", board, month)
        rows = defects.spoil(slot, header, sound, defects.ACTIVITY, seed)
        write_extract(folder, slot, header, rows)
        write_row_control(folder, slot, len(rows))


def _write_survey(folder: Path, slot: Slot, seed: int) -> None:
    sound = survey.survey_rows(slot.board, slot.month, seed)
    if not sound:  # the programme hibernates: no wave, no extract
        return
    header = survey.header(slot.board, slot.month)
    rows = defects.spoil(slot, header, sound, defects.survey_defects(header), seed)
    write_extract(folder, slot, header, rows)
    if slot.board.habits.survey_control:
        write_row_control(folder, slot, len(rows) + (MISCOUNTED_BY if slot == MISCOUNTED else 0))
