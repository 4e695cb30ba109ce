"""Answers in pages of JSON rows, landed as one CSV: the same rows are the same bytes.

Belongs here: three ways to a next page, and telling pages that end from pages that do not.
Does not belong here: how one page is asked for (download), how a value is spelled (answer).
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from vm_pipeline.sources.answer import write_answer
from vm_pipeline.sources.extract import Absent, NotReceived
from vm_pipeline.sources.web.asking import Question
from vm_pipeline.sources.web.download import Answer

_PAGE_BYTES = 64 << 20  # a page lies in memory while it is read
_REMEDY = "Check the address and `pages`, and ask the sender."
Rows = list[Mapping[str, Any]]


@dataclass(frozen=True)
class Pages:
    """`pages`, of a source with `url`."""

    follow: Literal["link", "cursor", "ckan"]
    """How a page leads to the next: `link` (header `Link`), `cursor`, `ckan` (`datastore_search`)."""
    rows: str = ""
    """Where a page has its rows, `data.items`. Default: the page is the list."""
    cursor: str = ""
    """Where a page has what leads to the next, `meta.next`: an address, or a value for `parameter`."""
    parameter: str = ""
    """The parameter that takes the cursor. Default: the cursor is an address."""
    size: Annotated[int, Field(ge=1)] = 1000
    """Rows to ask CKAN for at a time."""
    most: Annotated[int, Field(ge=1)] = 10_000
    """More pages are not taken."""

    def __post_init__(self) -> None:
        """Raises ValueError, in words."""
        if (self.follow == "cursor") != bool(self.cursor):
            raise ValueError("expected `cursor` with follow = 'cursor', and only there.")


@dataclass
class _Book:
    """The pages of one extract as they are read, and what proves that they go forward."""

    pages: Pages
    seen: set[str] = field(default_factory=set)
    columns: dict[str, None] = field(default_factory=dict)
    rows: int = 0
    total: int | None = None

    def turned(self, content: bytes) -> Rows:
        """The rows of the next page. Raises NotReceived where a page comes again."""
        digest = hashlib.sha256(content).hexdigest()
        if digest in self.seen:
            raise NotReceived("the same page again", "pages that come to an end", _REMEDY)
        self.seen.add(digest)
        if len(self.seen) > self.pages.most:
            raise NotReceived(f"more than {self.pages.most} pages", "fewer", "Ask for less, or raise `most`.")
        body = _parsed(content)
        rows = _within(body, self.pages.rows or ("result.records" if self.pages.follow == "ckan" else ""))
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise NotReceived("a page without a list of rows", "rows where `rows` says", _REMEDY)
        self.body, self.rows = body, self.rows + len(rows)
        self.columns |= dict.fromkeys(name for row in rows for name in row)
        return rows

    def next(self, first: Question, answer: Answer, rows: Rows, followed: Callable[[str, str], str]) -> Question | None:
        """What to ask for next, or None at the end."""
        if self.pages.follow == "ckan":
            return self._further(first, rows)
        to = answer.link if self.pages.follow == "link" else _within(self.body, self.pages.cursor)
        if not isinstance(to, str) or not to:
            return None
        if self.pages.parameter:
            return Question(first.url, {**first.params, self.pages.parameter: to})
        return Question(followed(answer.url, to))

    def _further(self, first: Question, rows: Rows) -> Question | None:
        total = _within(self.body, "result.total")
        if not isinstance(total, str) or not total.isdecimal() or self.total not in (None, int(total)):
            raise NotReceived("a table that changed while it was read", "one total on every page", "Run again.")
        self.total = int(total)
        if self.rows >= self.total or not rows:
            if self.rows != self.total:
                raise NotReceived(f"{self.rows} rows", f"the {self.total} of the table", "Run again.")
            return None
        return Question(first.url, {**first.params, "offset": str(self.rows)})


def begun(question: Question, pages: Pages) -> Question:
    """What is asked for first. CKAN's rows come in the order of their number, or an offset would mean nothing."""
    if pages.follow != "ckan":
        return question
    return Question(question.url, {"sort": "_id", "limit": str(pages.size), **question.params, "offset": "0"})


def bring_pages(
    question: Question,
    pages: Pages,
    ask: Callable[[Question, Path], Answer],
    followed: Callable[[str, str], str],
    draft: Path,
) -> None:
    """Ask for page after page and write their rows to `draft`, columns in the order of their names.

    Raises NotReceived; Absent where there are no rows.
    """
    first = following = begun(question, pages)
    book, kept, page = _Book(pages), draft.with_suffix(".rows"), draft.with_suffix(".page")
    with kept.open("x", encoding="utf-8") as text:
        while following:
            answer = ask(following, page)
            if page.stat().st_size > _PAGE_BYTES:
                raise NotReceived(f"a page of more than {_PAGE_BYTES >> 20} MB", "smaller pages", _REMEDY)
            rows = book.turned(page.read_bytes())
            text.writelines(json.dumps(row) + "\n" for row in rows)
            following = book.next(first, answer, rows, followed)  # type: ignore[assignment]
    columns = sorted(book.columns)
    with draft.open("x", encoding="utf-8", newline="") as text:
        if not write_answer(text, columns, _cells(kept, columns)):
            raise Absent


def _cells(kept: Path, columns: list[str]) -> Iterator[list[Any]]:
    with kept.open(encoding="utf-8") as text:
        for line in text:
            row = json.loads(line)
            yield [row.get(name) for name in columns]


def _parsed(content: bytes) -> Any:
    """JSON whose numbers stay the text they are: 1.10 is not 1.1. Raises NotReceived."""
    try:
        return json.loads(content, parse_int=str, parse_float=str, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise NotReceived("a page that is no JSON", "JSON", _REMEDY) from None


def _no_number(text: str) -> None:
    raise ValueError(text)


def _within(body: Any, path: str) -> Any:
    """What lies at `a.b.c` of a page, or None."""
    for name in filter(None, path.split(".")):
        body = body.get(name) if isinstance(body, dict) else None
    return body
