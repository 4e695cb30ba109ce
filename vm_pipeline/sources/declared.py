"""What every `[[source]]` of one feed says of itself, whatever it asks for the extracts.

Belongs here: the keys that all kinds of sources share.
Does not belong here: the keys of one kind (beside its connector), reading `vm.toml` (settings).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from vm_pipeline.feeds import FEEDS
from vm_pipeline.feeds.reference import REFERENCES
from vm_pipeline.keys import OneOf

Feed = Annotated[str, OneOf((*FEEDS, *(f"reference/{name}" for name in REFERENCES)))]


@dataclass(frozen=True, kw_only=True)
class FeedKeys:
    """Keys of a source of one feed."""

    feed: Feed
    """The feed of the files or rows: a feed, or `reference/<name>`."""
    provider: str | Sequence[str] = ""
    """Provider code, or a list of codes that share the files or the query. Not needed for reference files."""
    layout: str = ""
    """Name of the layout the rows follow; without it they are canonical."""
    part: str = ""
    """A name that keeps apart what several systems send of one feed for one month; each replaces only its own."""

    def __post_init__(self) -> None:
        """Raises ValueError where nobody can say whose feed it is."""
        if self.feed in FEEDS and not all(self.providers):
            raise ValueError(f"found no `provider`, expected the code of the provider whose {self.feed} it is.")

    @property
    def providers(self) -> tuple[str, ...]:
        """One source may stand for several providers: a national file, a query."""
        given = [self.provider] if isinstance(self.provider, str) else self.provider or [""]
        return tuple(one.upper() for one in given)

    @property
    def spans(self) -> tuple[tuple[str, str], ...]:
        """First and last month of each extract, where the configuration alone says them; none where a name does."""
        return ()
