"""What the folder of a staged content is named by: the content, and all that would stage it differently.

Belongs here: short names for contracts and readers, for a policy, for the key of pseudonyms.
Does not belong here: staging anything (batches), what a policy says (policy), the key itself (pseudonym).
"""

import hashlib
from functools import cache

from vm_pipeline.feeds import contracts_of
from vm_pipeline.feeds.contract import Privacy
from vm_pipeline.feeds.identifiers import KINDS
from vm_pipeline.sources.receipts import Receipt
from vm_pipeline.staging import judging, reading
from vm_pipeline.staging.layouts import LAYOUT_VERSION
from vm_pipeline.staging.parsing import BLANKS, EXPRESSIONS
from vm_pipeline.staging.personal import PERSONAL_VERSION
from vm_pipeline.staging.policy import Policy


def folder_name(receipt: Receipt, policy: Policy, key: str) -> str:
    """The same for what is staged alike."""
    return f"{receipt.content_id}-{staged_as(receipt.slot.feed, policy, key)}"


@cache
def staged_as(feed: str, policy: Policy, key: str) -> str:
    """What changes with all that would stage contents of a feed differently: contracts and readers, policy, key."""
    return "-".join(filter(None, (staging_version(feed), policy.version(feed), _key_version(feed, policy, key))))


@cache
def staging_version(feed: str) -> str:
    """Eight hex digits that change when the same content would be staged differently."""
    readers = (reading.READER_VERSION, judging.JUDGING_VERSION, PERSONAL_VERSION, LAYOUT_VERSION)
    contracts = [(c.version, c.measures, c.dated_far, c.uncounted) for c in contracts_of(feed)]
    return _short((readers, BLANKS, EXPRESSIONS, KINDS, contracts))


def _key_version(feed: str, policy: Policy, key: str) -> str:
    """Eight hex digits that change with the key; none where nothing of the feed is hashed with it.

    A patient whose batches were hashed with two keys would be two, and come back to no ward.
    """
    return _short(("key", key)) if _has_pseudonyms(feed) or policy.pseudonymises(feed) else ""


@cache
def _has_pseudonyms(feed: str) -> bool:
    """Whether the contract itself says that a column becomes a keyed hash."""
    return any(column.privacy is Privacy.PSEUDONYM for one in contracts_of(feed) for column in one.columns)


def _short(parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:8]
