"""Types that keys of `vm.toml` share.

Belongs here: what many keys may say (a month, one of some names), and how one says that its value is a secret.
Does not belong here: any key. A key is a field of a frozen dataclass beside the thing it configures; the text under the
field is its sentence, its type and default are what is checked. `vm_pipeline.settings` derives the rest.
"""

import difflib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Annotated, Any, TypeVar

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import CoreSchema, ErrorDetails, core_schema

from vm_pipeline.calendar import PERIOD

T = TypeVar("T")
Month = Annotated[str, Field(pattern=f"^{PERIOD}$", examples=["2022-04"])]
SECRET = Field(json_schema_extra={"writeOnly": True})
"""`Annotated[str, SECRET]`: no message ever shows the value."""


@dataclass(frozen=True)
class OneOf:
    """`Annotated[str, OneOf(NAMES)]`: one of names that another declaration makes."""

    names: tuple[str, ...]

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        """How pydantic checks it."""
        return core_schema.literal_schema([*self.names])


def read(kind: type[T], table: Mapping[str, Any]) -> T:
    """A table of texts, numbers and tables as the dataclass that declares its keys. Raises ValueError, in words.

    For tables that stand by themselves; `vm_pipeline.settings` reads `vm.toml`. No value is told: it may be a secret.
    """
    strict = ConfigDict(extra="forbid", strict=True)
    try:
        (found,) = TypeAdapter(tuple[kind], config=strict).validate_json(json.dumps([table]))  # type: ignore[valid-type]
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise ValueError(_said(str(first["loc"][-1]), first, [one.name for one in fields(kind)])) from None  # type: ignore[arg-type]
    return found


def _said(key: str, error: ErrorDetails, known: Sequence[str]) -> str:
    match error["type"]:
        case "value_error":
            return str(error["ctx"]["error"])
        case "unexpected_keyword_argument" if len(error["loc"]) == 2:  # noqa: PLR2004 - a key of the table itself
            close = difflib.get_close_matches(key, known, 1)
            hint = f" The closest is {close[0]!r}." if close else ""
            return f"found the key {key!r}, expected one of {', '.join(known)}.{hint}"
    return f"found no {key} that can be used: {error['msg'].lower()}."
