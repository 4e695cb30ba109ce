"""Types that keys of `vm.toml` share.

Belongs here: what many keys may say (a month, one of some names), and how one says that its value is a secret.
Does not belong here: any key. A key is a field of a frozen dataclass beside the thing it configures; the text under the
field is its sentence, its type and default are what is checked. `vm_pipeline.settings` derives the rest.
"""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field
from pydantic_core import CoreSchema, core_schema

from vm_pipeline.calendar import PERIOD

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
