"""One provider's files under names of its own: a pattern finds them in a filesystem, a rule reads the period.

Belongs here: which file stands for which slot when names are not canonical, and the control beside it.
Does not belong here: the canonical layout (folder), opening filesystems (stores), what the files hold (staging).
"""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Self

from vm_pipeline.disk import is_full
from vm_pipeline.keys import SECRET
from vm_pipeline.sources.declared import FeedKeys
from vm_pipeline.sources.extract import (
    OPEN_IN_OFFICE,
    Extract,
    Fetch,
    NotReceived,
    Problem,
    Unchanged,
    one_a_slot,
    opener,
    steady,
)
from vm_pipeline.sources.period import PeriodRule
from vm_pipeline.sources.sender import Sender
from vm_pipeline.sources.stores import Store, store_of

# What a filesystem says of a file when it has changed; each says some of these.
_STATE = ("size", "mtime", "LastModified", "last_modified", "updated", "created", "ETag", "etag")
_ETAGS = ("ETag", "etag")
_REMEDY = "Mend it at the source and run again."
Info = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class FilesKeys(FeedKeys):
    """Files of any naming."""

    files: str
    """A pattern of file names, `*`, `?` and `**` as in a shell: a path relative to the file, or an address of
    `s3://`, `gs://`, `az://`, `sftp://`."""
    period: PeriodRule = field(default_factory=PeriodRule)
    """How a file's name tells its months."""
    control: str = ""
    """Name of the control file beside a file, with `{stem}` or `{name}` of it. Default: none."""
    store: Annotated[Mapping[str, Any] | None, SECRET] = field(default=None, repr=False)
    """What the store needs: for SFTP see below, for others the options of their fsspec driver."""

    def __post_init__(self) -> None:
        """Raises ValueError, in words that show no secret, where the files cannot be looked for."""
        super().__post_init__()
        if self.control and not ("{stem}" in self.control or "{name}" in self.control):
            raise ValueError("found `control` without {stem} or {name}, expected a name that follows the extract's.")
        store_of(self.files, self.store or {}, Path())

    @property
    def spans(self) -> tuple[tuple[str, str], ...]:
        """The months that `covers` names."""
        months = self.period.months("") if self.period.covers else None
        return (months,) if months else ()

    def source(self, base: Path, provider: str, layout: str) -> "FilesSource":
        """Of one provider, with paths below `base` and the layout as JSON."""
        return FilesSource.of(self, Sender(self.feed, provider, layout, self.part), base)


@dataclass(frozen=True)
class FilesSource:
    """Files of one feed of one provider: those in the store whose path meets the pattern."""

    sender: Sender
    store: Store
    pattern: str
    period: PeriodRule = field(default_factory=PeriodRule)
    control: str = ""

    @classmethod
    def of(cls, keys: FilesKeys, sender: Sender, base: Path) -> Self:
        """The source that keys describe. Raises ValueError."""
        store, pattern = store_of(keys.files, keys.store or {}, base)
        return cls(sender, store, pattern, keys.period, keys.control)

    def find(self) -> tuple[list[Extract], list[Problem]]:
        """Every file the pattern meets, as an extract; a problem where there is none, or a name tells no period."""
        where = self._shown(self.pattern)
        try:
            place = self.store.open()
            met = place.glob(self.pattern, detail=True)
        except NotReceived as error:
            return [], [Problem(where, error.found, error.expected, error.remedy)]
        except Exception as error:
            remedy = "Check the address, the network and the rights."
            return [], [Problem(where, f"an error ({type(error).__name__})", "a list of files", remedy)]
        controls = {self._control(path) for path in met} if self.control else set()
        nobodys = {path for path in met if PurePosixPath(path).name.startswith(OPEN_IN_OFFICE)}
        files = {path: met[path] for path in sorted(met) if path not in controls | nobodys}
        if not files:
            remedy = "Mount the folder, or correct `files` of this source."
            return [], [Problem(where, "no file", f"{self.sender.feed} files of {self.sender.provider_code}", remedy)]
        found = [self._extract(place, path, info) for path, info in files.items()]
        extracts = [one for one in found if isinstance(one, Extract)]
        alone, twice = one_a_slot(extracts, "another file", "one file a month", "Move the one that is not in use.")
        return alone, [*(one for one in found if isinstance(one, Problem)), *twice]

    def _extract(self, place: Any, path: str, info: Info) -> Extract | Problem:
        name = PurePosixPath(path).name
        if info["type"] in ("directory", "other"):
            remedy = "Put the extract itself there, not a folder of that name."
            if path.rstrip("/") == self.pattern.rstrip("/"):
                remedy = f"Let `files` name what is in it, such as `{name}/*.csv`."
            return Problem(self._shown(path), "a folder", "a file", remedy)
        months = ("", "") if self.sender.feed.startswith("reference/") else self.period.months(name)
        if months is None:
            expected = f"a name that `period` can read ({self.period.pattern})"
            return Problem(self._shown(path), f"{name!r}", expected, "Rename it.")
        control = self._control(path) if self.control else ""
        control = control if control and _state(place, control) else ""
        check = steady(lambda: [_state(place, one) for one in (path, control) if one])
        slot, content = self.sender.slot(*months), self._content(place, path)
        beside = self._beside(place, control) if control else None
        return self.sender.extract(slot, self._shown(path), content, control=beside, check=check)

    def _content(self, place: Any, path: str) -> Callable[[], io.BufferedIOBase] | Fetch:
        if self.store.is_local:
            return opener(Path(path))
        return Fetch(partial(_bring, place, path), self._shown(path))

    def _beside(self, place: Any, control: str) -> Callable[[], io.BufferedIOBase]:
        return opener(Path(control)) if self.store.is_local else lambda: io.BytesIO(_asked(place.cat_file, control))

    def _control(self, path: str) -> str:
        of = PurePosixPath(path)
        return str(of.with_name(self.control.replace("{stem}", of.stem).replace("{name}", of.name)))

    def _shown(self, path: str) -> str:
        """A path as messages have it: with the host, without user and options."""
        if self.store.is_local:
            return path
        return f"{self.store.scheme}://{self.store.options.get('host', '')}{path}"


def _bring(place: Any, path: str, draft: Path, mark: str) -> str:
    """Copy a file out of its store. An object store marks every content with an ETag; elsewhere nothing is as sure."""
    info = _asked(place.info, path)
    etag = next((str(info[name]) for name in _ETAGS if info.get(name)), "")
    if etag and etag == mark:
        raise Unchanged
    _asked(place.get_file, path, str(draft))
    if info.get("size") not in (None, draft.stat().st_size):
        raise NotReceived(f"{draft.stat().st_size} bytes", f"the {info['size']} that the store lists", _REMEDY)
    return etag


def _asked(do: Callable[..., Any], *words: str) -> Any:
    """What a driver answers. Its errors are said by their kind: their texts may show addresses and keys."""
    try:
        return do(*words)
    except Exception as error:
        if is_full(error):
            raise
        raise NotReceived(f"an error ({type(error).__name__})", "a file that can be read", _REMEDY) from None


def _state(place: Any, path: str) -> object:
    try:
        info = place.info(path)
    except Exception:  # whatever a driver says of a file that is gone
        return None
    return [(name, str(info[name])) for name in _STATE if name in info]
