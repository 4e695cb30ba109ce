"""Tables of `vm.toml`, read into dataclasses whose fields are the keys.

Belongs here: a key with its words, and saying what is wrong with a table. Does not belong here: any connector's keys.

A value may hold a secret (`${NAME}` is filled in before): no message here shows one.
"""

import dataclasses
import difflib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from vm_pipeline.sources.extract import Extract
from vm_pipeline.sources.receipts import Slot

T = TypeVar("T")
_WORDS = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}


def key(doc: str, default: Any = MISSING, *, secret: bool = False) -> Any:
    """A field that is a key of a table: its sentence for the reference, its default, whether `repr` leaves it out."""
    return dataclasses.field(default=default, repr=not secret, metadata={"doc": doc})


def words(table: type) -> dict[str, str]:
    """Key → its sentence."""
    return {one.name: one.metadata["doc"] for one in dataclasses.fields(table) if "doc" in one.metadata}


def read(kind: type[T], table: object, where: str = "") -> T:
    """The table as its dataclass. Raises ValueError, in words, for an unknown, missing or wrongly typed key."""
    prefix = f"{where}: " if where else ""
    if not isinstance(table, Mapping):
        raise ValueError(f"{prefix}found no table, expected one of {', '.join(words(kind))}.")
    for name in table:
        if name not in words(kind):
            close = difflib.get_close_matches(name, words(kind), 1)
            hint = f" The closest is {close[0]!r}." if close else ""
            raise ValueError(f"{prefix}found the key {name!r}, expected one of {', '.join(words(kind))}.{hint}")
    for one in dataclasses.fields(kind):  # type: ignore[arg-type]
        if one.default is MISSING and one.name not in table:
            raise ValueError(f"{prefix}found no `{one.name}`. {one.metadata['doc']}")
    types = get_type_hints(kind)
    values = {name: _typed(value, types[name], f"{prefix}{name}") for name, value in table.items()}
    try:
        return kind(**values)
    except ValueError as error:
        raise ValueError(f"{prefix}{error}") from error


def _typed(value: object, expected: Any, where: str) -> Any:
    options = [one for one in get_args(expected) if one is not type(None)]
    if type(None) in get_args(expected):
        expected = options[0]
    if dataclasses.is_dataclass(expected):
        return read(expected, value, where)  # type: ignore[arg-type]
    if get_origin(expected) is tuple:
        if not isinstance(value, list):
            raise ValueError(f"{where}: found no list, expected a list of texts.")
        return tuple(_typed(one, str, where) for one in value)
    if get_origin(expected) is Mapping:
        if not isinstance(value, dict):
            raise ValueError(f"{where}: found no table, expected names and texts.")
        return dict(value)
    if expected is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, expected) or (isinstance(value, bool) and expected is not bool):
        raise ValueError(f"{where}: found a {type(value).__name__}, expected {_WORDS[expected]}.")
    return value


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
        return Extract(slot, name, content, layout=self.layout, **more)

    def __str__(self) -> str:
        return " of ".join(filter(None, (self.feed, self.provider_code)))
