"""Whose extracts a source brings.

Belongs here: the slot and the extract a connector makes of what it found. Does not belong here: any connector.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from vm_pipeline.sources.extract import Extract
from vm_pipeline.sources.receipts import Slot


@dataclass(frozen=True)
class Sender:
    """Whose extracts a source brings: a feed of a provider, the layout they follow (resolved, as JSON), their part."""

    feed: str
    provider_code: str
    layout: str = ""
    part: str = ""

    def slot(self, first: str = "", last: str = "") -> Slot:
        """The slot for some months; a reference file has none."""
        if self.feed.startswith("reference/"):
            return Slot(self.feed, "")
        return Slot(self.feed, self.provider_code, first, last or first, self.part)

    def extract(self, slot: Slot, name: str, content: Any, **more: Any) -> Extract:
        """An extract that follows the layout."""
        return Extract(slot, name, content, layout=_named(self.layout, name), **more)

    def __str__(self) -> str:
        return " of ".join(filter(None, (self.feed, "/".join(filter(None, (self.provider_code, self.part))))))


def base_name(name: str) -> str:
    """The last part of a path or address."""
    return re.split(r"[/\\]", name)[-1]


def _named(layout: str, name: str) -> str:
    """A layout with the file's own name, where cells are taken from it: the same bytes under another name are new."""
    if '"file_name"' not in layout:
        return layout
    return json.dumps({**json.loads(layout), "named": base_name(name)}, sort_keys=True, ensure_ascii=False)
