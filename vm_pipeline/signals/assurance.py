"""Whether a process as it runs can be expected to meet its target.

Belongs here: limits against a target. Does not belong here: signals (a process may signal and still never meet it).
"""

import numpy as np
from numpy.typing import NDArray

from vm_pipeline.signals.series import Floats

PASS, FAIL, HIT_OR_MISS = ASSURANCES = ("consistent_pass", "consistent_fail", "inconsistent")


def assurance(lower: Floats, upper: Floats, target: Floats, better: NDArray[np.int8]) -> NDArray[np.str_]:
    """Making Data Count's assurance: the target lies beyond a limit on the good side, on the bad side, or between.

    `better` is 1 where higher is better, -1 where lower is. Empty where limits, target or direction are not known.
    """
    with np.errstate(invalid="ignore"):
        side = np.where(target < lower, 1, np.where(target > upper, -1, 0)) * better
        known = ~np.isnan(lower + upper + target) & (better != 0)
    return np.where(known, np.select([side > 0, side < 0], [PASS, FAIL], HIT_OR_MISS), "")
