"""What a night came to; and the night that found nothing to do, told before anything heavy is imported.

Belongs here: the one shape that every end of a night has.
Does not belong here: working through a night (defs), showing its end (page).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vm_pipeline.home import Home
from vm_pipeline.quality.verdict import Verdict
from vm_pipeline.sources.landing import Received

if TYPE_CHECKING:
    from vm_pipeline.warehouse.workspace import Built


@dataclass(frozen=True)
class Outcome:
    """What a night came to. `failure` says why a gate closed; empty = published, or nothing to do.

    `alerts`: what came of telling people.
    """

    received: Received | None
    known_until: str
    published: bool
    up_to_date: bool
    failure: str
    verdicts: tuple[Verdict, ...] = ()
    built: "tuple[Built, ...]" = ()
    alerts: tuple[str, ...] = ()


def nothing_to_do(home: Home, received: Received | None) -> Outcome | None:
    """The outcome of a night after which readers have all there is; None where there is work."""
    if not home.receipts() or home.unpublished() or not home.is_published(home.known()):
        return None
    return Outcome(received, home.landing.last_moment, published=False, up_to_date=True, failure="")
