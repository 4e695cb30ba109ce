"""Meta-indicators: how whole, timely and used the figures are. Not in the box score.

Belongs here: entries D01 to D05, M01 and M02. Does not belong here: checks that close the gate (quality).
"""

from vm_pipeline.indicators.entry import Example, Indicator

_PROVIDERS = ("provider", "all")

META = (
    Indicator(
        "D01", "Ledger difference", "sum", "£", "neutral", "", "",
        "What was received less what was rejected, replaced and shared out: 0.00, or nothing is published.",
        Example(0.00, None, 0.00, "£918,000.00 received and £918,000.00 accounted for: £0.00."),
        numerator=("ledger_difference_gbp",), grains=("month",), levels=_PROVIDERS,
    ),
    Indicator(
        "D02", "Unmapped cost", "ratio", "%", "lower", "", "",
        "Cost on UNALLOCATED, of all cost, both without sign.",
        Example(4_000.00, 800_000.00, 0.5, "£4,000.00 of £800,000.00 is 0.5%."),
        numerator=("unallocated_gbp",), denominator=("ledger_gbp",), factor=100, grains=("month",), levels=_PROVIDERS,
    ),
    Indicator(
        "D03", "Size of restatements", "ratio", "%", "lower", "", "",
        "Change of a month's ledger total by later extracts, of the totals they replaced.",
        Example(5_000.00, 250_000.00, 2.0, "£250,000.00 became £245,000.00: 2.0%. Above 5% is an alarm."),
        numerator=("restated_gbp",), denominator=("replaced_gbp",), factor=100, grains=("month",), levels=_PROVIDERS,
        is_sampled=True,
        notes="By extracts of one month; changes within an extract that leave its total are not seen. Months that were "
        "never restated are `missing`, `not_sampled`.",
    ),
    Indicator(
        "D04", "Activity completeness", "ratio", "%", "neutral", "xmr", "mdc_xmr",
        "Records of the week, of the mean of the twelve weeks before.",
        Example(190, 200, 95.0, "190 records where 200 were usual: 95.0%. Below 95% is incomplete."),
        numerator=("activity_records",), denominator=("expected_records",), factor=100, grains=("week",),
        notes="Where the twelve weeks before were all received and six of them had records: who sends once a month "
        "is not asked by the week. A team that sends nothing has 0%, until fewer had any: "
        "then nothing is usual any more.",
    ),
    Indicator(
        "D05", "Timeliness", "moment", "days", "lower", "", "",
        "Days from the end of a month to the receipt of its extract.",
        Example(9, None, 9, "July received on 9 August: 9 days."),
        worked_out="date(received_at) − last day of the month, from `batch` and `dim_period`", grains=(),
        notes="Not in `indicator_value`: it would differ between two nights of one content.",
    ),
    Indicator(
        "M01", "Huddles with clinical, finance and data people", "ratio", "%", "higher", "run", "his_run",
        "Weeks with all three at the huddle, of weeks with a huddle.",
        Example(13, 50, 26.0, "13 of 50 team-weeks are 26.0%."),
        numerator=("mdt_weeks",), denominator=("huddle_weeks",), factor=100, is_sampled=True,
        notes="From role_log.csv. A week belongs to the month of its Monday. Weeks without a huddle are `missing`.",
    ),
    Indicator(
        "M02", "Completeness of the box score", "completeness", "%", "higher", "run", "his_run",
        "Cells of the box score that have a value, of those the team has.",
        Example(9, 12, 75.0, "9 of 12 cells are 75.0%."),
        worked_out="100 × cells with a value ÷ cells of indicators that the team has", factor=100, grains=("week",),
        notes="Sampled indicators are not asked for every week and do not count, nor do medians.",
    ),
)  # fmt: skip
