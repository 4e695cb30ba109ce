"""Lines of keys, against tomllib: texts whose values say on which line they stand."""

import tomllib
from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from vm_pipeline.settings.lines import Lines, Path

HEADERS = [
    "[t{n}]",
    "[t{n}.deeper]",
    '[ "a b".t{n} ]',
    "[[list]]",
    "[[list]] # again",
    "[[outer.list]]",
    "[list.sub{n}]",
]
KEYS = [
    "k{n} = {line}",
    "k{n}.x.y = {line}",
    '"a.b{n}" = {line} # k = 1',
    "k{n} = {{ x = {line}, y = [{line}, {{ z = {line} }}] }}",
    "k{n} = [\n  {line}, # ]\n  [{line}],\n\n  {{ x = {line} }},\n]",
    'k{n} = """{line}"""',
    'k{n} = """\\\n{line}\\\n[not.a.header]\\\nk = 1\\\n\\""" = 1"""',
    "k{n} = '''\n{line}\n[[list]]\n# '' k = 1'''",
    'k{n} = "{line} # [t] \\" = "',
    "k{n} = '{line} \\'",
]
BETWEEN = ["", "# [t]", "  # k = 1", "\t"]


@st.composite
def texts(draw: st.DrawFn) -> str:
    """A valid text. Every value begins with its line; `header` is the line of the header before it."""
    lines: list[str] = []
    lists = 0
    for n in range(draw(st.integers(0, 8))):
        header = draw(st.sampled_from(HEADERS if lists else HEADERS[:-1])) if n else ""
        lists += header.startswith("[[list]]")
        lines += draw(st.lists(st.sampled_from(BETWEEN), max_size=2))
        if header:
            lines += [header.format(n=n), f"header = {len(lines) + 1}"]
        for k in range(draw(st.integers(0, 3))):
            key = draw(st.sampled_from(KEYS)).format(n=f"{n}_{k}", line=len(lines) + 1)
            lines += key.split("\n")
    return draw(st.sampled_from(["\n", "\r\n"])).join(lines)


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, int]]:
    """Paths with the line that the value there says."""
    if isinstance(value, dict | list):
        for key, one in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(one, (*path, key))
    else:
        yield path, int(str(value).split()[0].split("[")[0])


@given(texts())
def test_every_value_says_its_line(text: str) -> None:
    lines = Lines(text)
    for path, line in leaves(tomllib.loads(text)):
        if path[-1] == "header":
            assert lines.of(path) == line + 1
            assert lines.of(path[:-1]) == line or path[0] == "t0"
        else:
            assert lines.of(path) == line
            assert path in lines.paths


def test_what_is_not_there_stands_where_it_is_missing() -> None:
    lines = Lines("a = 1\n\n[[source]]\nb = 2\n[[source]]\n\n[source.period]\nc = 3\n")
    assert lines.of(("source", 1, "files")) == 5
    assert lines.of(("source", 1, "period", "covers")) == 7
    assert lines.of(("nowhere", "at", "all")) == 1
