"""A look at what landing would receive: every source is asked and every file read, and nothing is kept.

Belongs here: the receipt an extract would have.
Does not belong here: keeping it (landing), which of them are new (figures).
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from io import BufferedIOBase
from pathlib import Path
from tempfile import TemporaryDirectory

from vm_pipeline.sources.extract import Absent, Extract, Fetch, NotReceived, Problem
from vm_pipeline.sources.landing import Landing, problem_of, purged
from vm_pipeline.sources.objects import digest
from vm_pipeline.sources.receipts import Receipt

Seen = Receipt | Problem | None


def look(landing: Landing, extracts: Iterable[Extract]) -> Iterator[tuple[Extract, Seen]]:
    """Each extract with the receipt it would have, a problem, or None for nothing there."""
    down: dict[str, Problem] = {}
    gone = landing.purged_objects
    for extract in extracts:
        seen = down.get(extract.origin) or _looked_at(extract)
        if isinstance(seen, Receipt) and seen.sha256 in gone:
            seen = purged(seen, gone[seen.sha256])
        if isinstance(seen, Problem) and seen.where == extract.origin:
            down[extract.origin] = seen
        yield extract, seen


def _looked_at(extract: Extract) -> Seen:
    with TemporaryDirectory() as folder:
        try:
            sha256 = _content(extract.content, Path(folder) / "draft")
            control = _hashed(extract.control) if extract.control else ""
        except Absent:
            return None
        except (NotReceived, OSError) as error:
            return problem_of(extract, error, Path(folder))
    layout = hashlib.sha256(extract.layout.encode()).hexdigest() if extract.layout else ""
    return Receipt(extract.slot, sha256, control, layout, "", extract.name, 0)


def _content(content: Callable[[], BufferedIOBase] | Fetch, draft: Path) -> str:
    if not isinstance(content, Fetch):
        return _hashed(content)
    content.bring(draft, "")
    return digest(draft)


def _hashed(content: Callable[[], BufferedIOBase]) -> str:
    with content() as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
