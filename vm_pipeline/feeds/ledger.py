"""The finance ledger: one row a ledger line.

Belongs here: columns, rules and month of a ledger line; the control file that comes beside it.
Does not belong here: sharing a cost over teams (sql/core), comparing control totals (staging/control).
"""

from vm_pipeline.feeds.contract import (
    MEND_DATE,
    WRONG_PROVIDER,
    Column,
    Contract,
    Duplicates,
    Measure,
    Privacy,
    Rule,
    Summed,
    missing,
    unreadable,
)
from vm_pipeline.feeds.values import CODE, COUNT, DATE, FINANCIAL_YEAR, INTEGER, LEDGER_PERIOD, MONEY, TEXT, WTE

_MONTH = "(financial_year * 12 + 2 + least(greatest(ledger_period, 1), 12))"

LEDGER = Contract(
    feed="ledger",
    grain="one line of a finance ledger",
    columns=(
        Column("provider_code", CODE, "Health board or trust whose ledger it is."),
        Column("financial_year", FINANCIAL_YEAR, "Financial year, April to March."),
        Column("period", LEDGER_PERIOD, "Accounting period within the year.", stored_as="ledger_period"),
        Column("cost_centre_code", CODE, "Cost centre the line is booked to."),
        Column("account_code", CODE, "Account (subjective code) the line is booked to."),
        Column("journal_id", TEXT, "Journal; with line_no the key of the line."),
        Column("line_no", INTEGER, "Line within the journal."),
        Column("posting_date", DATE, "Day of posting: decides the week and the team, not the month."),
        Column("supplier_code", CODE, "Supplier, where there is one.", optional=True),
        Column("narrative", TEXT, "Free text; never leaves landing.", optional=True, privacy=Privacy.FREE_TEXT),
        Column("amount", MONEY, "Pounds; a debit is positive."),
        Column("wte", WTE, "Whole-time equivalents on a pay line.", optional=True),
    ),
    rules=(
        Rule(
            "missing_code",
            "A required code or key part is empty, or line_no is no whole number.",
            missing("provider_code", "cost_centre_code", "account_code", "journal_id", "line_no"),
            "Fill in the code, as the ledger has it. A line without a cost centre or account belongs to no team.",
        ),
        WRONG_PROVIDER,
        Rule(
            "bad_period",
            "Financial year or period cannot be read.",
            missing("financial_year", "ledger_period"),
            "Write the year with a slash, `2022/23`, and the accounting period as a number.",
        ),
        Rule("bad_date", "The posting date cannot be read.", missing("posting_date"), MEND_DATE),
        Rule(
            "bad_amount",
            "The amount cannot be read.",
            missing("amount"),
            "Export the amount as a plain number, `-1234.56`. Then correct the total in the control file, too.",
        ),
        Rule(
            "bad_wte",
            "The whole-time equivalents cannot be read.",
            unreadable("wte"),
            "Give a number, or leave the cell empty.",
        ),
    ),
    duplicates=Duplicates(
        ("journal_id", "line_no"),
        "first",
        "A second sound row with the same journal and line in one batch.",
        "Take the row out if it was exported twice; if it is a line of its own, give it a line number of its own.",
    ),
    money="amount",
    summed=Summed("amount", 10**13),
    # Pence for pounds move the middle a hundredfold, one huge journal does not; a turned sign turns the share over.
    measures=(
        Measure("middle_amount_gbp", "quantile_disc(abs(amount), 0.5)::DOUBLE", is_share=False),
        Measure("share_negative", "count_if(amount < 0) / count(*)"),
    ),
    # Period 0 belongs to April, 13 and 14 to March: the ledger's own month, whatever the posting date says.
    month=_MONTH,
    # Late and early postings lie a month apart. 04/09/2026, meant for the 9th of April, is a day of September to us:
    # its month is right, its week and the maps that hold on that day are not.
    dated_far=(
        f"(ledger_period BETWEEN 1 AND 12 AND abs(year(posting_date) * 12 + month(posting_date) - 1 - {_MONTH}) > 1)"
    ),
)

LEDGER_CONTROL = Contract(
    feed="ledger_control",
    grain="one (financial year, period) of a ledger extract, as sent",
    columns=(
        Column("provider_code", CODE, "Provider of the extract."),
        Column("financial_year", TEXT, "Financial year as sent, sound or not."),
        Column("period", TEXT, "Period as sent, sound or not."),
        Column("row_count", COUNT, "Rows sent for it."),
        Column("total_amount", MONEY, "Sum of the amounts that can be read."),
    ),
    rules=(),
)
