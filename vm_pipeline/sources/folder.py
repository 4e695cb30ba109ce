"""The drop folder in the canonical layout: `<feed>/<provider>/<YYYY-MM>.csv`, `reference/<name>.csv`.

Belongs here: which file stands for which slot, and what to say of anything else found there.
Does not belong here: reading a file's content (staging), other layouts (settings).
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from vm_pipeline.calendar import is_period
from vm_pipeline.feeds import FEEDS
from vm_pipeline.feeds.identifiers import is_masked
from vm_pipeline.feeds.reference import REFERENCES
from vm_pipeline.sources.extract import OPEN_IN_OFFICE, Extract, Problem, opener, state, steady
from vm_pipeline.sources.receipts import Slot

EXPECTED_LAYOUT = "<feed>/<provider_code>/<YYYY-MM>.csv and reference/<name>.csv, with feed one of " + ", ".join(FEEDS)
_CONTROL = ".control.csv"
_NAME = re.compile(r"(?P<first>\d{4}-\d\d)(_(?P<last>\d{4}-\d\d))?\.csv", re.IGNORECASE)
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
_RENAME = "Rename it, or move it out of the drop folder."


def find_extracts(root: Path) -> tuple[list[Extract], list[Problem]]:
    """Everything in a drop folder that can be received, and everything that cannot.

    Extracts of many months come first: where a single month lies beside them, that month is the more exact answer.
    """
    found: list[Extract] = []
    problems: list[Problem] = []
    for one in _in(root, _walk):
        (found if isinstance(one, Extract) else problems).append(one)  # type: ignore[arg-type]
    found, twice = _one_a_slot(found)
    found.sort(key=lambda extract: (-len(extract.slot.months), str(extract.slot)))
    return found, problems + twice


def _one_a_slot(found: list[Extract]) -> tuple[list[Extract], list[Problem]]:
    """Where two files stand for one slot neither is taken: night after night each would replace the other."""
    files: dict[Slot, list[str]] = {}
    for extract in found:
        files.setdefault(extract.slot, []).append(extract.name)
    problems = [
        Problem(names[0], f"{', '.join(names[1:])} too for {slot}", "one file for it", "Move the wrong one out.")
        for slot, names in files.items()
        if len(names) > 1
    ]
    return [extract for extract in found if len(files[extract.slot]) == 1], problems


def _in(folder: Path, look: Callable[[list[Path]], Iterable[Extract | Problem]]) -> Iterator[Extract | Problem]:
    """What a look at a folder's entries finds; one that may not be read is a problem, and no other's."""
    try:
        yield from look(_entries(folder))
    except OSError as error:
        found = f"{type(error).__name__} ({error.strerror})"
        yield Problem(str(folder), found, "a folder that can be read", "Give this user the right to.")


def _entries(folder: Path) -> list[Path]:
    """What a folder holds, in name order; hidden files (editors, sync clients) are nobody's extract."""
    return sorted(path for path in folder.iterdir() if not path.name.startswith((".", OPEN_IN_OFFICE)))


def _walk(entries: list[Path]) -> Iterator[Extract | Problem]:
    for entry in entries:
        if entry.name == "reference" and entry.is_dir():
            yield from _in(entry, partial(map, _reference))
        elif entry.name in FEEDS and entry.is_dir():
            yield from _in(entry, partial(_feed, entry.name))
        elif entry.name in (*FEEDS, "reference"):
            yield Problem(str(entry), "a file", "a folder of extracts", _RENAME)
        elif entry.is_dir():
            yield Problem(str(entry), f"a folder {entry.name!r}", f"one of {', '.join((*FEEDS, 'reference'))}", _RENAME)


def _feed(feed: str, entries: list[Path]) -> Iterator[Extract | Problem]:
    for provider in entries:
        if not provider.is_dir():
            yield Problem(str(provider), "a file", "a folder named as a provider code", _RENAME)
        elif not _CODE.fullmatch(provider.name):
            yield Problem(str(provider), f"a folder {provider.name!r}", "a provider code (letters and digits)", _RENAME)
        elif is_masked(provider.name):  # a provider's code is told everywhere
            yield Problem(str(provider), "a folder named like an identifier of a person", "a provider code", _RENAME)
        else:
            yield from _in(provider, partial(_provider, feed))


def _provider(feed: str, entries: list[Path]) -> Iterator[Extract | Problem]:
    """Extracts, each with the control beside it; a control is told by its name, in whatever case."""
    controls = {path.name.lower(): path for path in entries if path.name.lower().endswith(_CONTROL)}
    for path in (path for path in entries if not path.name.lower().endswith(_CONTROL)):
        yield _extract(feed, path, controls.pop(path.name.lower().removesuffix(".csv") + _CONTROL, None))
    for path in controls.values():
        yield Problem(str(path), "a control file alone", "its extract beside it", "Send the extract.")


def _extract(feed: str, path: Path, control: Path | None) -> Extract | Problem:
    name = _NAME.fullmatch(path.name)
    first, last = (name["first"], name["last"] or name["first"]) if name else ("", "")
    if not (is_period(first) and is_period(last) and first <= last):
        return Problem(str(path), f"{path.name!r}", "a name like 2022-07.csv or 2022-04_2023-03.csv", _RENAME)
    if not path.is_file():
        return Problem(str(path), "a folder", "a file", "Put the extract itself there, not a folder of that name.")
    return Extract(
        Slot(feed, path.parent.name.upper(), first, last),
        str(path),
        opener(path),
        opener(control) if control else None,
        check=steady(lambda: (state(path), state(control) if control else None)),
    )


def _reference(path: Path) -> Extract | Problem:
    if path.suffix.lower() != ".csv" or path.stem not in REFERENCES:
        return Problem(
            str(path), f"{path.name!r}", f"one of {', '.join(f'{name}.csv' for name in REFERENCES)}", _RENAME
        )
    if not path.is_file():
        return Problem(str(path), "a folder", "a file", "Put the table itself there, not a folder of that name.")
    return Extract(Slot(f"reference/{path.stem}", ""), str(path), opener(path), check=steady(lambda: state(path)))


@dataclass(frozen=True, kw_only=True)
class FolderKeys:
    """A drop folder."""

    folder: str
    """A drop folder in the canonical layout, relative to the file."""

    def source(self, base: Path) -> "FolderSource":
        """The folder below `base`."""
        return FolderSource((base / self.folder).absolute())


@dataclass(frozen=True)
class FolderSource:
    """A drop folder in the canonical layout."""

    root: Path

    def find(self) -> tuple[list[Extract], list[Problem]]:
        """Everything in it that can be received, and everything that cannot."""
        if not self.root.is_dir():
            found = "a file" if self.root.exists() else "nothing"
            return [], [Problem(str(self.root), found, "a drop folder", "Create it, mount it, or correct its path.")]
        extracts, problems = find_extracts(self.root)
        if not extracts and not problems:
            problems = [Problem(str(self.root), "an empty folder", EXPECTED_LAYOUT, "Put the extracts there.")]
        return extracts, problems


def empty(sources: Sequence[object]) -> list[Problem]:
    """What is wrong where nothing but drop folders is asked, and none of them has an extract; nothing otherwise.

    A folder that is not mounted looks like that: a night of it would be one with nothing new.
    """
    found = [source.find() for source in sources if isinstance(source, FolderSource)]
    if len(found) < len(sources) or any(extracts for extracts, _ in found):
        return []
    return [problem for _, problems in found for problem in problems]
