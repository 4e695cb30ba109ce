"""What is wrong with a configuration, in words: where, what was found, what was expected, the closest there is.

Belongs here: checking a document against its declarations, and telling every problem with its line.
Does not belong here: what is declared (document), how keys hang together (resolve).

Values are told as the file has them: `${NAME}` is never told with what it stands for.
"""

import difflib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from vm_pipeline.settings.document import KINDS, Document
from vm_pipeline.settings.lines import Lines, Path
from vm_pipeline.settings.schema import (
    Schema,
    adapter,
    alternatives,
    holds,
    in_words,
    keys,
    part_at,
    resolved,
    step_down,
    value_at,
)

Table = Mapping[str, Any]

_LONG = 60


class ConfigurationError(Exception):
    """The configuration cannot be used. The text says where, what was found, what was expected, what to do."""


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong, at a path of the document; `names_key` where the words name the last key of it."""

    path: Path
    says: str
    names_key: bool = True

    def told(self, file: str, lines: Lines) -> str:
        """`vm.toml:14: layout.croydon: found …`."""
        where = _in_words(_table(self.path) if self.names_key else self.path)
        return f"{file}:{lines.of(self.path)}: {where}{': ' if where else ''}{self.says}"


def told(problems: Iterable[Problem], file: str, text: str) -> list[str]:
    """Every problem, in the order of the file."""
    lines = Lines(text)
    return [one.told(file, lines) for one in sorted(problems, key=lambda one: lines.of(one.path))]


def _table(path: Path) -> Path:
    """The table that the last key of a path stands in."""
    return path[: max((place for place, one in enumerate(path) if isinstance(one, str)), default=0)]


def _in_words(path: Path) -> str:
    """`layout.croydon`, `source 2.period`."""
    return "".join(f" {one + 1}" if isinstance(one, int) else f".{one}" for one in path).lstrip(".")


def check(raw: Table, filled: Table) -> tuple[Document | None, list[Problem]]:
    """The document of a configuration as it stands in the file (`raw`) and with its variables `filled` in.

    None, and every problem, where it does not keep to its declarations.
    """
    try:
        return adapter().validate_json(json.dumps(filled)), []
    except ValidationError as error:
        found = [_problem(one, raw) for one in error.errors(include_url=False, include_input=False)]
        return None, [*dict.fromkeys(found)]


def sound(filled: Table, found: Iterable[Problem]) -> dict[str, Any]:
    """What is left of a configuration without the tables that are wrong; a folder stands for a wrong source."""
    wrong = {part for one in found for part in (one.path[:1], one.path[:2])}
    parts = {key: value for key, value in filled.items() if (key,) not in wrong or key in ("source", "layout")}
    if isinstance(parts.get("layout"), dict):
        parts["layout"] = {name: one for name, one in parts["layout"].items() if ("layout", name) not in wrong}
    if isinstance(parts.get("source"), list):
        parts["source"] = [
            {"folder": "."} if ("source", place) in wrong or ("layout", one.get("layout")) in wrong else one
            for place, one in enumerate(parts["source"])
        ]
    return parts


def _problem(error: ErrorDetails, raw: Table) -> Problem:
    path, rest = _path(error["loc"], raw)
    part, value = part_at(path, raw), value_at(path, raw)
    if error["type"] == "value_error":
        return Problem(path, str(error["ctx"]["error"]), names_key=False)
    if "anyOf" not in part:
        match error["type"]:
            case "missing" | "missing_argument" | "missing_keyword_only_argument":
                return Problem(path, _missing(str(rest[-1])), names_key=False)
            case "unexpected_keyword_argument" | "extra_forbidden":
                if len(kinds := _kinds(path, raw)) > 1:
                    return Problem(path[:2], f"found {' beside '.join(kinds)}, expected one of them.", names_key=False)
                return Problem(path, _unknown(str(path[-1]), _known(path[:-1], raw)))
    secret = any(part_at(path[:depth], raw).get("writeOnly") for depth in range(len(path)))
    return _mismatch(path, value, {**part, "writeOnly": True} if secret else part)


def _known(path: Path, raw: Table) -> list[str]:
    """Keys of the table at a path; of a source that no key tells the kind of, those of every kind."""
    part, table = part_at(path, raw), value_at(path, raw)
    told = "oneOf" not in part or any(key in table for key in KINDS)
    several = alternatives(part, table)[:1] if told else part["oneOf"]
    return [*dict.fromkeys(name for one in several for name in keys(resolved(one)))]


def _kinds(path: Path, raw: Table) -> list[str]:
    """Keys of a source that tell of what kind it is; none of another table."""
    source = value_at(path[:-1], raw) if path[:1] == ("source",) else {}
    return [f"`{key}`" for key in KINDS if isinstance(source, Mapping) and key in source]


def _path(loc: Sequence[str | int], raw: Any) -> tuple[Path, Sequence[str | int]]:
    """Where an error is, and what pydantic says beyond it: kinds of sources, alternatives, a key that is not there."""
    path: list[str | int] = []
    part = part_at((), raw)
    for place, step in enumerate(loc):
        if "anyOf" in part:
            return tuple(path), loc[place:]
        if "oneOf" in part:  # the step names the kind of source, as the key that tells it does
            part = alternatives(part, raw)[0]
        elif holds(raw, step):
            path.append(step)
            part, raw = step_down(part, step, raw), raw[step]
    return tuple(path), loc[-1:]


def _missing(key: str) -> str:
    if key in KINDS:
        return f"found neither {' nor '.join(f'`{one}`' for one in KINDS)}, expected one of them."
    return f"found no `{key}`, expected one."


def _unknown(key: str, known: Collection[str]) -> str:
    return f"found the key {key!r}, expected one of {', '.join(known)}.{closest(key, known)}"


def closest(name: str, known: Collection[str]) -> str:
    """The nearest of some names, as a sentence; nothing where none is near."""
    close = difflib.get_close_matches(name, known, 1)
    return f" The closest is {close[0]!r}." if close else ""


def _mismatch(path: Path, value: Any, part: Schema) -> Problem:
    if isinstance(value, Mapping) and len(value) == 1:
        ((key, inner),) = value.items()
        if found := step_down(part, key, value):
            return _mismatch((*path, key), inner, {**found, "writeOnly": True} if part.get("writeOnly") else found)
    name = next((one for one in reversed(path) if isinstance(one, str)), "")
    shown = "…" if part.get("writeOnly") else _shown(value)
    near = closest(value, part["enum"]) if "enum" in part and isinstance(value, str) else ""
    return Problem(path, f"found {name} = {shown}, expected {in_words(part)}.{near}")


def _shown(value: Any) -> str:
    """A value as the file may have it, and not all of a long one; of a table only the keys."""
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{key} = …' for key in value)} }}"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONG else f"{text[:_LONG]}…"
