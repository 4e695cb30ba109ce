"""Causes: what is worth telling somebody, in one shape, with the command that mends it.

Belongs here: kinds of causes, and causes that follow from what was received.
Does not belong here: causes that follow from runs (defs hands them in), which of them is news (told).
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from vm_pipeline.alerts.keys import Alerts
from vm_pipeline.quality.freshness import Late
from vm_pipeline.quality.history import is_open
from vm_pipeline.quality.verdict import Figure, counted, per_cent, pounds
from vm_pipeline.sources.extract import Problem
from vm_pipeline.sources.receipts import Slot, Version, waiting
from vm_pipeline.staging.known import Known
from vm_pipeline.staging.summary import Summary

# Kind → what it is called: the runbook has a section of that name. One that passes is not told of when it is over.
KINDS = {
    "failed_run": "A run failed",
    "closed_gate": "A gate is closed",
    "not_received": "Files were not received",
    "late_extract": "An extract is late",
    "refused_batch": "A batch was refused",
    "restatement": "A month was restated",
}
_PASSING = frozenset({"restatement"})


@dataclass(frozen=True)
class Cause:
    """One thing that needs somebody. `about` names it among those of its kind; `remedy` says what to do, and type."""

    kind: str
    about: str
    reason: str
    remedy: str
    figures: tuple[Figure, ...] = ()

    @property
    def name(self) -> str:
        """The same for the same thing, however it looks today."""
        return f"{self.kind} {self.about}"

    @property
    def title(self) -> str:
        """What it is called."""
        return f"{KINDS[self.kind]}: {self.about}"

    @property
    def lasts(self) -> bool:
        """Whether it is told of when it is over."""
        return self.kind not in _PASSING

    @property
    def state(self) -> str:
        """A hash of what is told of it: another one is told again."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True, default=str).encode()).hexdigest()[:16]


def not_received(problems: Iterable[Problem]) -> list[Cause]:
    """A cause for each file, folder or source of the last landing that could not be had."""
    return [
        Cause(
            "not_received",
            one.where,
            f"Found {one.found}; expected {one.expected}. What was received before stays in force.",
            f"{one.remedy} Then: `vm-pipeline run`.",
        )
        for one in problems
    ]


def late_extracts(found: Iterable[Late]) -> list[Cause]:
    """A cause for each sender that is late with a feed."""
    remedy = "Ask the sender for it; when it is there: `vm-pipeline run`. Who is late: `vm-pipeline status`."
    return [
        Cause("late_extract", f"{one.feed}/{one.sender}", f"{one}.", remedy, ({"last month": one.last_period},))
        for one in found
    ]


def refused_batches(known: Known) -> list[Cause]:
    """A cause for each batch that was refused and has not been sent again."""
    return [
        Cause(
            "refused_batch",
            str(version.receipt.slot),
            f"{summary.refused_because} The last good version stays in force.",
            "Pass it on to the sender: `vm-pipeline feedback`. When it was sent again: `vm-pipeline run`.",
            ({"batch": version.batch_id, "code": summary.refused_code, "rows": summary.rows_received},),
        )
        for version in waiting(known.versions)
        if (summary := known.summary(version))
    ]


def restatements(known: Known, alerts: Alerts, now: datetime) -> list[Cause]:
    """A cause for each month that was sent again, of late, with figures that are far from those before."""
    since = (now - timedelta(days=alerts.restated_days)).astimezone(UTC).isoformat(timespec="microseconds")
    last: dict[Slot, Version] = {}
    found = []
    for version in known.versions:
        if version.refused:
            continue
        before = last.get(version.receipt.slot)
        last[version.receipt.slot] = version
        if before and version.in_force and version.receipt.received_at > since and not _was_running(before):
            found.append(_restated(version, known.summary(before), known.summary(version), alerts.restated_share))
    return [one for one in found if one]


def _was_running(version: Version) -> bool:
    """Whether a month was not over when its extract was received: what follows is more of it, no correction."""
    return bool(version.receipt.slot.last_period) and is_open(version, version.receipt.slot.last_period)


def _restated(version: Version, before: Summary | None, now: Summary | None, share: float) -> Cause | None:
    if not before or not now:
        return None
    old, new = before.accepted or Decimal(0), now.accepted or Decimal(0)
    rows = _share(Decimal(before.rows_accepted), Decimal(now.rows_accepted))
    worst = max(_share(old, new), rows)
    if worst < share or not worst:
        return None
    said = f"{counted(before.rows_accepted, 'row')} before, {now.rows_accepted:,} now"
    if now.accepted is not None:
        said = f"{pounds(old)} before, {pounds(new)} now (difference {pounds(new - old)}); {said}"
    return Cause(
        "restatement",
        f"{version.receipt.slot} ({version.batch_id})",
        f"Found {said}; expected a change of less than {per_cent(share)}. The new version is in force.",
        "If it is right, nothing. If not, ask the sender for the right one, then: `vm-pipeline run`.",
        ({"rows before": before.rows_accepted, "rows now": now.rows_accepted, "share": round(min(worst, 1e9), 4)},),
    )


def _share(old: Decimal, new: Decimal) -> float:
    """The change, of what was there before; of something that was nothing it is all."""
    return float(abs(new - old) / abs(old)) if old else float(old != new)
