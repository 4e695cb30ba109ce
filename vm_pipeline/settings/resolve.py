"""From a document whose keys are right to sources that can be asked: how keys hang together.

Belongs here: names that stand for something declared elsewhere in the file, and what two tables say against each other.
Does not belong here: what one table alone may say (its declaration), asking a source (sources).
"""

from collections.abc import Collection, Iterator, Sequence
from itertools import combinations
from pathlib import Path

from vm_pipeline.feeds import FEEDS, contract_for
from vm_pipeline.settings.document import AnySource, Document
from vm_pipeline.settings.problems import Problem, closest
from vm_pipeline.sources.declared import FeedKeys
from vm_pipeline.sources.files import FilesSource
from vm_pipeline.sources.folder import FolderKeys, FolderSource
from vm_pipeline.sources.query import QuerySource
from vm_pipeline.sources.web.source import WebSource
from vm_pipeline.staging.layouts import Layout
from vm_pipeline.staging.policy import Policy

Source = FolderSource | FilesSource | WebSource | QuerySource

_APART = "Give each a `part` of its own, or take one out."


def sources(document: Document, base: Path) -> tuple[Source, ...]:
    """Every source, once a provider. Paths are below `base`."""
    layouts = {name: layout.to_json() for name, layout in document.layout.items()}
    return tuple(
        source
        for one in document.source
        for source in (
            [one.source(base)]
            if isinstance(one, FolderKeys)
            else [one.source(base, provider, layouts.get(one.layout, "")) for provider in one.providers]
        )
    )


def problems(document: Document, layouts: Collection[str]) -> list[Problem]:
    """What is wrong between tables that are right by themselves. `layouts`: names of all, right or wrong."""
    return [*_policy(document), *_layouts(document, layouts), *_twice(document)]


def doubts(document: Document) -> list[Problem]:
    """What may be a slip, though nothing fails of it."""
    return [*_over(document), *_unused(document)]


def _unused(document: Document) -> list[Problem]:
    """Layouts that no source names."""
    used = {one.layout for one in document.source if isinstance(one, FeedKeys)}
    return [
        Problem(("layout", name), "found a layout that no source uses, expected one that names it.", names_key=False)
        for name in document.layout
        if name not in used
    ]


def _policy(document: Document) -> Iterator[Problem]:
    for pattern, then in document.privacy.items():
        try:
            Policy.of({pattern: then})
        except ValueError as error:
            yield Problem(("privacy", pattern), str(error))


def _layouts(document: Document, known: Collection[str]) -> Iterator[Problem]:
    for place, one in enumerate(document.source):
        if not isinstance(one, FeedKeys) or not one.layout:
            continue
        if one.layout in document.layout:
            says = _misfit(one.feed, document.layout[one.layout])
        else:
            says = _no_such(one.layout, known)
        if says:
            yield Problem(("source", place, "layout"), says)


def _no_such(name: str, known: Collection[str]) -> str:
    expected = f"one of {', '.join(known)}" if known else f"a table [layout.{name}]"
    return f"found layout = {name!r}, expected {expected}.{closest(name, known)}"


def _misfit(feed: str, layout: Layout) -> str:
    """Why a layout cannot give the columns of a feed; empty where it can."""
    try:
        layout.check_feed(feed)
    except ValueError as error:
        return str(error)
    contract = contract_for(feed, tuple(layout.columns))
    extra = [name for name in layout.columns if name not in contract.by_name]
    if extra and not contract.open_header:
        known = ", ".join(contract.by_name)
        return f"found {_names(extra)} in the columns of its layout, expected only those of {feed}: {known}."
    absent = [name for name in contract.required if name not in layout.columns]
    return f"found no {_names(absent)} in the columns of its layout, which {feed} must have." if absent else ""


def _names(names: Sequence[str]) -> str:
    return ", ".join(map(repr, names))


def _twice(document: Document) -> Iterator[Problem]:
    """Two sources for one slot would replace each other's extracts night after night."""
    for place, other, what in _pairs(document):
        if set(_spans(document.source[place])) & set(_spans(document.source[other])):
            says = f"found a second source of {what} for the months of source {place + 1}, expected one. {_APART}"
            yield Problem(("source", other), says, names_key=False)


def _over(document: Document) -> Iterator[Problem]:
    """An extract of several months beside single ones of them: which counts is decided by what came last."""
    for place, other, what in _pairs(document):
        first, second = _spans(document.source[place]), _spans(document.source[other])
        if not set(first) & set(second) and any(a <= d and c <= b for a, b in first for c, d in second):
            says = f"found {what} for months that source {place + 1} has too: of each, what comes last counts. {_APART}"
            yield Problem(("source", other), says, names_key=False)


def _pairs(document: Document) -> Iterator[tuple[int, int, str]]:
    """Sources, by place, that stand for the same feed, provider and part; and for which."""
    of_feed = [(place, one) for place, one in enumerate(document.source) if isinstance(one, FeedKeys)]
    for (place, one), (other, two) in combinations(of_feed, 2):
        shared = [provider for provider in one.providers if provider in two.providers]
        if (one.feed, one.part) == (two.feed, two.part) and shared:
            yield place, other, "/".join(filter(None, (one.feed, shared[0], one.part)))


def _spans(source: AnySource) -> tuple[tuple[str, str], ...]:
    if not isinstance(source, FeedKeys):
        return ()
    return source.spans if source.feed in FEEDS else (("", ""),)
