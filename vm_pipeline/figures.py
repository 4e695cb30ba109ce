"""What a night came to, as plain figures: for the page, for `--json`, for `status`.

Belongs here: gathering figures that exist already.
Does not belong here: computing anything new, deciding anything, laying them out (page).
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import duckdb

from vm_pipeline import asked
from vm_pipeline.behind import unknown_night
from vm_pipeline.calendar import months
from vm_pipeline.feeds import FEEDS
from vm_pipeline.home import Home
from vm_pipeline.outcome import Outcome
from vm_pipeline.quality.freshness import Late
from vm_pipeline.sources.extract import Extract, Problem
from vm_pipeline.sources.folder import FolderSource
from vm_pipeline.sources.looking import look as look_at
from vm_pipeline.sources.receipts import Receipt, waiting
from vm_pipeline.staging.known import Known
from vm_pipeline.staging.rehearsal import rehearse
from vm_pipeline.staging.rejects import rejects
from vm_pipeline.staging.summary import Summary, Warned
from vm_pipeline.warehouse.rows import named_rows

Figures = dict[str, Any]
Rejected = list[tuple[list[str], list[tuple[object, ...]]]]


def summarise(home: Home, outcome: Outcome, as_of: str, seconds: float) -> Figures:
    """Everything `run` has to tell, as plain figures."""
    known = home.known(outcome.known_until) if outcome.known_until and not outcome.failure else None
    target = home.target(as_of)
    return {
        "status": _status(outcome),
        "failure": outcome.failure,
        "known_until": outcome.known_until,
        "received_now": len(outcome.received.new) if outcome.received else 0,
        "unchanged": outcome.received.unchanged if outcome.received else 0,
        "problems": [str(problem) for problem in outcome.received.problems] if outcome.received else [],
        "feeds": _feeds(known) if known else [],
        "rejections": _rejections(known) if known else [],
        "refused": _refused(known) if known else [],
        "noted": noted(known, outcome.received.new) if known and outcome.received else [],
        "reconciliation": _reconciliation(target) if known else {},
        "warnings": [v.told for v in outcome.verdicts if not v.passed and not v.blocks],
        "gates": [v.told for v in outcome.verdicts if not v.passed and v.blocks],
        "tables": [{"table": f"vm.{b.statement.name}", "rows": b.rows} for b in outcome.built if b.statement.published],
        "warehouse": home.readers_at(as_of),
        "rejected_rows": str(home.reports(as_of) / "rejects"),
        "unmapped_codes": str(home.reports(as_of) / "unmapped"),
        "alerts": list(outcome.alerts),
        "seconds": round(seconds, 1),
    }


def _status(outcome: Outcome) -> str:
    if outcome.failure:
        return "not published"
    return "up to date" if outcome.up_to_date else "published" if outcome.published else "superseded by a newer night"


def _feeds(known: Known) -> list[Figures]:
    """Rows and pounds of every feed, over the batches in force."""
    found = []
    for feed in FEEDS:
        summaries = [s for v in known.in_force(feed) if (s := known.summary(v))]
        money = [s for s in summaries if s.received is not None and s.accepted is not None]
        received = sum((s.received or Decimal(0) for s in money), Decimal(0))
        accepted = sum((s.accepted or Decimal(0) for s in money), Decimal(0))
        found.append(
            {
                "feed": feed,
                "batches": len(summaries),
                "received": sum(s.rows_received for s in summaries),
                "accepted": sum(s.rows_accepted for s in summaries),
                "rejected": sum(s.rows_rejected for s in summaries),
                "received_gbp": received if money else None,
                "accepted_gbp": accepted if money else None,
                "rejected_gbp": received - accepted if money else None,
            }
        )
    return found


def _rejections(known: Known) -> list[Figures]:
    rows: Counter[tuple[str, str]] = Counter()
    pounds: dict[tuple[str, str], Decimal] = {}
    for version in known.versions:
        summary = known.summary(version)
        for rule in summary.rejections if summary and version.in_force else ():
            key = (version.receipt.slot.feed, rule.rule_code)
            rows[key] += rule.rows
            pounds[key] = pounds.get(key, Decimal(0)) + rule.amount
    return [
        {"feed": feed, "rule": rule, "rows": n, "pounds": pounds[feed, rule] if feed == "ledger" else None}
        for (feed, rule), n in sorted(rows.items(), key=lambda item: (item[0][0], -item[1]))
    ]


def _refused(known: Known) -> list[Figures]:
    """What was refused and has not been sent again."""
    return [
        {"batch": str(v.receipt.slot), "because": s.refused_because}
        for v in waiting(known.versions)
        if (s := known.summary(v))
    ]


def noted(known: Known, received: Sequence[Receipt]) -> list[str]:
    """What was left out of what came now, or read in a way of its own: nobody asks for it, and it rejects nothing."""
    found = [(one.slot, summary) for one in received if (summary := known.summaries.get(one.content_id))]
    return [f"{slot}: {note.message}{_rest(summary, note)}" for slot, summary in found for note in summary.notes]


def _rest(summary: Summary, note: Warned) -> str:
    nothing = note.rows and not summary.rows_received and not summary.refused
    return "; no row is left, look whether that is meant" if nothing else ""


def _reconciliation(path: object) -> Figures:
    with duckdb.connect(str(path), read_only=True) as con:
        query = con.execute(
            "SELECT coalesce(sum(ledger_total_gbp), 0) AS received, coalesce(sum(rejected_gbp), 0) AS rejected, "
            "coalesce(sum(superseded_gbp), 0) AS superseded, coalesce(sum(team_total_gbp), 0) AS shared_to_teams, "
            "coalesce(sum(unallocated_gbp), 0) AS of_it_unallocated, "
            "coalesce(sum(abs(difference_gbp)), 0) AS difference "
            "FROM vm.reconciliation"
        )
        return named_rows(query)[0]


def plan(home: Home) -> Figures:
    """What a run would receive, by asking the sources and hashing; writes nothing."""
    latest = {receipt.slot: receipt for receipt in home.receipts()}
    new, unchanged = [], 0
    extracts, problems = home.find()
    for extract, seen in look_at(home.landing, extracts):
        before = latest.get(extract.slot)
        if isinstance(seen, Problem):
            problems += [seen] if seen not in problems else []
        elif seen and before and before.content_id == seen.content_id:
            unchanged += 1
        elif seen:
            new.append({"batch": str(extract.slot), "change": "supersedes" if before else "new"})
    return {
        "would_receive": new,
        "unchanged": unchanged,
        "problems": [str(problem) for problem in problems],
        "warehouse": home.readers_at(),
    }


def look(home: Home) -> Figures:
    """What every source has, by asking them all, and whether layouts fit the last files at hand.

    Asks no server for a file, writes nothing.
    """
    found, problems = home.find()
    senders = [one.sender for one in home.settings.sources if not isinstance(one, FolderSource)]
    extracts: dict[tuple[str, str], list[Extract]] = {}
    for extract in found:
        extracts.setdefault((extract.slot.feed, extract.slot.sender), []).append(extract)
    return {
        "home": str(home.folder),
        "warehouse": home.readers_at(),
        "found": [{"feed": feed, "sender": sender, **_span(of)} for (feed, sender), of in sorted(extracts.items())],
        "problems": [str(problem) for problem in problems],
        "layouts": [*rehearse(senders, found)],
        "warnings": [*home.settings.warnings],
    }


def _span(extracts: Sequence[Extract]) -> Figures:
    """How many extracts, of which months; months between them that have none; how many only a run asks a server for."""
    slots = [extract.slot for extract in extracts]
    first, last = min(slot.first_period for slot in slots), max(slot.last_period for slot in slots)
    there = {month for slot in slots for month in slot.months}
    absent = [month for month in months(first, last) if month not in there] if first else []
    asked_for = sum(bool(extract.origin) for extract in extracts)
    return {"extracts": len(slots), "asked_for": asked_for, "first": first, "last": last, "absent": ", ".join(absent)}


def rejected_rows(home: Home, feeds: Sequence[str], provider: str | None, period: str | None) -> Rejected:
    """Rejected rows of versions in force, a table a feed."""
    known = home.known()
    chosen = [one for one in known.versions if one.in_force and one.receipt.slot.is_of(provider, period)]
    return [rejects([v for v in chosen if v.receipt.slot.feed == feed], home.staging, feed) for feed in feeds]


def one_table(tables: Rejected) -> tuple[list[str], list[list[object]]]:
    """Several feeds' rejected rows under one header."""
    header = list(dict.fromkeys(name for names, _ in tables for name in names))
    return header, [
        [dict(zip(names, row, strict=True)).get(name) for name in header] for names, rows in tables for row in rows
    ]


def status(home: Home, now: datetime) -> Figures:
    """Receipts, versions in force, what was refused, who is late, what is published."""
    receipts = home.receipts()
    unstaged = len(home.staging.unstaged(receipts)) if receipts else 0  # a home that is not there stays so
    known = home.known() if receipts and not unstaged else None
    readers = home.published()
    there = readers[-1]
    return {
        "home": str(home.folder),
        "warehouse": home.readers_at(),
        "published_as_of": there.as_of if there else None,
        "up_to_date": bool(known and home.is_published(known)),
        "unknown_night": unknown_night(home, readers),
        "receipts": len(receipts),
        "not_staged": unstaged,
        "last_received": receipts[-1].received_at if receipts else None,
        "last_asked": when.isoformat() if (when := asked.last(home.folder)) else None,
        "in_force": _in_force(known) if known else [],
        "refused": _refused(known) if known else [],
        "late": [_late(one) for one in home.late(now)],
    }


def _late(one: Late) -> Figures:
    return {
        "feed": one.feed,
        "sender": one.sender,
        "last": one.last_period,
        "expected": one.expected_period,
        "due": one.due_on.isoformat(),
    }


def _in_force(known: Known) -> list[Figures]:
    held: dict[tuple[str, str], list[str]] = {}
    for version in known.versions:
        slot = version.receipt.slot
        held.setdefault((slot.feed, slot.provider_code), []).extend(filter(None, version.months_in_force))
    return [
        {"feed": feed, "provider": provider, "months": len(months), "first": min(months), "last": max(months)}
        for (feed, provider), months in sorted(held.items())
        if months
    ]
