"""What each profile signals on pure noise, so that a number of signals can be read beside what chance alone gives.

Belongs here: the table, and reading it between its lengths.
Does not belong here: how it was made. `python -m vm_pipeline.signals.noise` prints it: 20,000 series of independent
normal values a cell, a fixed seed, the same engine as everywhere.

Counts and small rates vary less regularly than normal values do; for them the table is a guide, not a bound.
"""

from bisect import bisect_left
from dataclasses import dataclass

LENGTHS = (8, 12, 16, 20, 24, 30, 36, 52, 78, 104, 156, 260)


@dataclass(frozen=True)
class FalseAlarms:
    """Of series of noise: the share with at least one signal, and the signalled points a series."""

    share: float
    points: float


# Profile, points of a fixed baseline (0 = none): (share, points) for each of LENGTHS, points after the baseline.
TABLE: dict[tuple[str, int], tuple[tuple[float, float], ...]] = {
    ("his_run", 0): (
        (0.0602, 0.309),  # 8
        (0.1243, 0.6855),  # 12
        (0.2059, 1.2357),  # 16
        (0.289, 1.8767),  # 20
        (0.3645, 2.5064),  # 24
        (0.4657, 3.5208),  # 30
        (0.5559, 4.5315),  # 36
        (0.7265, 7.2412),  # 52
        (0.8746, 11.6523),  # 78
        (0.9431, 16.0505),  # 104
        (0.9873, 24.8263),  # 156
        (0.9996, 42.374),  # 260
    ),
    ("his_run", 12): (
        (0.2569, 1.3457),  # 8
        (0.3738, 2.3306),  # 12
        (0.4686, 3.3118),  # 16
        (0.5444, 4.2576),  # 20
        (0.6147, 5.2739),  # 24
        (0.6983, 6.7877),  # 30
        (0.7557, 8.1958),  # 36
        (0.8656, 12.0774),  # 52
        (0.9471, 18.3284),  # 78
        (0.9787, 24.6635),  # 104
        (0.996, 37.398),  # 156
        (0.9999, 62.507),  # 260
    ),
    ("mdc_xmr", 0): (
        (0.0347, 0.0724),  # 8
        (0.0717, 0.1998),  # 12
        (0.1114, 0.399),  # 16
        (0.1492, 0.6576),  # 20
        (0.1878, 0.9061),  # 24
        (0.2402, 1.2855),  # 30
        (0.2958, 1.7144),  # 36
        (0.42, 2.8377),  # 52
        (0.5756, 4.644),  # 78
        (0.6855, 6.4471),  # 104
        (0.8299, 10.0698),  # 156
        (0.9526, 17.3241),  # 260
    ),
    ("mdc_xmr", 12): (
        (0.2282, 0.7737),  # 8
        (0.3094, 1.3499),  # 12
        (0.3789, 1.9191),  # 16
        (0.4342, 2.4945),  # 20
        (0.4817, 3.0753),  # 24
        (0.5505, 4.0168),  # 30
        (0.5947, 4.7953),  # 36
        (0.6962, 7.086),  # 52
        (0.8026, 10.7843),  # 78
        (0.8632, 14.44),  # 104
        (0.9311, 21.9509),  # 156
        (0.9807, 36.7916),  # 260
    ),
    ("anhoej", 0): (
        (0.0, 0.0),  # 8
        (0.0124, 0.1494),  # 12
        (0.009, 0.144),  # 16
        (0.0216, 0.432),  # 20
        (0.0312, 0.7476),  # 24
        (0.0278, 0.8325),  # 30
        (0.0416, 1.4994),  # 36
        (0.0469, 2.4362),  # 52
        (0.0617, 4.8087),  # 78
        (0.0556, 5.7772),  # 104
        (0.0779, 12.1446),  # 156
        (0.0778, 20.228),  # 260
    ),
    ("anhoej", 12): (
        (0.0638, 0.51),  # 8
        (0.0816, 0.9792),  # 12
        (0.0906, 1.4496),  # 16
        (0.1195, 2.389),  # 20
        (0.152, 3.648),  # 24
        (0.1774, 5.322),  # 30
        (0.1586, 5.7096),  # 36
        (0.2064, 10.7354),  # 52
        (0.2807, 21.8946),  # 78
        (0.2749, 28.5896),  # 104
        (0.3473, 54.171),  # 156
        (0.3786, 98.449),  # 260
    ),
    ("runcharter", 0): (
        (0.0, 0.0),  # 8
        (0.0, 0.0),  # 12
        (0.0, 0.0),  # 16
        (0.0, 0.0),  # 20
        (0.0321, 0.2893),  # 24
        (0.0691, 0.6214),  # 30
        (0.1055, 0.995),  # 36
        (0.1862, 1.9314),  # 52
        (0.2915, 3.4573),  # 78
        (0.3711, 4.9226),  # 104
        (0.4943, 7.8835),  # 156
        (0.6512, 13.6237),  # 260
    ),
    ("phs_control", 0): (
        (0.0297, 0.0824),  # 8
        (0.0549, 0.1817),  # 12
        (0.0897, 0.3533),  # 16
        (0.1195, 0.5381),  # 20
        (0.1545, 0.7857),  # 24
        (0.2044, 1.1665),  # 30
        (0.2592, 1.5862),  # 36
        (0.3792, 2.6848),  # 52
        (0.5379, 4.5545),  # 78
        (0.6513, 6.3605),  # 104
        (0.8038, 10.0701),  # 156
        (0.9386, 17.5003),  # 260
    ),
    ("phs_control", 12): (
        (0.2122, 0.691),  # 8
        (0.3015, 1.3715),  # 12
        (0.373, 2.0665),  # 16
        (0.4352, 2.7441),  # 20
        (0.4851, 3.4773),  # 24
        (0.5579, 4.5922),  # 30
        (0.6065, 5.5263),  # 36
        (0.7149, 8.1889),  # 52
        (0.8236, 12.7793),  # 78
        (0.8848, 17.2929),  # 104
        (0.9496, 26.2819),  # 156
        (0.9883, 44.0473),  # 260
    ),
    ("control", 0): (
        (0.0156, 0.0164),  # 8
        (0.0271, 0.0284),  # 12
        (0.0401, 0.0423),  # 16
        (0.0483, 0.0503),  # 20
        (0.0597, 0.0621),  # 24
        (0.0725, 0.0752),  # 30
        (0.09, 0.0949),  # 36
        (0.1278, 0.1364),  # 52
        (0.1894, 0.2105),  # 78
        (0.2417, 0.2784),  # 104
        (0.3402, 0.4197),  # 156
        (0.4995, 0.6966),  # 260
    ),
    ("control", 12): (
        (0.1183, 0.1522),  # 8
        (0.1585, 0.2289),  # 12
        (0.188, 0.3031),  # 16
        (0.2187, 0.3837),  # 20
        (0.2384, 0.4517),  # 24
        (0.2682, 0.5597),  # 30
        (0.2947, 0.6807),  # 36
        (0.356, 1.0039),  # 52
        (0.4125, 1.4664),  # 78
        (0.4563, 1.9882),  # 104
        (0.5185, 2.9335),  # 156
        (0.5838, 4.9012),  # 260
    ),
}


def false_alarms(profile: str, points: int, has_baseline: bool = False) -> FalseAlarms:
    """What noise gives for so many points: on the line between the two lengths next to it, beyond the last as it grew.

    With a fixed baseline, that of 12 points. Raises KeyError for a profile that is not declared.
    """
    key = (profile, 12 if has_baseline and (profile, 12) in TABLE else 0)
    if points < LENGTHS[0]:
        first = TABLE[key][0]
        return FalseAlarms(*(one * max(points, 0) / LENGTHS[0] for one in first))
    place = min(max(bisect_left(LENGTHS, points), 1), len(LENGTHS) - 1)
    low, high = LENGTHS[place - 1], LENGTHS[place]
    part = (points - low) / (high - low)
    share, count = (a + part * (b - a) for a, b in zip(TABLE[key][place - 1], TABLE[key][place], strict=True))
    return FalseAlarms(min(share, 1.0), count)
