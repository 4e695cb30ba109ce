"""Variables in a configuration: `${NAME}` in any text becomes what the environment says.

Belongs here: filling in, and never telling what was filled in. Does not belong here: what the text is for.
"""

import math
import re
from collections.abc import Mapping
from datetime import date, time
from typing import Any

from vm_pipeline.settings.lines import Path

_VARIABLE = re.compile(r"\$\{(\w+)\}")


class Filling:
    """A document with its variables filled in, what could not be, and which variables it used."""

    def __init__(self, raw: Mapping[str, Any], environment: Mapping[str, str]) -> None:
        """Fill in everything; `amiss` has a path and words for each value that cannot be used."""
        self.amiss: dict[Path, str] = {}
        self._used: dict[str, str] = {}
        self._environment = environment
        self.filled: dict[str, Any] = self._fill(raw, ())

    def _fill(self, value: Any, path: Path) -> Any:
        match value:
            case dict():
                return {key: self._fill(one, (*path, key)) for key, one in value.items()}
            case list():
                return [self._fill(one, (*path, place)) for place, one in enumerate(value)]
            case str():
                return self._text(value, path)
            case date() | time():
                self.amiss[path] = f"found {value}, a date or time, expected it in quotes: no key takes one."
                return str(value)
            case float() if not math.isfinite(value):
                self.amiss[path] = f"found {value}, expected a number."
                return 0
        return value

    def _text(self, text: str, path: Path) -> str:
        for name in _VARIABLE.findall(text):
            if name in self._environment:
                self._used[name] = self._environment[name]
            else:
                self.amiss[path] = f"found ${{{name}}}, expected {name} to be set in the environment."
        return _VARIABLE.sub(lambda match: self._used.get(match[1], match[0]), text)

    def hidden(self, says: str) -> str:
        """Words in which no variable's value is told."""
        for name, value in sorted(self._used.items(), key=lambda one: -len(one[1])):
            for spelt in filter(None, dict.fromkeys((value, repr(value)[1:-1]))):
                says = re.sub(re.escape(spelt), lambda _, name=name: f"${{{name}}}", says, flags=re.IGNORECASE)  # type: ignore[misc]
        return says
