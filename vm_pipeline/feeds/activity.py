"""Activity: one row a record of what a unit did, sent as inserts, replacements and deletions.

Belongs here: columns, rules and month of an activity record; the measures the programme knows.
Does not belong here: which transaction of a record wins (sql/core), which team a unit is (reference).
"""

from vm_pipeline.feeds.contract import WRONG_PROVIDER, Column, Contract, Privacy, Rule, missing, unreadable
from vm_pipeline.feeds.values import CODE, COUNT, LOWER_CODE, QUANTITY, TEXT, TIMESTAMP

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
            "provider_code IS NULL OR record_id IS NULL"
            " OR (transaction_type IS DISTINCT FROM 'D' AND (unit_code IS NULL OR measure_code IS NULL))",
        ),
        WRONG_PROVIDER,
        Rule(
            "bad_type",
            "The transaction type is not I, R or D.",
            "transaction_type IS NULL OR transaction_type NOT IN ('I', 'R', 'D')",
        ),
        Rule(
            "bad_date",
            "Start or end cannot be read, or the start is empty.",
            f"transaction_type <> 'D' AND ({missing('start_at')} OR {unreadable('end_at')})",
        ),
        Rule("end_before_start", "The end is before the start.", "transaction_type <> 'D' AND end_at < start_at"),
        Rule(
            "bad_quantity",
            "The quantity cannot be read or is negative.",
            f"transaction_type <> 'D' AND ({unreadable('quantity')})",
        ),
    ),
    month="(year(start_at) * 12 + month(start_at) - 1)",
)

ROW_COUNT_CONTROL = Contract(
    feed="row_count_control",
    grain="one extract",
    columns=(Column("row_count", COUNT, "Rows sent."),),
    rules=(),
    open_header=True,
)
