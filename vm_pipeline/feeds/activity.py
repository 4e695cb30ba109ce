"""Activity: one row a record of what a unit did, sent as inserts, replacements and deletions.

Belongs here: columns, rules and month of an activity record; the measures the programme knows.
Does not belong here: which transaction of a record wins (sql/core), which team a unit is (reference).
"""

from vm_pipeline.feeds.contract import (
    MEND_DATE,
    WRONG_PROVIDER,
    Column,
    Contract,
    Fault,
    Measure,
    Privacy,
    Rule,
    Summed,
    missing,
    not_of,
    only_where,
    unreadable,
)
from vm_pipeline.feeds.values import CODE, COUNT, LOWER_CODE, QUANTITY, TEXT, TIMESTAMP

_KEPT = "transaction_type <> 'D'"
_ANY: tuple[str, ...] = ()
# What figures are made of, with the outcomes that tell them apart; an empty one need not be said. Records of other
# measures and outcomes are kept: a programme may count them in SQL of its own, or name a measure in a saving case.
MEASURES = {
    "attendance": ("attended", "dna", "cancelled"),
    "bed_day": _ANY,
    "care_plan_24h": _ANY,
    "contracted_hours": _ANY,
    "direct_hours": _ANY,
    "fall": ("harm", "no_harm", ""),
    "huddle": _ANY,
    "indirect_hours": _ANY,
    "inpatient_stay": _ANY,
    "item_issued": _ANY,
    "referral": ("accepted", "returned", "pending", ""),
    "rostered_hours": _ANY,
    "shortage": _ANY,
    "sickness_hours": _ANY,
    "staffed_bed_day": _ANY,
    "treatment": ("hospital", "community"),
    "violence": _ANY,
    "worked_hours": _ANY,
}


def _counted(measure: str, outcomes: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{one}'" for one in outcomes)
    return f"measure_code = '{measure}'" + (f" AND coalesce(outcome_code, '') IN ({listed})" if outcomes else "")


_UNCOUNTED = f"({_KEPT} AND NOT ({' OR '.join(_counted(*one) for one in MEASURES.items())}))"

ACTIVITY = Contract(
    feed="activity",
    grain="one transaction on one activity record",
    columns=(
        Column("provider_code", CODE, "Health board or trust."),
        Column("record_id", TEXT, "With provider_code the key across all batches.", privacy=Privacy.IDENTIFIER),
        Column("transaction_type", CODE, "`I` insert, `R` replace, `D` delete (needs only its key)."),
        Column("unit_code", CODE, "Ward, clinic or kitchen."),
        Column("measure_code", LOWER_CODE, "What was done or counted."),
        Column("start_at", TIMESTAMP, "When it began; decides team and month."),
        Column("end_at", TIMESTAMP, "When it ended, for a referral when it was decided; empty while it lasts."),
        Column("quantity", QUANTITY, "How many; 1 if empty.", default="1"),
        Column("patient_ref", TEXT, "Patient; a keyed hash in staging.", optional=True, privacy=Privacy.PSEUDONYM),
        Column("discharge_code", CODE, "How a stay ended.", optional=True),
        Column("outcome_code", LOWER_CODE, "`accepted` `returned` `attended` `dna` `hospital` `harm` …", optional=True),
    ),
    rules=(
        Rule(
            "missing_code",
            "A required code or key part is empty (a `D` needs only its key).",
            (
                *missing("provider_code", "record_id"),
                *only_where("transaction_type IS DISTINCT FROM 'D'", missing("unit_code", "measure_code")),
            ),
            "Fill in the code. Only a deletion (`D`) may leave unit and measure empty.",
        ),
        WRONG_PROVIDER,
        Rule(
            "bad_type",
            "The transaction type is not I, R or D.",
            not_of("transaction_type", ("I", "R", "D")),
            "Say whether the record is new (I), replaces one sent before (R) or deletes it (D).",
        ),
        Rule(
            "bad_date",
            "Start or end cannot be read, or the start is empty.",
            only_where(_KEPT, (*missing("start_at"), *unreadable("end_at"))),
            MEND_DATE,
        ),
        Rule(
            "end_before_start",
            "The end is before the start.",
            only_where(_KEPT, (Fault("end_at", "end_at < start_at", "a time that is not before `start_at`"),)),
            "Correct whichever of the two is wrong; leave the end empty while it lasts.",
        ),
        Rule(
            "bad_quantity",
            "The quantity cannot be read or is negative.",
            only_where(_KEPT, unreadable("quantity")),
            "Give a number that is not negative, or leave the cell empty for 1.",
        ),
    ),
    month="(year(start_at) * 12 + month(start_at) - 1)",
    summed=Summed("quantity", 10**12),
    measures=(Measure("share_deleted", "count_if(transaction_type = 'D') / count(*)"),),
    uncounted=_UNCOUNTED,
)

ROW_COUNT_CONTROL = Contract(
    feed="row_count_control",
    grain="one extract",
    columns=(Column("row_count", COUNT, "Rows sent."),),
    rules=(),
    open_header=True,
)
