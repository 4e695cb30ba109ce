"""Points that are shown and raise no signal, whatever the rules say: their line stands on too little.

Belongs here: too few points, too few events, points that are mostly of one value; which points rules are asked of.
Does not belong here: rules and limits, which follow their references to the last digit (rules, limits), which
indicators are not judged at all (indicators).

What noise raises without this, of 100 series of 52 weeks, where the table of false alarms says 38 (control charts):
with one event a week 70, with a tenth of one 99, with a bill in every twelfth week 99. With two or three events 50.
"""

import numpy as np

from vm_pipeline.indicators.profiles import RATES, SHARES
from vm_pipeline.signals.judge import Judged
from vm_pipeline.signals.series import Flags, Floats, Places, Points, begins, size, stretches

ENOUGH = 10  # points: a line of fewer moves with each new one (Perla, Provost and Murray 2011 ask for 10 to 12)
FEW = 2  # events expected of a point: below, limits lie between whole numbers and weeks without one are a run
NEWS = 4  # events outside the limits that are told where few are expected: noise of 0.6 has them at 3 of 1,000 points,
# noise of 1 at 10 of 1,000, so rare events are points that chance was asked of (`asked`), told or not


def tentative(points: Points, found: Judged, chart: str, factor: Floats) -> Flags:
    """Per point, in the order of `points`, series after series. `factor` is that of rates: 1,000 for each 1,000."""
    of = stretches(begins(points.series, found.phase))
    short = _stands_on(points, of) < ENOUGH
    if chart == "run":  # the median has a half of the points on either side, and ties end runs where they are most
        return short
    if chart in (*SHARES, *RATES):
        return short | _of_few(points, found, chart in SHARES, factor)
    return short | (_of_one_value(points, found, of) & ~found.outside_limits)


def asked(points: Points, found: Judged) -> Flags:
    """Per point, in the order of `points`, whether chance could have raised a signal: its line stands on enough points.

    Of rare events and of mostly one value those are told that lie outside. Counted alone they would be all signals, and
    of noise none: of 100 series of 104 weeks with one event a week 60 have such a point.
    """
    return _stands_on(points, stretches(begins(points.series, found.phase))) >= ENOUGH


def _stands_on(points: Points, of: Places) -> Places:
    """How many points the centre line of each point's phase is made of."""
    count = int(of[-1]) + 1 if len(of) else 0
    every, fixed = (size(of[some], count) for some in (~points.excluded, ~points.excluded & points.baseline))
    return np.where(fixed > 0, fixed, every)[of]


def _of_few(points: Points, found: Judged, is_share: bool, factor: Floats) -> Flags:
    """Whether few events are expected, and not many came. Of a share, what is rarer: the events or the rest."""
    expected = found.centre_line * points.den / (1 if is_share else factor)
    common = is_share & (2 * expected > points.den)
    expected, came = (np.where(common, points.den - one, one) for one in (expected, points.num))
    return (expected < FEW) & ~(found.outside_limits & (came >= NEWS))


def _of_one_value(points: Points, found: Judged, of: Places) -> Flags:
    """Whether more than half of a phase has its lowest value, or its highest: runs of it are what there always is."""
    used = ~points.excluded & ~np.isnan(found.value)
    value, count = found.value[used], int(of[-1]) + 1 if len(of) else 0
    mostly = np.zeros(count, dtype=bool)
    for extreme, start in ((np.minimum, np.inf), (np.maximum, -np.inf)):
        end = np.full(count, start)
        extreme.at(end, of[used], value)
        mostly |= 2 * size(of[used][value == end[of[used]]], count) > size(of[used], count)
    return mostly[of]
