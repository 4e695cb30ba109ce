"""Nights killed at random moments, many of them: `make faults`.

Belongs here: which moments, telling what came of it. Does not belong here: the victim, what must hold (world).

    python -m vm_pipeline_tests.faults.kills --kills 300 --seed 7

The same seed draws the same moments. A moment is a step of the night in its home, and often a while after it, so that
work within DuckDB is met too. Of all kills, a third each fall on a first night, on a second one, and on the steps
around the swap that publishes. Every other kill is a power cut too: what was written and not flushed is gone.
"""

import argparse
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from vm_pipeline_tests.faults.victim import Death, Ended, night
from vm_pipeline_tests.faults.world import COLD, SECOND, World, complaints, files, lose_power, seen

_AROUND_THE_SWAP, _LONGEST_DELAY, _IN_A_ROW = 25, 0.4, 3


@dataclass(frozen=True)
class Trial:
    """A home, killed once or several times in a row, then left to finish. `deaths` with whether power went too."""

    phase: str
    night: int
    deaths: tuple[tuple[Death, bool], ...]


def trials(chance: random.Random, kills: int, undisturbed: Sequence[Ended]) -> Iterator[Trial]:
    """Trials with so many kills in all."""
    spans = {"cold": (COLD, _whole(undisturbed[COLD])), "second": (SECOND, _whole(undisturbed[SECOND]))}
    spans["publishing"] = (SECOND, _around_swap(undisturbed[SECOND]))
    for phase in cycle(spans):
        which, span = spans[phase]
        row = min(chance.randint(1, _IN_A_ROW), kills)
        kills -= row
        yield Trial(phase, which, tuple(_death(chance, span) for _ in range(row)))
        if not kills:
            return


def _death(chance: random.Random, span: range) -> tuple[Death, bool]:
    delay = chance.choice([0.0, chance.uniform(0, _LONGEST_DELAY)])
    return Death(chance.choice(span), round(delay, 3)), chance.random() < 0.5


def _whole(over: Ended) -> range:
    return range(1, len(over.steps) + 1)


def _around_swap(over: Ended) -> range:
    names = [step.startswith("os.rename") and step.endswith("/warehouse.duckdb") for step in over.steps]
    (swap,) = [number for number, named in enumerate(names, 1) if named]
    return range(max(1, swap - _AROUND_THE_SWAP), min(len(over.steps), swap + _AROUND_THE_SWAP))


def attempt(world: World, trial: Trial, home: Path) -> tuple[int, list[str]]:
    """Kill, look, go on until the end. Returns how many nights died, and what did not hold."""
    world.copy(trial.night, home)
    good, died, found = {world.before(trial.night), world.after(trial.night)}, 0, []
    for death, power in trial.deaths:
        there = files(home).values()
        over = night(world.drop(trial.night), home, death)
        died += over.status != 0
        if over.status not in (0, -death.signal) and death.signal == signal.SIGKILL:
            found.append(f"a night ended with {over.status}: {over.said}")
        if power and over.status:
            lose_power(home, there, over.flushed)
        if _readers_see(home) not in {one and one.fingerprint for one in good}:
            found.append(f"readers see neither night after {death}")
    over = night(world.drop(trial.night), home)
    found += [f"the night after ended with {over.status}: {over.said}"] if over.status else []
    return died, found + list(complaints(world, trial.night, home))


def _readers_see(home: Path) -> str | None:
    return seen(home).fingerprint if (home / "warehouse.duckdb").exists() else None


def main() -> int:
    """Kill as many as asked for. Returns 1 where something did not hold."""
    asked = _asked()
    chance, start = random.Random(asked.seed), time.monotonic()
    died, fell, amiss = Counter[str](), 0, 0
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        undisturbed = world.make()
        print(
            f"seed {asked.seed}; nights of {len(undisturbed[0].steps)} and {len(undisturbed[1].steps)} steps",
            flush=True,
        )
        for number, trial in enumerate(trials(chance, asked.kills, undisturbed)):
            if time.monotonic() - start > asked.seconds:
                print(f"{asked.seconds} seconds are over")
                break
            killed, found = attempt(world, trial, world.root / "trial")
            died[trial.phase] += killed
            fell += len(trial.deaths) - killed
            amiss += bool(found)
            for one in found:
                print(f"trial {number}, {trial}: {one}", flush=True)
            shutil.rmtree(world.root / "trial")
    told = ", ".join(f"{count} {phase}" for phase, count in died.items())
    print(f"seed {asked.seed}: {died.total()} nights killed ({told}), {fell} ended before; {amiss} trials amiss")
    return 1 if amiss else 0


def _asked() -> argparse.Namespace:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--kills", type=int, default=300)
    asked.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    asked.add_argument("--seconds", type=float, default=float("inf"), help="begin no trial after so many")
    return asked.parse_args()


if __name__ == "__main__":
    sys.exit(main())
