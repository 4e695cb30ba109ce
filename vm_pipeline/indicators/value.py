"""Value: cost and quality seen together, without a composite score.

Belongs here: entry V01. Does not belong here: its SQL (sql/marts/indicator_class).
"""

from vm_pipeline.indicators.entry import Example, Indicator

QUALITY_OF_VALUE = ("P05", "P07", "P08", "P09", "P11", "P12", "P13", "S03")

VALUE = (
    Indicator(
        "V01", "Value trajectory", "class", "%", "neutral", "", "",
        "Whether the last twelve months were cheaper or dearer for each patient, and better or worse, than the twelve "
        "before.",
        Example(-21.8, None, -21.8, "£807.70 → £631.50 is −21.8%; falls went down too: `cheaper_better`."),
        worked_out="change of F02 in per cent, twelve months on the twelve before; class by it and by "
        + ", ".join(QUALITY_OF_VALUE),
        grains=("month",),
        notes="One measure of quality that worsened by 5% or more makes it `worse`: harm is not averaged away. One "
        "that bettered by as much makes it `better`. `same` where none moved or can be compared. From none to any "
        "counts as moved: the first fall after a year without. Cost is compared where all 24 months are known, quality "
        "where 18 are.",
    ),
)  # fmt: skip
