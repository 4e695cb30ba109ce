"""Performance: patients, stays, harm, access.

Belongs here: entries P01 to P14. Does not belong here: ingredients, SQL.
"""

from vm_pipeline.indicators.entry import Example, Indicator

_BED_DAYS = 1_000

PERFORMANCE = (
    Indicator(
        "P01", "Patients", "distinct", "n", "higher", "run", "his_run",
        "Journeys that began and contacts attended. Wards of one journey count it once.",
        Example(63, None, 63, "58 journeys and 5 contacts are 63."),
        numerator=("patients",), block="performance", column="patients",
        notes="Where the provider sends no patient, every stay is a journey. A stay that begins on the day, or the day "
        "after, a TRANSFER of the same patient goes on with its journey, which counts where it began with the team, "
        "service or provider: in no later week or month.",
    ),
    Indicator(
        "P02", "Mean length of completed stays", "ratio", "days", "lower", "xmr", "mdc_xmr",
        "Nights of the stays that ended, over how many ended.",
        Example(92, 12, 7.6667, "92 nights of 12 stays are 7.7."),
        numerator=("stay_days",), denominator=("discharges",), minimum=5,
        block="performance", column="length_of_stay_days",
        notes="The day of admission counts, the day of discharge does not. Who is still in is left out: read P03 "
        "beside it. Fewer than 5 discharges are provisional.",
    ),
    Indicator(
        "P02M", "Median length of completed stays", "median", "days", "lower", "run", "his_run",
        "The middle of the nights of the stays that ended.",
        Example(4, None, 4, "1, 2, 4, 9 and 30 nights: the middle is 4."),
        numerator=("stay_days",), worked_out="median of nights of stays that ended", minimum=5,
        notes="One long stay does not move it. Found again at each level: medians cannot be added up.",
    ),
    Indicator(
        "P03", "Length of stay so far of those in", "ratio", "days", "lower", "xmr", "mdc_xmr",
        "Nights so far of the stays under way at the end of the period, over how many.",
        Example(4_110, 30, 137, "4,110 nights of 30 people are 137 each."),
        numerator=("open_stay_days",), denominator=("open_stays",),
        block="performance", column="current_stay_days", hangs_together=("week", "month"),
        notes="For long-stay units, where who is in this month was in last month. A stay nobody closes in the record "
        "stays in for good and shows here.",
    ),
    Indicator(
        "P04", "Bed occupancy", "ratio", "%", "neutral", "xmr", "mdc_xmr",
        "Occupied over available staffed bed days.",
        Example(190, 200, 95.0, "190 of 200 bed days is 95.0%."),
        numerator=("bed_days",), denominator=("staffed_bed_days",), factor=100,
        block="performance", column="occupancy_pct", hangs_together=("week",),
        notes="May exceed 100%: people board. Needs the activity measure `staffed_bed_day`. Where people stay for "
        "weeks, months hang together, too.",
    ),
    Indicator(
        "P05", "Falls", "ratio", "/1,000 bed days", "lower", "up", "phs_control",
        "Falls for each 1,000 occupied bed days.",
        Example(5, 800, 6.25, "5 falls in 800 bed days are 6.25 for each 1,000."),
        numerator=("falls",), denominator=("bed_days",), factor=_BED_DAYS,
        block="performance", column="falls_per_1000_bed_days",
        notes="What counts as harm differs between boards: harm is not added up over them. Counts in a week are small; "
        "P06 sees rare harm sooner.",
    ),
    Indicator(
        "P06", "Days between falls with harm", "gap", "days", "higher", "t", "phs_control",
        "Days from one day with a fall with harm to the next.",
        Example(14, None, 14, "Falls with harm on 3 and 17 May: 14 days."),
        numerator=("falls_with_harm",), grains=("event", "month"),
        worked_out="days since the day with a fall with harm before",
        notes="At grain `event` one row a day with such falls; the gap still open is the last row, provisional, "
        "`open_gap`. A month has the mean of the gaps that ended in it.",
    ),
    Indicator(
        "P07", "Readmission within 28 days", "ratio", "%", "lower", "pp", "phs_control",
        "Stays followed by another of the same patient within 28 days.",
        Example(9, 120, 7.5, "9 of 120 discharges are 7.5%."),
        numerator=("readmissions",), denominator=("index_discharges",), factor=100, minimum=5,
        lag_weeks=4, lag_months=1, block="performance", column="readmission_pct",
        notes="Any stay, as the feed does not tell emergencies. Deaths (`DEATH`, `DIED`) and transfers (`TRANSFER`) "
        "are no index. Provisional until 28 days have passed. Absent where no patient is sent.",
    ),
    Indicator(
        "P08", "Discharged before noon", "ratio", "%", "higher", "pp", "phs_control",
        "Discharges before 12:00, of those with a time.",
        Example(18, 60, 30.0, "18 of 60 are 30.0%."),
        numerator=("discharges_before_noon",), denominator=("discharges_timed",), factor=100, minimum=5,
        block="performance", column="before_noon_pct",
        notes="Midnight sharp is taken as no time given.",
    ),
    Indicator(
        "P09", "Referrals returned", "ratio", "%", "lower", "pp", "phs_control",
        "Returned, of referrals decided, by the day they were received.",
        Example(31, 100, 31.0, "31 returned and 69 accepted: 31.0%."),
        numerator=("referrals_returned",), denominator=("referrals_accepted", "referrals_returned"), factor=100,
        minimum=5, block="performance", column="returned_pct", team_month_column="returned_pct",
        notes="Pending ones are in neither. 31% to 15% is 16 points, or 51.6% of 31: say which.",
    ),
    Indicator(
        "P10", "Referral decision time", "median", "working days", "lower", "run", "his_run",
        "The middle of the working days from receipt to decision, by the day of receipt.",
        Example(6, None, 6, "2, 6 and 11 working days: the middle is 6."),
        numerator=("referrals_accepted",), worked_out="median of working days from `start_at` to `end_at` of referrals",
        minimum=5, lag_weeks=4, lag_months=1, block="performance", column="decision_days",
        notes="`end_at` of a referral is when it was decided. Pending ones are left out, so young months look fast: a "
        "value is provisional for a month.",
    ),
    Indicator(
        "P11", "Did not attend", "ratio", "%", "lower", "pp", "phs_control",
        "Not attended, of contacts attended or not.",
        Example(15, 100, 15.0, "15 missed and 85 attended: 15.0%."),
        numerator=("dnas",), denominator=("attendances", "dnas"), factor=100,
        block="performance", column="dna_pct", team_month_column="dna_pct",
        notes="Cancelled ones are in neither.",
    ),
    Indicator(
        "P12", "Violence", "ratio", "/1,000 bed days", "lower", "up", "phs_control",
        "Incidents of violence for each 1,000 occupied bed days.",
        Example(6, 750, 8.0, "6 incidents in 750 bed days are 8.0 for each 1,000."),
        numerator=("violent_incidents",), denominator=("bed_days",), factor=_BED_DAYS,
        block="performance", column="violence_per_1000_bed_days",
        notes="Only teams that have ever sent one: elsewhere nobody knows whether they are counted.",
    ),
    Indicator(
        "P13", "Care plan within 24 hours", "ratio", "%", "higher", "pp", "phs_control",
        "Admissions with a care plan and risk assessment within 24 hours.",
        Example(18, 20, 90.0, "18 of 20 admissions are 90.0%."),
        numerator=("care_plans_24h",), denominator=("admissions",), factor=100, minimum=5,
        block="performance", column="care_plan_24h_pct",
        notes="An admission without a record counts as not met.",
    ),
    Indicator(
        "P14", "Treatments moved to the community", "ratio", "%", "higher", "pp", "phs_control",
        "Treatments in the community, of all.",
        Example(50, 250, 20.0, "50 of 250 are 20.0%."),
        numerator=("treatments_community",), denominator=("treatments_hospital", "treatments_community"), factor=100,
        block="performance", column="moved_pct",
    ),
    Indicator(
        "P15", "Shortages", "ratio", "/1,000 bed days", "lower", "up", "phs_control",
        "Times somebody went without, for each 1,000 bed days: the balancing measure of a commodity.",
        Example(2, 4_000, 0.5, "2 shortages in 4,000 bed days are 0.5 for each 1,000."),
        numerator=("shortages",), denominator=("commodity_base",), factor=_BED_DAYS, grains=("month",),
        notes="Needs the activity measure `shortage`; whose bed days it is over is said by the team's saving cases.",
    ),
)  # fmt: skip
