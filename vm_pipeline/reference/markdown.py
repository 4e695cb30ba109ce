"""Markdown: tables, code, parts put together, and words for every declared name.

Belongs here: form. Does not belong here: what any page says.
"""

from collections.abc import Iterable, Mapping, Sequence


class Undocumented(Exception):
    """A declared name has no words, or words have no declared name."""


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; a bar in a cell is escaped."""
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(map(_cell, line))} |\n" for line in lines)


def _cell(content: object) -> str:
    return str(content).replace("|", "\\|")


def code(text: str) -> str:
    """A name as code; nothing for nothing."""
    return f"`{text}`" if text else ""


def yes(flag: object, yes: str = "yes") -> str:
    return yes if flag else ""


def joined(*parts: str) -> str:
    return "\n".join(part.rstrip("\n") + "\n" for part in parts if part)


def words_for(said: Mapping[str, str], declared: Iterable[str], what: str) -> dict[str, str]:
    """The words of every declared name, in the order declared. Raises Undocumented."""
    names = list(dict.fromkeys(declared))
    if missing := [name for name in names if name not in said]:
        raise Undocumented(
            f"{what}: found no words for {', '.join(missing)}; add them to its page in vm_pipeline/reference."
        )
    if left := [name for name in said if name not in names]:
        raise Undocumented(f"{what}: found words for {', '.join(left)}, which nothing declares; take them out.")
    return {name: said[name] for name in names}


def codes(names: Iterable[str]) -> str:
    return ", ".join(map(code, names))
