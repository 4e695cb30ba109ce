"""A draft of `vm.toml` for a provider whose files nobody has described yet.

Belongs here: what the draft says, and writing it with its doubts as comments.
Does not belong here: where a canonical column comes from (cells), trying it (trial).
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vm_pipeline.feeds import contract_for
from vm_pipeline.proposal.cells import Cell, form_of, ledger_cells, looks
from vm_pipeline.proposal.file_names import Named, files_pattern, period_rule
from vm_pipeline.proposal.kinds import TOTAL_PATTERN
from vm_pipeline.proposal.looking import ONE_COLUMN, FileLook
from vm_pipeline.proposal.matching import matched
from vm_pipeline.staging.naming import header_of, same_name
from vm_pipeline.staging.reading import Refused

Table = dict[str, object]
Doubts = dict[str, tuple[str, ...]]
_WIDE = 110
_MOST_OF_A_FILE = 0.5


@dataclass(frozen=True)
class Draft:
    """What is proposed. `layout` is empty where the files are canonical; `cells` carry the doubts of its columns."""

    feed: str
    provider: str
    source: Table
    layout: Table
    cells: tuple[Cell, ...] = ()
    unsure: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def missing(self) -> list[Cell]:
        """Columns that a person must say."""
        return [cell for cell in self.cells if cell.missing]

    @property
    def name(self) -> str:
        """Name of its layout."""
        return f"{self.provider.lower()}_{self.feed}"


def propose(files: Sequence[FileLook], feed: str, provider: str, base: Path) -> Draft:
    """The draft for some files of one feed of one provider; its paths are relative to `base`.

    Raises Refused where the files have no headers to go by.
    """
    _refuse_unread(files)
    paths = [file.path.resolve() for file in files]
    if all(_is_canonical(file, feed) for file in files):
        return _canonical(files, feed, provider, base)
    match = matched(files, feed)
    cells = tuple(ledger_cells(files, match))
    named = period_rule([path.name for path in paths], _months(files, cells, match))
    source, doubts = _source(paths, feed, provider, base, named)
    layout, more = _layout(files, cells)
    return Draft(feed, provider, source, layout, cells, doubts | more)


def _refuse_unread(files: Sequence[FileLook]) -> None:
    """Nothing can be drafted where the header is a row of the table, or one text that holds all names."""
    for file in files:
        if not file.has_header:
            raise Refused(
                "no_header",
                f"{file.path.name}: found a first row that seems to be a row of the table, expected headers. Ask for "
                "files with headers, or name the columns yourself, in `file.no_header` of a layout.",
            )
        for note in file.sheet.notes:
            if note.code == ONE_COLUMN:
                raise Refused(note.code, f"{file.path.name}: {note.message} See it: `vm-pipeline inspect --layout`.")


def _is_canonical(file: FileLook, feed: str) -> bool:
    names = {name.casefold() for name in file.sheet.header}
    contract = contract_for(feed, tuple(names))
    return set(contract.required) <= names and (contract.open_header or names <= contract.by_name.keys())


def _canonical(files: Sequence[FileLook], feed: str, provider: str, base: Path) -> Draft:
    """Canonical files need no layout; in the canonical folders they need no rule for their months either."""
    paths = [file.path.resolve() for file in files]
    drops = {path.parents[2] for path in paths if len(path.parents) > 2 and path.parts[-3] == feed}  # noqa: PLR2004
    if len(drops) == 1 and all(len(path.parents) > 2 and path.parts[-3] == feed for path in paths):  # noqa: PLR2004
        return Draft(feed, provider, {"folder": _relative(drops.pop(), base)}, {})
    named = period_rule([path.name for path in paths], {})
    source, doubts = _source(paths, feed, provider, base, named)
    return Draft(feed, provider, source, {}, unsure=doubts)


def _months(files: Sequence[FileLook], cells: Sequence[Cell], match: Mapping[str, object]) -> dict[str, str]:
    """File name → the month most of its days are of."""
    cell = next((one for one in cells if one.name == "posting_date" and not one.missing), None)
    if cell is None:
        return {}
    found = {}
    for file in files:
        for column in looks([file], match["posting_date"]):  # type: ignore[arg-type]
            form = form_of(cell, column)
            if form and column.months[form][1] >= _MOST_OF_A_FILE:
                found[file.path.name] = column.months[form][0]
    return found


def _source(paths: Sequence[Path], feed: str, provider: str, base: Path, named: Named) -> tuple[Table, Doubts]:
    folder, pattern = files_pattern(paths)
    doubts: Doubts = {}
    others = len(set(folder.glob(pattern)) - set(paths))
    if others:
        doubts["files"] = (f"this finds {others} other files there, too",)
    if named.unsure:
        doubts["period"] = (named.unsure,)
    source: Table = {"feed": feed, "provider": provider, "files": f"{_relative(folder, base)}/{pattern}"}
    return source | ({"period": dict(named.rule)} if named.rule else {}), doubts


def _relative(folder: Path, base: Path) -> str:
    """A folder as the draft names it; `*` and the like in its name stand for themselves."""
    return Path(os.path.relpath(folder, base.resolve())).as_posix()


def _layout(files: Sequence[FileLook], cells: Sequence[Cell]) -> tuple[Table, Doubts]:
    """How the files are read, rows to leave out, columns, and what is not needed."""
    used = {same_name(name) for cell in cells for name in _names(cell.spec)}
    headers = {same_name(name): name for file in reversed(files) for name in file.sheet.header if name}
    rest = [name for key, name in headers.items() if key not in used]
    shape, doubts = _shape(files, used)
    skip, more = _skip(files, cells)
    columns = {cell.name: cell.spec for cell in cells}
    layout: Table = {"ignore": sorted(rest, key=str.casefold)}
    layout |= {"file": shape} if shape else {}
    doubts |= more | _kept_out(files)
    return layout | ({"skip": skip} if skip else {}) | {"columns": columns}, doubts


def _kept_out(files: Sequence[FileLook]) -> Doubts:
    """Columns that are left out because of what they seem to hold of people."""
    found = {
        column.name: column.personal for file in files for column in file.columns if column.personal and column.name
    }
    said = tuple(f"{name!r} is left out: it seems to hold {what.partition(' by ')[0]}" for name, what in found.items())
    return {"ignore": said} if said else {}


def _names(spec: object) -> list[str]:
    """Headers that a cell uses."""
    if isinstance(spec, str):
        return [spec]
    if isinstance(spec, list):
        return [str(one) for one in spec]
    if not isinstance(spec, dict):
        return []
    sign = spec.get("sign")
    parts = [spec.get(name, []) for name in ("header", "debit", "credit")]
    parts += [sign["header"]] if isinstance(sign, dict) else []
    return [name for part in parts for name in _names(part)]


def _shape(files: Sequence[FileLook], used: set[str]) -> tuple[Table, Doubts]:
    """What of the files' shape the reader cannot tell by itself."""
    rows = {file.shape.header_row for file in files}
    doubts: Doubts = {"file": ("sheets other than the first were not read",)} if _has_other_sheets(files) else {}
    if rows == {0}:
        return {}, doubts
    if len(rows) == 1:
        return {"header_row": rows.pop()}, doubts
    common = [name for name in files[0].sheet.header if all(header_of(name, file.sheet.header) for file in files)]
    telling = [name for name in common if same_name(name) in used][:2]
    return {"header_has": telling}, {"file": (*doubts.get("file", ()), "the header stands in different rows")}


def _has_other_sheets(files: Sequence[FileLook]) -> bool:
    return any(note.code == "other_sheets" for file in files for note in file.sheet.notes)


def _skip(files: Sequence[FileLook], cells: Sequence[Cell]) -> tuple[list[Table], Doubts]:
    """Rows that are none of the table's, where they can be told by headers that every file has."""
    odd = {name for file in files for name in file.odd_rows}
    common = [name for name in files[0].sheet.header if all(header_of(name, file.sheet.header) for file in files)]
    rules: list[Table] = []
    doubts: Doubts = {}
    if "blank rows" in odd and common:
        rules.append({"name": "blank rows", "blank": common})
    telling = [name for name in common if any(file.by_name[_spelt(name, file)].counts.get("total") for file in files)]
    if "rows that seem to be totals" in odd and telling:
        blank = [name for name in common if name in _names(_spec(cells, "posting_date"))]
        rules.append({"name": "totals", "header": telling[0], "matches": TOTAL_PATTERN, "blank": blank})
        doubts["skip"] = ("rows that begin with `total` and have no date are left out",)
    return rules, doubts


def _spelt(name: str, file: FileLook) -> str:
    return header_of(name, file.sheet.header) or name


def _spec(cells: Sequence[Cell], name: str) -> object:
    return next((cell.spec for cell in cells if cell.name == name), None)


def as_toml(draft: Draft, tried: Sequence[str] = ()) -> str:
    """The draft as text; what was tried on it stands at its head."""
    lines = [
        "# A draft, from sample files. See every `UNSURE` and `MISSING` before it is used.",
        *(f"# {one}" for one in tried),
    ]
    lines += ["", "[[source]]"]
    for key, value in draft.source.items():
        lines += [*_comments(draft.unsure.get(key, ())), f"{key} = {toml(value)}"]
    if "files" in draft.source and "period" not in draft.source:
        lines += [f"# MISSING: period. {one}" for one in draft.unsure["period"]]
    if draft.layout:
        lines += [f'layout = "{draft.name}"', "", *_layout_lines(draft)]
    return "\n".join(lines) + "\n"


def _layout_lines(draft: Draft) -> list[str]:
    layout, head = draft.layout, f"layout.{draft.name}"
    lines = [f"[{head}]", *_comments(draft.unsure.get("ignore", ())), *_list("ignore", layout["ignore"])]  # type: ignore[arg-type]
    if "file" in layout or "file" in draft.unsure:
        lines += ["", *_comments(draft.unsure.get("file", ())), f"[{head}.file]"]
        lines += [f"{key} = {toml(value)}" for key, value in layout.get("file", {}).items()]  # type: ignore[attr-defined]
    for rule in layout.get("skip", []):  # type: ignore[attr-defined]
        doubts = draft.unsure.get("skip", ()) if rule["name"] == "totals" else ()
        lines += [
            "",
            *_comments(doubts),
            f"[[{head}.skip]]",
            *(f"{key} = {toml(value)}" for key, value in rule.items()),
        ]
    lines += ["", f"[{head}.columns]"]
    for cell in draft.cells:
        missing = [f"# MISSING: {cell.missing}; until it is said, every row is rejected"] if cell.missing else []
        lines += [*missing, *_comments(cell.unsure), f"{cell.name} = {toml(cell.spec)}"]
    return lines


def _comments(doubts: Sequence[str]) -> list[str]:
    return [f"# UNSURE: {doubt}" for doubt in doubts]


def _list(key: str, texts: Sequence[str]) -> list[str]:
    """A list in one line, or one text a line."""
    line = f"{key} = {toml(list(texts))}"
    return [line] if len(line) <= _WIDE else [f"{key} = [", *(f"    {toml(text)}," for text in texts), "]"]


def toml(value: object) -> str:
    """A value in one line. A pattern stands in single quotes, as it is."""
    if isinstance(value, bool | int):
        return str(value).lower()
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(toml, value))}]"
    text = str(value)
    plain = "\\" in text and "'" not in text and text.isprintable()
    return f"'{text}'" if plain else json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
