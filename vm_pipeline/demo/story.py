"""What changes over the made-up programme: costs, admissions, stays, harm, time and answers, as bends of a line.

Belongs here: how things move over time, as data, and the reading of a line at a month.
Does not belong here: who there is (programme), ordinary sizes (programme, accounts), noise (chance).

The shapes follow what the real collaborative published; the figures between its headlines are invented.
"""

from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from vm_pipeline.calendar import month_number

Levels = tuple[tuple[str, float], ...]  # (month, level): straight between two bends, flat outside them
STEADY: Levels = (("2019-11", 1.0),)


class ReturnedPhase(NamedTuple):
    """The share of decided referrals that went back to the practice, of those received in a span of months."""

    first: str
    last: str
    returned: float


# Spending against an ordinary month, by cost centre and account; then by account alone.
COSTS: Mapping[tuple[str, str], Levels] = {
    ("H21070", "1110"): (("2021-06", 1.0), ("2021-07", 0.88)),
    ("H21070", "1120"): (("2021-06", 1.0), ("2021-07", 0.88)),
    ("H21070", "1210"): (("2021-06", 1.0), ("2021-07", 0.692)),  # agency 30.8% down
    ("H21070", "2010"): (("2021-06", 1.0), ("2021-07", 1.18)),  # more people, more drugs
    ("H21070", "4010"): (("2021-06", 1.0), ("2021-07", 1.18)),
    ("H21070", "4020"): (("2021-06", 1.0), ("2021-07", 1.18)),
    ("F33010", "1120"): (("2021-02", 1.0), ("2022-02", 0.74)),
    ("F33120", "2010"): (("2021-09", 1.0), ("2021-11", 0.85)),  # medicines that move to the community
    ("F33120", "1110"): (("2021-09", 1.0), ("2021-11", 0.60)),
    ("F35010", "2020"): (("2021-09", 1.0), ("2021-11", 2.02)),
}
COSTS_EVERYWHERE: Mapping[str, Levels] = {
    "4010": (("2020-02", 1.0), ("2020-04", 1.30), ("2020-08", 1.08), ("2021-06", 1.0)),
    "1310": (("2020-03", 1.0), ("2020-04", 1.25), ("2020-07", 1.0)),
    "5010": (("2020-03", 1.0), ("2020-04", 0.45), ("2020-10", 0.7), ("2021-10", 0.9)),
}

# Admissions against an ordinary week, and nights against an ordinary stay, by unit.
ADMISSIONS_ELSEWHERE: Levels = (
    ("2020-02", 1.0),
    ("2020-04", 0.72),
    ("2020-10", 1.0),
    ("2021-06", 1.0),
    ("2021-11", 1.06),
)
ADMISSIONS: Mapping[str, Levels] = {
    "H7A": (("2021-06", 1.0), ("2021-07", 1.267)),  # as drawn from the usual seed: 28.9% more people a week
    "FAMH": (("2021-01", 1.0), ("2022-01", 1.12)),
    "HNCA": STEADY,
    "GSPI": STEADY,
}
NIGHTS: Mapping[str, Levels] = {
    "H7A": (("2021-06", 1.0), ("2021-07", 0.80)),
    "FAMH": (("2021-01", 1.0), ("2022-01", 0.80)),
    "TRES": (("2020-12", 1.0), ("2021-12", 0.94)),
}

# Care plans made within 24 hours, as a share of admissions, by unit.
CARE_PLANS: Mapping[str, Levels] = {
    "FAMH": (("2020-10", 0.58), ("2021-09", 0.92)),
    "HNCA": (("2021-01", 0.61), ("2022-06", 0.83)),
}

# Rare events for each 1,000 occupied bed days, by team.
FALLS_ELSEWHERE: Levels = (("2019-11", 6.1),)
FALLS: Mapping[str, Levels] = {
    "T-RES": (("2020-12", 6.4), ("2021-12", 4.6)),
    "H-W7A": (("2020-12", 6.2), ("2021-10", 4.5)),
    "F-FRA": (("2021-06", 9.1), ("2022-06", 6.7)),
    "G-OLD": (("2021-06", 8.8), ("2022-06", 6.6)),
    "F-AMH": (("2019-11", 2.2),),
    "H-NCR": (("2019-11", 2.0),),
    "G-SPI": (("2019-11", 1.4),),
}
FALLS_WITH_HARM = 0.22
VIOLENCE: Mapping[str, Levels] = {
    "F-AMH": (("2020-10", 9.5), ("2021-10", 5.6)),
    "H-NCR": (("2020-10", 8.4), ("2022-04", 6.9)),
}

# Clinics: appointments missed as a share of booked ones; referrals returned; treatments against an ordinary month.
MISSED_ELSEWHERE: Levels = (("2019-11", 0.07),)
MISSED: Mapping[str, Levels] = {"HERC": (("2020-12", 0.15), ("2021-10", 0.09)), "HMRC": (("2019-11", 0.14),)}
CANCELLED = 0.05
RETURNED: Mapping[str, tuple[ReturnedPhase, ...]] = {
    "HERC": (
        ReturnedPhase("2019-11", "2020-02", 0.31),
        ReturnedPhase("2020-03", "2020-09", 0.31),  # apart, so that the share is the same without the pause
        ReturnedPhase("2020-10", "2021-03", 0.31),
        ReturnedPhase("2021-04", "2021-09", 0.22),
        ReturnedPhase("2021-10", "2022-10", 0.15),
    ),
    "HMRC": (ReturnedPhase("2019-11", "2022-10", 0.29),),
}
TREATED_IN_HOSPITAL: Levels = (("2020-03", 1.0), ("2020-04", 0.8), ("2020-07", 1.0), ("2021-09", 1.0), ("2021-10", 0.8))

# Hours of the working day at the bedside, and on everything else that is not care, as shares of contracted hours.
DIRECT_HOURS: Levels = (("2019-11", 0.39), ("2020-12", 0.40), ("2022-03", 0.49))
INDIRECT_HOURS: Levels = (("2019-11", 0.47), ("2020-12", 0.46), ("2022-03", 0.38))

# Monthly pulse: positive answers as a share of answers, by team and question.
PULSE_ELSEWHERE: Mapping[str, Levels] = {
    "SUPPORTED": (("2019-11", 0.70), ("2020-10", 0.66), ("2022-06", 0.81)),
    "SAFE": (("2019-11", 0.74), ("2020-10", 0.68), ("2022-06", 0.84)),
    "VALUED": (("2019-11", 0.66), ("2020-10", 0.62), ("2022-06", 0.77)),
    "BREAKS": (("2019-11", 0.55), ("2022-10", 0.63)),
}
PULSE: Mapping[tuple[str, str], Levels] = {
    ("F-AMH", "SUPPORTED"): (("2020-02", 0.66), ("2020-10", 0.70), ("2021-07", 0.955)),
    ("F-AMH", "SAFE"): (("2020-02", 0.63), ("2020-10", 0.68), ("2021-07", 0.955)),
    ("F-AMH", "VALUED"): (("2020-10", 0.68), ("2021-09", 0.92)),
    ("G-SPI", "VALUED"): (("2020-02", 0.52), ("2020-10", 0.58), ("2021-12", 0.90)),
    ("G-SPI", "SUPPORTED"): (("2020-10", 0.60), ("2021-12", 0.88)),
}
# The yearly survey: positive answers as a share of answers, for every statement.
IMATTER: Levels = (("2020-02", 0.74), ("2021-02", 0.70), ("2022-02", 0.80))


@cache
def level(levels: Levels, period: str) -> float:
    """The height of a line in a month."""
    at = month_number(period)
    bends = [(month_number(month), height) for month, height in levels]
    for (left, low), (right, high) in pairwise(bends):
        if left <= at < right:
            return low + (high - low) * (at - left) / (right - left)
    return bends[0][1] if at < bends[0][0] else bends[-1][1]


def cost_level(cost_centre: str, account: str, period: str) -> float:
    """Spending of a cost centre on an account in a month, against an ordinary one."""
    return level(COSTS.get((cost_centre, account), COSTS_EVERYWHERE.get(account, STEADY)), period)
