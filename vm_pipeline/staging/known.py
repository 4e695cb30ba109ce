"""What is known at a time: every version received, and what staging found in each.

Belongs here: joining receipts with summaries, so that nobody later asks the disk.
Does not belong here: which version is in force (receipts), using any of it (quality, warehouse).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from vm_pipeline.sources.decisions import Decision
from vm_pipeline.sources.receipts import Receipt, Version, versions
from vm_pipeline.staging.batches import Staging
from vm_pipeline.staging.summary import Summary

_SHOWN = 5
_LOGS = 6  # all of it, by feed, of the reference files, as it was before the last landing


class NotStaged(Exception):
    """Batches that were received have not been staged yet."""


@dataclass(frozen=True)
class Known:
    """Versions in the order received; summaries by content id (none for files that are kept untyped).

    `staged_as`, by feed, changes with all that would stage contents differently: contracts, policy, key.
    """

    versions: tuple[Version, ...]
    summaries: dict[str, Summary]
    staged_as: Mapping[str, str] = field(default_factory=dict)

    def summary(self, version: Version) -> Summary | None:
        """What staging found in a version."""
        return self.summaries.get(version.receipt.content_id)

    def in_force(self, feed: str) -> list[Version]:
        """Versions of a feed of which any month counts."""
        return [version for version in self.versions if version.receipt.slot.feed == feed and version.in_force]

    @property
    def refused(self) -> set[str]:
        """Content ids of refused batches."""
        return {summary.content_id for summary in self.summaries.values() if summary.refused}


def what_is_known(receipts: Sequence[Receipt], staging: Staging, decisions: Sequence[Decision] = ()) -> Known:
    """Versions and summaries of some receipts. Raises NotStaged where staging has not seen one."""
    contents = {receipt.content_id: receipt for receipt in receipts}
    unseen = sorted({str(receipt.slot) for receipt in staging.unstaged(contents.values())})
    if unseen:
        shown = ", ".join(unseen[:_SHOWN]) + (" …" if len(unseen) > _SHOWN else "")
        raise NotStaged(
            f"found {len(unseen)} batches not staged ({shown}); expected every received batch to be. "
            "Materialise staging for their months, or use `vm-pipeline run`; where the night has VM_PSEUDONYM_KEY, "
            "set it here, too: with another key patients are staged again."
        )
    summaries = staging.summaries(contents.values())
    refused = {content_id for content_id, summary in summaries.items() if summary.refused}
    staged_as = {feed: staging.staged_as(feed) for feed in {receipt.slot.feed for receipt in receipts}}
    return Known(_replayed(tuple(receipts), frozenset(refused), tuple(decisions)), summaries, staged_as)


@lru_cache(maxsize=_LOGS)
def _replayed(
    receipts: tuple[Receipt, ...], refused: frozenset[str], decisions: tuple[Decision, ...]
) -> tuple[Version, ...]:
    """Versions of a log: a night asks for those of the same few logs thirteen times. To tell a log takes a tenth."""
    return tuple(versions(receipts, refused, decisions))
