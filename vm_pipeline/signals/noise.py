"""How often a profile signals on pure noise: series of independent normal values, nothing else.

    python -m vm_pipeline.signals.noise

prints the table that indicators/noise.py holds.

Belongs here: the simulation, with a fixed seed, through the same engine as everything else.
Does not belong here: the table, and reading it (indicators/noise).
"""

import numpy as np

from vm_pipeline.indicators.noise import LENGTHS
from vm_pipeline.indicators.profiles import PROFILES
from vm_pipeline.signals.judge import judge
from vm_pipeline.signals.series import points

BASELINES = (0, 12)
SERIES, SEED = 20_000, 20260501


def false_alarms(profile: str, length: int, baseline: int = 0, count: int = SERIES) -> tuple[float, float]:
    """Share of series with a signal, and signalled points a series. Centre and limits are of `baseline` points."""
    values = np.random.default_rng(SEED).standard_normal(count * length)
    made = points(
        np.repeat(np.arange(count), length),
        np.tile(np.arange(length), count),
        values,
        baseline=np.tile(np.arange(length) < (baseline or length), count),
    )
    signal = judge(made, profile).signal.reshape(count, length)
    if baseline:
        signal = signal[:, baseline:]
    return float(signal.any(axis=1).mean()), float(signal.sum(axis=1).mean())


def table() -> dict[str, dict[int, dict[int, tuple[float, float]]]]:
    """Profile → points of a fixed baseline (0 = none) → points judged → false alarms."""
    return {
        profile: {
            baseline: {
                length: tuple(round(one, 4) for one in false_alarms(profile, length + baseline, baseline))  # type: ignore[misc]
                for length in LENGTHS
            }
            for baseline in (BASELINES if profile != "runcharter" else (0,))
        }
        for profile in PROFILES
    }


if __name__ == "__main__":
    import pprint

    pprint.pp(table(), width=118, compact=True)
