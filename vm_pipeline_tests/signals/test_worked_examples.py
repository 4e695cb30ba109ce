"""Examples that the page of rules works by hand: the engine flags the same points, by that rule."""

import numpy as np
import pytest

from vm_pipeline.indicators.profiles import PROFILES, WORDS
from vm_pipeline.reference.rules import WORKED
from vm_pipeline_tests.signals.comparing import judged, line


@pytest.mark.parametrize("rule", WORDS)
def test_the_engine_flags_what_the_example_says(rule: str) -> None:
    one = WORKED[rule]
    found = judged(line(one.values), one.profile)
    place = [known.code for known in PROFILES[one.profile].rules].index(rule)
    assert (np.flatnonzero(found.rule == place) + 1).tolist() == list(one.flagged)
