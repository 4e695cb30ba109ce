"""Nights: whether one was lately, and whether readers have what it received.

Belongs here: what shows that a night never ran, or never ends, which no night can tell of itself.
Does not belong here: why (the alerts, the runbook).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from vm_pipeline import asked
from vm_pipeline.doctor.finding import Finding, note, ok, wrong
from vm_pipeline.home import Home
from vm_pipeline.warehouse.snapshot import published

_A_NIGHT = timedelta(hours=26)  # from one to the next, which may begin late or take long
_EXPECTED = "one in the last 26 hours"


def nights(of: Home, now: datetime) -> Iterator[Finding]:
    """When the sources were asked last, and what was received and waits for readers."""
    yield _asked(of, now)
    yield from _waiting(of, now)


def behind(check: str, night: str, last: str) -> Finding:
    """Readers have a night that this home knows nothing of. `last`: when it last received or decided anything."""
    expected = f"none after {last}, the last that this home received or decided"
    remedy = "Restore a later backup, or see the runbook, *The home is older than what readers have*."
    return wrong(check, f"the night as of {night}", expected, remedy)


def _asked(of: Home, now: datetime) -> Finding:
    """Wrong where somebody is expected to send, or is told of it: then a night is expected, too."""
    say = wrong if of.is_awaited else note
    last = asked.last(of.folder)
    if last is None:
        return note("night", "no time of a night", _EXPECTED, "`vm-pipeline run` notes when the sources were asked.")
    said = f"the sources were asked last at {last.isoformat()}"
    if now - last <= _A_NIGHT:
        return ok("night", said)
    return say("night", said, _EXPECTED, "See whether cron or Dagster's daemon runs, and what it says of the night.")


def _waiting(of: Home, now: datetime) -> Iterator[Finding]:
    """What readers have not had for more than a night: runs fail, a gate is closed, or none follows a landing."""
    there, last = published(of.settings.warehouse), of.landing.last_moment
    if there is None or last == there.as_of:
        return
    if last < there.as_of:
        yield behind("snapshot", there.as_of, last)
        return
    since = next(moment for moment in of.moments() if moment > there.as_of)
    say = wrong if now - datetime.fromisoformat(since) > _A_NIGHT else note
    remedy = "`vm-pipeline run`, and see the runbook, *A run failed* or *A gate is closed*."
    yield say("night", f"what came since {since} is not published", "all that was received", remedy)
