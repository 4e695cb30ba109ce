"""A provider's own layout, turned into the canonical columns of a contract.

Belongs here: what a layout may say, and the SQL it becomes.
Does not belong here: reading `vm.toml` (settings), the meaning of values (parsing).

A layout is data (JSON), received and versioned like an extract: changing it restates what it applies to.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from vm_pipeline.staging.reading import Refused

Spec = str | list[str] | dict[str, object]


@dataclass(frozen=True)
class Layout:
    """How one provider's file becomes a canonical feed.

    `columns`: canonical name → a header, several possible headers, `{const = "…"}`, `{row_number = true}`,
    `{batch = "financial_year" | "period" | "first_day" | "provider_code"}` or `{sql = "…"}` over quoted headers.
    `unpivot`: two canonical names and, for each value of the first, the SQL of the second: one row becomes several.
    `where`: rows that belong here; the others are somebody else's (a national file). `ignore`: headers not needed.
    """

    columns: Mapping[str, Spec]
    sheet: str = ""
    ignore: Sequence[str] = ()
    where: str = ""
    unpivot: Mapping[str, object] = field(default_factory=dict)

    def to_json(self) -> str:
        """The layout as it is received: the same text for the same layout."""
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Layout":
        """The layout of a receipt."""
        return cls(**json.loads(text))


def quoted(name: str) -> str:
    """An SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: object) -> str:
    """An SQL string."""
    return "'" + str(text).replace("'", "''") + "'"


def expression(spec: Spec, header: Sequence[str], batch: Mapping[str, str], column: str) -> str:
    """The SQL of one canonical column. Raises Refused when none of its headers is there."""
    if isinstance(spec, dict):
        return _computed(spec, batch)
    names = [spec] if isinstance(spec, str) else spec
    for name in names:
        for place, found in enumerate(header):
            if found.casefold() == " ".join(name.split()).casefold():
                return f"c{place}"
    raise Refused(
        "missing_header",
        f"found no header {' or '.join(map(repr, names))} (for {column}); found {', '.join(header)}. "
        "Correct the extract, or the layout of this provider.",
    )


def _computed(spec: Mapping[str, object], batch: Mapping[str, str]) -> str:
    match spec:
        case {"const": value}:
            return literal(value)
        case {"row_number": True}:
            return "(row_number() OVER ())::VARCHAR"
        case {"batch": str(name)} if name in batch:
            return literal(batch[name])
        case {"sql": str(sql)}:
            return f"({sql})::VARCHAR"
    raise Refused("bad_layout", f"found the layout entry {dict(spec)}, expected const, row_number, batch or sql.")
