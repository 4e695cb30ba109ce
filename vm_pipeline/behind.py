"""A home that is older than what readers have: restored from an earlier backup, or another one publishes there too.

Belongs here: finding it out, and refusing to publish.
Does not belong here: two nights of one home at once, of which the newer is published (home).
"""

from collections.abc import Iterable

from vm_pipeline.home import Home
from vm_pipeline.warehouse.postgres.refused import WarehouseRefused
from vm_pipeline.warehouse.snapshot import Publication


def unknown_night(home: Home, found: Iterable[Publication | None]) -> str:
    """The time of a night that readers have, and all that this home knows came before it; empty = there is none.

    `found`: what each place readers look at was made from.
    """
    last = home.landing.last_moment
    return max((there.as_of for there in found if there and last and there.as_of > last), default="")


def refuse_behind(home: Home) -> None:
    """Raises WarehouseRefused. Without a word every night would be dropped, until something new is received."""
    if night := unknown_night(home, home.published()):
        raise WarehouseRefused(
            f"{home.readers_at()}: found the night as of {night}, expected none after {home.landing.last_moment}, "
            "the last that this home received or decided. This home is older than what readers have (restored from "
            "an earlier backup?), or another one publishes there. Nothing was published; see the runbook, "
            "*The home is older than what readers have*."
        )
