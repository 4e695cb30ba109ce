"""On which line of a TOML text each key stands.

Belongs here: lines. Does not belong here: values (tomllib reads them), what a key means.

tomllib tells no lines. A statement of TOML (a header, or a key with its value) is a TOML text of its own, and no part
of one that ends before it does is. So lines are added until tomllib can read them, and it says which keys they hold.
"""

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

Path = tuple[str | int, ...]


class Lines:
    """The line of each key, table and array item of a valid TOML text; of an inline one, that of its statement."""

    def __init__(self, text: str) -> None:
        """Look through the text, which tomllib must be able to read."""
        self._lines: dict[Path, int] = {(): 1}
        self._items: dict[Path, int] = {}
        table: Path = ()
        for line, statement, held in _statements(text):
            if statement.lstrip().startswith("["):
                table = self._header(held, line)
            else:
                self._keys(table, held, line)

    def of(self, path: Path) -> int:
        """The line of a path, or of the nearest thing around it."""
        while path not in self._lines:
            path = path[:-1]
        return self._lines[path]

    @property
    def paths(self) -> dict[Path, int]:
        """Every path that has a line."""
        return dict(self._lines)

    def _header(self, held: Any, line: int) -> Path:
        """The table that a header opens. A name of an array of tables stands for its last item."""
        path: Path = ()
        while held:
            if isinstance(held, list):
                self._items[path] = self._items.get(path, -1) + 1
                held = held[0]
            else:
                ((key, held),) = held.items()
                path = (*path, key)
            if path in self._items and not isinstance(held, list):
                path = (*path, self._items[path])
            self._lines.setdefault(path, line)
        return path

    def _keys(self, table: Path, held: Any, line: int) -> None:
        for key, value in held.items() if isinstance(held, Mapping) else enumerate(held):
            path = (*table, key)
            self._lines.setdefault(path, line)
            if isinstance(value, Mapping | list):
                self._keys(path, value, line)


def _statements(text: str) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Line, text and keys of each statement."""
    statement, first = "", 1
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        statement, first = (f"{statement}\n{line}", first) if statement else (line, number)
        try:
            held = tomllib.loads(statement)
        except tomllib.TOMLDecodeError:
            continue
        if held:
            yield first, statement, held
        statement = ""
