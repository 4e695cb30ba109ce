"""`vm.toml` as a whole: its tables, and the declarations that say what each of them holds.

Belongs here: the keys at the top, and which declaration stands for which table.
Does not belong here: keys of sources, layouts, thresholds (beside what they configure), what follows (resolve).

A key is a field: its type and default are what is checked, the text under it is its sentence. Checks on load, messages,
the JSON schema and the reference page derive from these fields. A new kind of source is a dataclass with `source()`
beside its connector, and one line in `KINDS`, under the key that tells it from the others.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Discriminator, Field, Tag

from vm_pipeline.alerts.keys import Alerts
from vm_pipeline.keys import Month
from vm_pipeline.quality.freshness import Freshness
from vm_pipeline.quality.history import FeedName, Thresholds
from vm_pipeline.sources.files import FilesKeys
from vm_pipeline.sources.folder import FolderKeys
from vm_pipeline.sources.query import QueryKeys
from vm_pipeline.sources.retention import FOR_GOOD, Retention
from vm_pipeline.sources.web.source import WebKeys
from vm_pipeline.staging.layouts import Layout
from vm_pipeline.staging.policy import Then

KINDS = {"folder": FolderKeys, "files": FilesKeys, "url": WebKeys, "query": QueryKeys}


def kind_of(table: Any) -> str:
    """The key that says which kind of source a table is; `files` where none does, so that the rest is checked."""
    return next((key for key in KINDS if key in table), "files") if isinstance(table, dict) else "files"


AnySource = Annotated[
    Annotated[FolderKeys, Tag("folder")]
    | Annotated[FilesKeys, Tag("files")]
    | Annotated[WebKeys, Tag("url")]
    | Annotated[QueryKeys, Tag("query")],
    Discriminator(kind_of),
]


@dataclass(frozen=True)
class Quality(Thresholds):
    """Where checks begin to warn, and for which feeds they block."""

    blocking: frozenset[FeedName] = frozenset()
    """Feeds whose checks of the whole table close the gate. Default: none."""


@dataclass(frozen=True)
class Document:
    """The configuration of a pipeline."""

    __pydantic_config__ = ConfigDict(extra="forbid", strict=True, use_attribute_docstrings=True)

    home: str = "vm-home"
    """Home folder, relative to the file."""
    warehouse: str = ""
    """Snapshot file, a path or `duckdb:///path`; default `warehouse.duckdb` in the home. Or
    `postgresql+psycopg://user@host/name`: a server that is published to beside the default file."""
    nation: Literal["SCT", "ENG", "WLS", "NIR"] = "SCT"
    """Whose public holidays are no working days."""
    first_month: Month = "2015-04"
    """First month Dagster has a partition for. Earlier extracts are worked on under it."""
    memory: Annotated[str, Field(pattern=r"^[0-9]+(\.[0-9]+)? ?[KMGTkmgt](i?[Bb])?$", examples=["2GB"])] = ""
    """DuckDB's memory limit; what is more spills to disk. Default: half of the machine."""
    threads: Annotated[int, Field(ge=1)] | None = None
    """Threads, for staging and for DuckDB. Default: as many as the machine has."""
    source: tuple[AnySource, ...] = ()
    """A list of tables `[[source]]`: where extracts come from."""
    layout: Mapping[str, Layout] = field(default_factory=dict)
    """Tables `[layout.<name>]`: how a provider's own files become canonical."""
    quality: Quality = Quality()
    """Where checks begin to warn, and for which feeds they block."""
    retention: Retention = FOR_GOOD
    """How many days files are kept that are not needed any more."""
    privacy: Mapping[str, Then] = field(default_factory=dict)
    """What follows where a column holds identifiers of people."""
    freshness: Freshness = field(default_factory=Freshness)
    """By when the months of a feed are expected."""
    alerts: Alerts = field(default_factory=Alerts)
    """Who is told of what needs somebody."""
