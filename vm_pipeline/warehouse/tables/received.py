"""What was received: batches, rejected rows, reconciliation with what the sender says.

Belongs here: the account of every file. Does not belong here: what accepted rows say (facts).
"""

from vm_pipeline.warehouse.tables.columns import (
    FLAG,
    MOMENT,
    POUNDS,
    TEXT,
    WHOLE,
    batch_id,
    key,
    provider,
    table,
    value,
)

batch = table(
    "batch",
    "One received version of (feed, provider, periods).",
    key("batch_id", TEXT, "From the content and what it stands for; `-2` when an older content came back."),
    value("feed", TEXT, "Feed.", True),
    value("provider_code", TEXT, "Health board or trust; empty for reference files."),
    value("period", TEXT, "Month, or first and last month; empty for reference files."),
    value("part", TEXT, "Which of several systems that send one feed; empty where there is one.", True),
    value("sha256", TEXT, "Hash of the file received.", True),
    value("received_at", MOMENT, "When, UTC.", True),
    value("superseded_at", MOMENT, "When the last of its months was taken over by a later version, UTC."),
    value("is_in_force", FLAG, "Whether any month of it counts.", True),
    value("rows_received", WHOLE, "Rows in the file.", True),
    value("rows_accepted", WHOLE, "Rows that passed every rule.", True),
    value("rows_rejected", WHOLE, "Rows that failed one.", True),
    value("answers_left_out", WHOLE, "Survey answers on no scale of their question."),
    value("amount_received_gbp", POUNDS, "Pounds of the rows whose amount could be read."),
    value("amount_accepted_gbp", POUNDS, "Pounds of the rows accepted."),
    value("amount_rejected_gbp", POUNDS, "Pounds of the rows rejected."),
    value("contract_version", TEXT, "Contract it was judged by.", True),
    value("refused_because", TEXT, "Why the batch as a whole was refused; empty = it was not."),
    value("withdrawn_at", MOMENT, "When it was taken out of force by decision, UTC; empty = it was not."),
    value("withdrawn_because", TEXT, "Why, in the words of who decided it."),
    value("is_purged", FLAG, "Whether its bytes and rows were erased for good; its counts stay.", True),
    varies=("received_at", "superseded_at", "withdrawn_at"),
)
rejection = table(
    "rejection",
    "One row a batch and rule.",
    batch_id(),
    key("rule_code", TEXT, "Rule the rows failed."),
    value("feed", TEXT, "Feed.", True),
    value("provider_code", TEXT, "Health board or trust."),
    value("period", TEXT, "Month or months of the batch."),
    value("is_in_force", FLAG, "Whether the batch counts.", True),
    value("rows", WHOLE, "Rows rejected.", True),
    value("amount_gbp", POUNDS, "Their pounds, where the amount could be read."),
)
reconciliation = table(
    "reconciliation",
    "One row a provider, ledger period and batch in force.",
    provider(),
    key("financial_year", TEXT, "Financial year as sent."),
    key("ledger_period", TEXT, "Accounting period as sent."),
    batch_id(),
    value("control_total_gbp", POUNDS, "What the control file says; empty = there is none."),
    value("ledger_total_gbp", POUNDS, "Pounds received.", True),
    value("rejected_gbp", POUNDS, "Pounds of rows rejected.", True),
    value("superseded_gbp", POUNDS, "Pounds of months of the extract that a later version replaces.", True),
    value(
        "year_to_date_before_gbp",
        POUNDS,
        "Pounds that a year-to-date ledger had sent before, taken off; 0.00 for any other.",
        True,
    ),
    value("team_total_gbp", POUNDS, "Pounds in fact_cost, UNALLOCATED included.", True),
    value("unallocated_gbp", POUNDS, "Part of it on UNALLOCATED.", True),
    value(
        "difference_gbp",
        POUNDS,
        "Received less rejected, superseded, said before and shared out: 0.00, or nothing is published.",
        True,
    ),
)
