"""Finance: what care costs, per what, and against which budget.

Belongs here: entries F01 to F12. Does not belong here: ingredients, how savings are worked out (the table `saving`).
"""

from vm_pipeline.indicators.entry import Example, Indicator

FINANCE = (
    Indicator(
        "F01", "Direct cost", "sum", "£", "neutral", "xmr", "mdc_xmr",
        "What the team itself spends: real, unallocated cost of a few categories.",
        Example(47_600.00, None, 47_600.00, "£204,000.00 of June shared over weeks is £47,600.00 for 7 of 30 days."),
        numerator=("direct_cost_gbp",), block="cost", column="direct_cost_gbp", team_month_column="direct_cost_gbp",
        hangs_together=("week",),
        notes="Weeks follow the timing of the account (`cost_week`); those of a month share its pay. Ledger periods 13 "
        "and 14 are in March only.",
    ),
    Indicator(
        "F02", "Direct cost per patient", "ratio", "£", "lower", "run", "his_run",
        "Direct cost over patients admitted or seen. The primary outcome of the first value management ward.",
        Example(40_385.00, 50, 807.70, "£40,385.00 for 50 patients is £807.70 each."),
        numerator=("direct_cost_gbp",), denominator=("patients",),
        block="cost", column="cost_per_patient_gbp",
        notes="A fall is mostly throughput: read it beside F01 and P01, and the split in `saving`. Patients of teams "
        "are added up here; P01 counts them again at each level.",
    ),
    Indicator(
        "F03", "Direct cost per bed day", "ratio", "£", "lower", "run", "his_run",
        "Direct cost over occupied bed days.",
        Example(36_000.00, 180, 200.00, "£36,000.00 over 180 occupied bed days is £200.00."),
        numerator=("direct_cost_gbp",), denominator=("bed_days",),
        block="cost", column="cost_per_bed_day_gbp", team_month_column="cost_per_bed_day_gbp",
        hangs_together=("week",),
        notes="A week of credit notes may be negative; it stays so. The weeks of a month share its pay, and beds are "
        "full of those of the week before.",
    ),
    Indicator(
        "F04", "Absorbed cost per bed day", "ratio", "£", "lower", "run", "his_run",
        "All cost on the team's cost centres, recharges in and income off, over occupied bed days.",
        Example(180_000.00, 750, 240.00, "£180,000.00 over 750 occupied bed days is £240.00."),
        numerator=("total_cost_gbp",), denominator=("bed_days",), grains=("month",),
        notes="As absorbed as the ledger is: overheads count where they are booked to or shared with the team.",
    ),
    Indicator(
        "F05", "Direct cost per attendance", "ratio", "£", "lower", "run", "his_run",
        "Direct cost over contacts attended.",
        Example(17_000.00, 200, 85.00, "£17,000.00 over 200 attended contacts is £85.00."),
        numerator=("direct_cost_gbp",), denominator=("attendances",),
        block="cost", column="cost_per_attendance_gbp", team_month_column="cost_per_attendance_gbp",
        notes="Contacts not attended are not in the denominator. A month in which none was attended has nothing to "
        "divide by; a team of which every contact was cancelled, ever, has no value at all.",
    ),
    Indicator(
        "F06", "Supplementary staffing", "ratio", "%", "lower", "run", "his_run",
        "Share of bank, agency and overtime in all pay.",
        Example(9_000.00, 60_000.00, 15.0, "£9,000.00 of £60,000.00 of pay is 15.0%."),
        numerator=("supplementary_pay_gbp",), denominator=("pay_gbp",), factor=100,
        block="cost", column="supplementary_pay_pct", lag_weeks=4, lag_months=1, hangs_together=("week",),
        notes="Bank and agency come in arrears, so a value is provisional for one month. In weeks, dated shifts stand "
        "beside monthly pay that is spread.",
    ),
    Indicator(
        "F07", "Drug cost per treatment", "ratio", "£", "lower", "run", "his_run",
        "Drugs over treatments, wherever they are given.",
        Example(26_000.00, 130, 200.00, "£26,000.00 of drugs for 130 treatments is £200.00."),
        numerator=("drugs_gbp",), denominator=("treatments_hospital", "treatments_community"), grains=("month",),
        notes="A change of the mix of drugs moves it as prices do.",
    ),
    Indicator(
        "F08", "Commodity cost per bed day", "ratio", "£", "lower", "run", "his_run",
        "What one commodity costs for each bed day it feeds: milk, for one.",
        Example(5_658.33, 2_310, 2.4495, "£5,658.33 of milk over 2,310 bed days is £2.45."),
        numerator=("commodity_gbp",), denominator=("commodity_base",), grains=("month",),
        notes="Account, activity and whose activity it is are those of the team's cases in saving_cases.csv.",
    ),
    Indicator(
        "F09", "Budget variance, year to date", "ratio", "%", "lower", "", "",
        "Cost since April less budget since April, as a share of the budget.",
        Example(20_000.00, 400_000.00, 5.0, "£420,000.00 against £400,000.00 is £20,000.00 over: 5.0%."),
        numerator=("actual_ytd_gbp", "-budget_ytd_gbp"), denominator=("budget_ytd_gbp",), factor=100,
        grains=("month",),
        notes="A running sum: its points hang together, so it has no run chart. March holds periods 13 and 14. "
        "Budgets go to teams by the shares of the month's last day, each row in whole pence (`fact_budget`); those of "
        "capital are left out as its cost is. What a team did not spend counts, and a month once a ledger came for "
        "each since the team's first of the year.",
    ),
    Indicator(
        "F10", "Saving against a baseline", "saving", "£", "higher", "", "",
        "Cost of a window before, scaled to the window after, less its cost.",
        Example(10_185.00, None, 10_185.00, "£67,900.00 less £57,715.00, both of 365 days, is £10,185.00: 15.0%."),
        worked_out="cost before × (days after ÷ days before) − cost after", grains=(),
        notes="In `saving`. Its share is of the scaled baseline; a baseline of nothing or less has none.",
    ),
    Indicator(
        "F11", "Where a saving comes from", "saving", "£", "higher", "", "",
        "The saving split into price, activity and efficiency.",
        Example(10_185.00, None, 10_185.00, "The three parts of the milk add up to £10,185.00 to the penny."),
        worked_out="price + activity + efficiency = saving", grains=(),
        notes="In `saving`. Only efficiency is the team's work; what rounding leaves goes to it.",
    ),
    Indicator(
        "F12", "Pathway-net saving", "saving", "£", "higher", "", "",
        "What moved elsewhere times the difference of two prices, less the cost of the change.",
        Example(69_720.00, None, 69_720.00, "600 × (£182.00 − £58.00) − £4,680.00 is £69,720.00."),
        worked_out="moved × (price before − price after) − one-off cost", grains=(),
        notes="In `saving`, with the gross figure beside it: gross alone is cost shifted, not saved.",
    ),
)  # fmt: skip
