"""The activity feed of a board: every record it sends, by the month of the extract that carries it.

Belongs here: the gathering, the few records that come a month late, spelling into the feed's columns.
Does not belong here: what happened (stays, clinics, team_time, milk), wrong rows (defects), files (extract).
"""

from collections.abc import Iterator

from vm_pipeline.calendar import month_number, period_of
from vm_pipeline.demo.activity_record import Delivery, Record
from vm_pipeline.demo.chance import happens, stream
from vm_pipeline.demo.clinics import clinic_records
from vm_pipeline.demo.extract import Row
from vm_pipeline.demo.milk import milk_issued, milk_shortages
from vm_pipeline.demo.programme import LAST_MONTH, MONTHS, Board
from vm_pipeline.demo.spelling import moment
from vm_pipeline.demo.stays import ward_records
from vm_pipeline.demo.team_time import team_records

_KEY = ("provider_code", "record_id", "transaction_type")
_FACTS = ("unit_code", "measure_code", "start_at", "end_at", "quantity")
_PATIENT = ("patient_ref", "discharge_code")
_LATE = 0.004


def header(board: Board) -> tuple[str, ...]:
    """The board's columns: one board's system does not export the patient's."""
    return (*_KEY, *_FACTS, *(_PATIENT if board.habits.patient_columns else ()), "outcome_code")


def activity_rows(board: Board, seed: int) -> dict[str, list[Row]]:
    """Rows as sent, by month of the extract."""
    rng = stream(seed, board.code, "activity", "late")
    rows: dict[str, list[Row]] = {month: [] for month in MONTHS}
    for month, record in _records(board, seed):
        late = record.transaction == "I" and month < LAST_MONTH and happens(rng, _LATE)
        rows[period_of(month_number(month) + 1) if late else month].append(_row(board, record))
    return rows


def _records(board: Board, seed: int) -> Iterator[Delivery]:
    for ward in board.wards:
        yield from ward_records(board, ward, seed)
    for clinic in board.clinics:
        yield from clinic_records(board, clinic, seed)
    for team in board.teams:
        yield from team_records(board, team, seed)
    if board.kitchen_units:
        yield from milk_issued(seed)
        yield from milk_shortages(seed)


def _row(board: Board, record: Record) -> Row:
    key = (board.code, record.record_id, record.transaction)
    patient = (record.patient, record.discharge) if board.habits.patient_columns else ()
    facts = (
        record.unit,
        record.measure,
        moment(record.start, board.habits),
        moment(record.end, board.habits),
        record.quantity,
    )
    return Row((*key, *facts, *patient, record.outcome))
