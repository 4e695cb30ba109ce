"""The JSON schema of `vm.toml`, made from the declarations, and what it says of one key in words.

Belongs here: the schema, the part of it that stands for a key, that part in words.
Does not belong here: checking a configuration (problems), the page (reference).
"""

import ast
import inspect
import json
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise
from textwrap import dedent
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core.core_schema import DataclassSchema

from vm_pipeline.settings.document import KINDS, Document, kind_of

Schema = dict[str, Any]

_TYPES = {"string": "text", "integer": "a whole number", "number": "a number", "boolean": "true or false"}
_VARIABLE = {"type": "string", "pattern": r"\$\{\w+\}"}


@cache
def adapter() -> TypeAdapter[Document]:
    """What checks a document, made once it is needed."""
    return TypeAdapter(Document)


@cache
def schema() -> Schema:
    """The schema as the declarations give it, with whatever TOML cannot say left out."""
    made: Schema = _plain(adapter().json_schema(schema_generator=_WithInherited))
    return made


def for_editors() -> str:
    """The schema that editors check by, as JSON: `${NAME}` may stand in any text, whatever else is expected of it."""
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "vm.toml"}
    return json.dumps({**head, **_with_variables(schema())}, indent=2, ensure_ascii=False) + "\n"


class _WithInherited(GenerateJsonSchema):
    """Pydantic reads the text under a field, but not in the classes that another derives from."""

    def dataclass_schema(self, schema: DataclassSchema) -> Schema:
        """With every field's sentence."""
        made = super().dataclass_schema(schema)
        for base in schema["cls"].__mro__[1:-1]:
            for name, sentence in sentences(base).items():
                made["properties"][name].setdefault("description", sentence)
        return made


def sentences(declared: type) -> dict[str, str]:
    """The text under each field of a class."""
    found: Any = ast.parse(dedent(inspect.getsource(declared))).body[0]
    lines: list[tuple[Any, Any]] = [*pairwise(found.body)]
    return {
        key.target.id: text.value.value for key, text in lines if (type(key), type(text)) == (ast.AnnAssign, ast.Expr)
    }


def _plain(part: Any) -> Any:
    """Without titles that repeat names, without null, without defaults that are nothing; sentences in one line."""
    if isinstance(part, str):
        return " ".join(part.split())
    if isinstance(part, list):
        return [_plain(one) for one in part if one != {"type": "null"}]
    if not isinstance(part, dict):
        return part
    kept: dict[str, Any] = {
        name: {key: _plain(of) for key, of in one.items()} if name == "properties" else _plain(one)
        for name, one in part.items()
        if not _is_noise(name, one)
    }
    if isinstance(kept.get("default"), list):
        kept["default"].sort()  # of a set, which has no order
    alone = kept.get("anyOf", ())
    return {**kept.pop("anyOf")[0], **kept} if len(alone) == 1 else kept


def _is_noise(name: str, value: Any) -> bool:
    if name == "default":
        return not value or isinstance(value, dict)
    return (name == "title" and isinstance(value, str)) or name == "uniqueItems"


def _with_variables(part: Any) -> Any:
    if isinstance(part, list):
        return [_with_variables(one) for one in part]
    if not isinstance(part, dict):
        return part
    if part.get("type") == "string" and ("enum" in part or "pattern" in part):
        said = {name: part[name] for name in ("description", "default") if name in part}
        return {**said, "anyOf": [{k: v for k, v in part.items() if k not in said}, _VARIABLE]}
    return {name: _with_variables(one) for name, one in part.items()}


def part_at(path: Sequence[str | int], document: Any) -> Schema:
    """The part of the schema that stands for a path of a document; `{}` where it knows none."""
    part = resolved(schema())
    for step in path:
        part, document = step_down(part, step, document), value_at((step,), document)
    return part


def step_down(part: Schema, step: str | int, document: Any) -> Schema:
    """The part of the schema that stands for a key or an item of what `part` stands for."""
    return resolved(_step(part, step, document))


def _step(part: Schema, step: str | int, document: Any) -> Schema:
    """One step down, in the first alternative that has one."""
    for one in map(resolved, alternatives(part, document)):
        found = one.get("items") if isinstance(step, int) else one.get("properties", {}).get(step)
        if found is None and isinstance(one.get("additionalProperties"), dict):
            found = one["additionalProperties"]
        if found is not None:
            return dict(found)
    return {}


def alternatives(part: Schema, document: Any = None) -> list[Schema]:
    """What may stand there: of the kinds of sources only the one that the document means."""
    if "oneOf" in part:
        return [part["oneOf"][[*KINDS].index(kind_of(document))]]
    return list(part.get("anyOf", [part]))


def holds(document: Any, step: str | int) -> bool:
    """Whether there is such a key or item."""
    if isinstance(document, Mapping):
        return step in document
    return isinstance(document, list) and isinstance(step, int) and step < len(document)


def value_at(path: Sequence[str | int], document: Any) -> Any:
    """What a document holds at a path; None where there is nothing."""
    for step in path:
        document = document[step] if holds(document, step) else None
    return document


def resolved(part: Schema) -> Schema:
    """With what a reference points at; what is said beside it goes before."""
    if "$ref" not in part:
        return part
    beside = {name: one for name, one in part.items() if name != "$ref"}
    return {**resolved(schema()["$defs"][part["$ref"].rpartition("/")[2]]), **beside}


def keys(part: Schema) -> dict[str, Schema]:
    """Every key of a table, with its part of the schema."""
    return {name: resolved(one) for name, one in part.get("properties", {}).items()}


def declared(name: str) -> dict[str, Schema]:
    """Every key of a declaration, by the name of its class."""
    return keys(schema() if name == "Document" else schema()["$defs"][name])


def in_words(part: Schema) -> str:
    """What is expected: `a whole number ≥ 1`, `one of SCT, ENG`, `text like 2022-04`, `a list of text`."""
    match resolved(part):
        case {"anyOf": several}:
            said = _either([in_words(one) for one in several])
        case {"enum": names}:
            said = f"one of {', '.join(filter(None, names))}"
        case {"const": value}:
            said = str(value).lower()
        case {"type": "array", "items": {"oneOf": _}}:
            said = "a list of tables"
        case {"type": "array", "items": items, **more}:
            said = f"a list of {in_words(items)}" + (f" ({more['minItems']} or more)" if "minItems" in more else "")
        case {"type": "object", **more}:
            said = _table_in_words(more)
        case {"type": kind, **more}:
            said = " ".join([_TYPES[kind], *_bounds(more)])
        case _:
            said = "a table"
    return said


def _table_in_words(part: Schema) -> str:
    names = part.get("required", ())
    if len(part.get("properties", ())) == len(names) == 1:
        return f"{{ {names[0]} = … }}"
    return "a table with keys" if "minProperties" in part else "a table"


def _bounds(part: Schema) -> list[str]:
    said = [f"{sign} {part[name]:g}" for name, sign in (("minimum", "≥"), ("maximum", "≤")) if name in part]
    if "pattern" in part and "examples" in part:
        return [f"like {part['examples'][0]}"]
    return [" and ".join(said)] if said else []


def _either(said: Sequence[str]) -> str:
    *first, last = dict.fromkeys(said)
    return f"{', '.join(first)} or {last}" if first else last
