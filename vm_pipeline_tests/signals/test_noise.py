"""False alarms: the stored table is what the engine gives, and agrees with published shares of noise that signals."""

import numpy as np
import pytest

from vm_pipeline.indicators.noise import LENGTHS, TABLE, false_alarms
from vm_pipeline.indicators.profiles import PROFILES
from vm_pipeline.signals import noise

# 4,000 series give a share to within 3 points in a hundred, nearly always.
FEW, NEAR = 4_000, 0.03


@pytest.mark.parametrize(("profile", "baseline"), TABLE)
def test_the_table_is_what_the_engine_gives(profile: str, baseline: int) -> None:
    place = LENGTHS.index(24)
    share, points = noise.false_alarms(profile, 24 + baseline, baseline, FEW)
    assert share == pytest.approx(TABLE[profile, baseline][place][0], abs=NEAR)
    assert points == pytest.approx(TABLE[profile, baseline][place][1], rel=0.25, abs=0.1)


@pytest.mark.parametrize(
    ("profile", "points", "share"),
    [("his_run", 12, 0.12), ("his_run", 52, 0.73), ("mdc_xmr", 24, 0.18), ("mdc_xmr", 52, 0.41), ("anhoej", 36, 0.04)],
)
def test_shares_agree_with_those_found_elsewhere(profile: str, points: int, share: float) -> None:
    assert false_alarms(profile, points).share == pytest.approx(share, abs=0.015)


def test_every_profile_has_false_alarms_that_grow_with_its_series() -> None:
    for profile in PROFILES:
        shares = [false_alarms(profile, points).share for points in range(400)]
        assert shares[0] == 0 and np.all(np.diff(shares) >= -0.02) and shares[-1] <= 1


def test_a_fixed_baseline_raises_more_false_alarms() -> None:
    for profile in ("his_run", "mdc_xmr", "phs_control"):
        assert false_alarms(profile, 24, has_baseline=True).share > false_alarms(profile, 24).share
