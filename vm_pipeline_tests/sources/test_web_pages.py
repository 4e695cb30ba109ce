"""Answers in pages: the same rows are the same bytes however they were cut, and no page goes round for ever."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vm_pipeline.sources.web.asking import Question
from vm_pipeline.sources.web.download import Answer
from vm_pipeline.sources.web.pages import Pages, bring_pages
from vm_pipeline_tests.sources.conftest import Home, Night
from vm_pipeline_tests.sources.misbehaving import Behaviour, Exchange, Server, answer

ROWS = [{"id": number, "name": f"ward {number}", "beds": 1.10} for number in range(7)]
CSV = b"beds,id,name\n" + b"".join(b"1.1,%d,ward %d\n" % (number, number) for number in range(7))
Rows = list[Mapping[str, Any]]


def linked(rows: Rows, size: int = 3) -> Behaviour:
    """Pages by `Link: …; rel=next`."""

    def behave(exchange: Exchange) -> None:
        page = int(exchange.query.get("page", "0"))
        more = (page + 1) * size < len(rows)
        link = {"Link": f'<?page={page + 1}>; rel="next", <?page=0>; rel="first"'} if more else {}
        answer(json.dumps(rows[page * size :][:size]).encode(), **link)(exchange)

    return behave


def by_cursor(rows: Rows, size: int = 3) -> Behaviour:
    """Pages by a value that is asked for next."""

    def behave(exchange: Exchange) -> None:
        first = int(exchange.query.get("after", "0"))
        more = str(first + size) if first + size < len(rows) else None
        body = {"data": {"items": rows[first : first + size]}, "meta": {"next": more}}
        answer(json.dumps(body).encode())(exchange)

    return behave


def by_address(rows: Rows, size: int = 3) -> Behaviour:
    """Pages by an address in the body."""

    def behave(exchange: Exchange) -> None:
        first = int(exchange.query.get("first", "0"))
        more = f"?first={first + size}" if first + size < len(rows) else None
        answer(json.dumps({"results": rows[first : first + size], "next": more}).encode())(exchange)

    return behave


def ckan(rows: Rows, *, total: int | None = None, deaf: bool = False) -> Behaviour:
    """CKAN's `datastore_search`; `deaf` takes no notice of the offset."""

    def behave(exchange: Exchange) -> None:
        first, size = int(exchange.query["offset"]), int(exchange.query["limit"])
        assert exchange.query["sort"] == "_id"
        found = rows[:size] if deaf else rows[first : first + size]
        count = len(rows) if total is None else total
        answer(json.dumps({"success": True, "result": {"records": found, "total": count}}).encode())(exchange)

    return behave


WAYS = [
    (linked, {"follow": "link"}),
    (by_cursor, {"follow": "cursor", "rows": "data.items", "cursor": "meta.next", "parameter": "after"}),
    (by_address, {"follow": "cursor", "rows": "results", "cursor": "next"}),
    (ckan, {"follow": "ckan", "size": 3}),
]


@pytest.mark.parametrize(("behaviour", "pages"), WAYS)
def test_pages_are_one_extract(server: Server, home: Home, night: Night, behaviour: Any, pages: dict[str, Any]) -> None:
    url = server.script("/api", behaviour(ROWS))
    received = night(url, pages=pages, params={"key": "x"})
    assert (home.bytes(received), received.problems) == ([CSV], [])
    assert len(server.asked) == 3
    assert (night(url, pages=pages).unchanged, home.left) == (1, [])


@pytest.mark.parametrize(("behaviour", "pages"), WAYS)
def test_no_rows_are_no_extract(server: Server, night: Night, behaviour: Any, pages: dict[str, Any]) -> None:
    received = night(server.script("/api", behaviour([])), pages=pages)
    assert (received.new, len(received.absent)) == ([], 1)


def test_a_page_that_fails_is_asked_for_again(server: Server, home: Home, night: Night) -> None:
    url = server.script("/api", linked(ROWS), answer(b"", 503), linked(ROWS))
    assert home.bytes(night(url, pages={"follow": "link"})) == [CSV]


def forever(exchange: Exchange) -> None:
    """A next page on every page, each with a row of its own."""
    page = int(exchange.query.get("page", "0"))
    answer(json.dumps([{"id": page}]).encode(), Link=f"<?page={page + 1}>; rel=next")(exchange)


def round_and_round(exchange: Exchange) -> None:
    """Two pages, each the next of the other."""
    page = int(exchange.query.get("page", "0"))
    answer(json.dumps([{"id": page}]).encode(), Link=f"<?page={1 - page}>; rel=next")(exchange)


@pytest.mark.parametrize(
    ("behaviour", "pages", "found"),
    [
        (forever, {"follow": "link", "most": 20}, "found more than 20 pages"),
        (round_and_round, {"follow": "link"}, "found the same page again"),
        (answer(b'[{"a":1}]', Link="<?again>; rel=next"), {"follow": "link"}, "found the same page again"),
        (answer(b'[{"a":1}]', Link="<http://127.0.0.2:9/>; rel=next"), {"follow": "link"}, "found a redirect to"),
        (answer(b'[{"a":1}]', Link="<http://[/>; rel=next"), {"follow": "link"}, "found a redirect that cannot"),
        (ckan(ROWS, deaf=True), {"follow": "ckan", "size": 3}, "found the same page again"),
        (ckan(ROWS, total=9), {"follow": "ckan", "size": 3}, "found 7 rows; expected the 9 of the table"),
        (answer(b'{"result":{"records":[]}}'), {"follow": "ckan"}, "found a table that changed"),
        (answer(b"<html>"), {"follow": "link"}, "found a page that is no JSON"),
        (answer(b"[" * 100_000), {"follow": "link"}, "found a page that is no JSON"),
        (answer(b'[{"a":NaN}]'), {"follow": "link"}, "found a page that is no JSON"),
        (answer(b'{"a":1}'), {"follow": "link"}, "found a page without a list of rows"),
        (answer(b"[1]"), {"follow": "link"}, "found a page without a list of rows"),
        (answer(b'{"a":[]}'), {"follow": "link", "rows": "a.b"}, "found a page without a list of rows"),
    ],
)
def test_pages_that_cannot_be_had(
    server: Server, home: Home, night: Night, behaviour: Behaviour, pages: dict[str, Any], found: str
) -> None:
    received = night(server.script("/api", behaviour), pages=pages)
    assert received.new == []
    assert found in str(received.problems[0])
    assert home.left == []


def test_a_table_that_grows_while_it_is_read(server: Server, night: Night) -> None:
    url = server.script("/api", ckan(ROWS), ckan([*ROWS, {"id": 8}]))
    assert "found a table that changed" in str(night(url, pages={"follow": "ckan", "size": 3}).problems[0])


def test_credentials_go_with_every_page_of_the_site(server: Server, night: Night) -> None:
    night(server.script("/api", linked(ROWS)), pages={"follow": "link"}, auth={"bearer": "t"})
    assert [one.headers.get("Authorization") for one in server.asked] == ["Bearer t"] * 3


CELLS = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.lists(st.integers(), max_size=2))
TABLES = st.lists(st.dictionaries(st.sampled_from("abc"), CELLS, min_size=1), min_size=1, max_size=8)


@given(TABLES, st.integers(1, 9), st.integers(1, 9))
def test_where_pages_end_does_not_matter(tmp_path_factory: Any, rows: Rows, one: int, other: int) -> None:
    numbered = [{**row, "id": place} for place, row in enumerate(rows)]
    folder = tmp_path_factory.mktemp("pages")
    drafts = [folder / "one", folder / "other"]
    for draft, size in zip(drafts, (one, other), strict=True):
        pages = [numbered[at : at + size] for at in range(0, len(numbered), size)]

        def ask(question: Question, page: Any, pages: list[Rows] = pages) -> Answer:
            at = int(question.url)
            page.write_text(json.dumps([dict(reversed(row.items())) for row in pages[at]]), "utf-8")
            return Answer("", question.url, str(at + 1) if at + 1 < len(pages) else "")

        bring_pages(Question("0"), Pages("link"), ask, lambda url, to: to, draft)
    assert drafts[0].read_bytes() == drafts[1].read_bytes()
    assert drafts[0].read_bytes().count(b"\n") >= len(rows) + 1
