"""Connectors by the key of a `[[source]]` that calls for them.

Belongs here: the list. Does not belong here: any connector.
"""

from vm_pipeline.sources.files import FilesSource, FilesTable
from vm_pipeline.sources.folder import FolderSource
from vm_pipeline.sources.query import QuerySource, QueryTable
from vm_pipeline.sources.web.source import WebSource, WebTable

Source = FolderSource | FilesSource | WebSource | QuerySource

CONNECTORS: dict[str, type[FilesSource] | type[WebSource] | type[QuerySource]] = {
    "files": FilesSource,
    "url": WebSource,
    "query": QuerySource,
}
TABLES = (FilesTable, WebTable, QueryTable)
