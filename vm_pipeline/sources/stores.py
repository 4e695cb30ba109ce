"""Filesystems that files lie in: local folders, object stores, SFTP, all behind fsspec.

Belongs here: which address opens which filesystem, and what it needs for that.
Does not belong here: which of its files count (files).

Nothing is remembered between two looks: fsspec would keep listings, and filesystems with their passwords, for as long
as the process lives.
"""

import importlib.util
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

# scheme → the package that fsspec needs for it, and our extra that brings it
_DRIVERS = {
    "s3": ("s3fs", "s3"),
    "gs": ("gcsfs", "gcs"),
    "gcs": ("gcsfs", "gcs"),
    "az": ("adlfs", "azure"),
    "abfs": ("adlfs", "azure"),
    "abfss": ("adlfs", "azure"),
}
_TELLING = ("botocore.endpoint", "botocore.auth")  # at their finest they log requests with key and session token
SCHEMES = ("file", "sftp", *_DRIVERS, "memory")


@dataclass(frozen=True)
class Store:
    """A filesystem, not opened yet. `options` hold secrets."""

    scheme: str
    options: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def is_local(self) -> bool:
        """Whether its files can be opened by their path."""
        return self.scheme == "file"

    def open(self) -> Any:
        """The fsspec filesystem. May connect, and raises whatever its driver raises."""
        import fsspec

        if self.scheme == "sftp":
            from vm_pipeline.sources.sftp import VerifiedSFTP

            return VerifiedSFTP(**self.options)
        for name in _TELLING:
            logging.getLogger(name).addFilter(_above_debug)
        return fsspec.filesystem(self.scheme, **self.options, skip_instance_cache=True, use_listings_cache=False)


def _above_debug(record: logging.LogRecord) -> bool:
    return record.levelno > logging.DEBUG


def store_of(address: str, options: Mapping[str, Any], base: Path) -> tuple[Store, str]:
    """The store of a pattern, and the pattern within it. Raises ValueError, in words."""
    scheme, mark, rest = address.partition("://")
    if not mark or scheme == "file":
        if options:
            raise ValueError("found `store` for local files, expected it for an address such as s3://bucket/*.csv.")
        return Store("file"), str((base / (rest if mark else address)).absolute())
    if scheme not in SCHEMES:
        raise ValueError(f"found {scheme}:// in `files`, expected a path or one of {', '.join(SCHEMES)}.")
    driver, extra = _DRIVERS.get(scheme, ("", ""))
    if driver and importlib.util.find_spec(driver) is None:
        raise ValueError(f"found no {driver}, expected it for {scheme}://. Install vm-pipeline[{extra}].")
    if scheme == "sftp":
        from vm_pipeline.sources.sftp import connection_of

        return Store("sftp", connection_of(address, options, base)), urlsplit(address).path
    return Store(scheme, dict(options)), rest
