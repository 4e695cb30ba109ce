"""Web addresses: whatever a server does, what is landed is whole, or a problem says why it is not."""

import base64
import gzip
import hashlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vm_pipeline.sources.web.asking import _retry_after
from vm_pipeline_tests.sources.conftest import Home, Night, Waits, amiss
from vm_pipeline_tests.sources.misbehaving import (
    Behaviour,
    Server,
    answer,
    chunks,
    cut,
    cut_chunks,
    drip,
    endless,
    hang_up,
    known_by,
    ranged,
    redirect,
    stall,
)

LEDGER = b"a,b\n" + b"1,2\n" * 5000
IMPATIENT = {"read_seconds": 0.2, "total_seconds": 3.0, "attempts": 2, "max_mb": 1.0}


def md5(content: bytes) -> str:
    return base64.b64encode(hashlib.md5(content).digest()).decode()


def sha(content: bytes) -> str:
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


@pytest.mark.parametrize(
    "script",
    [
        [answer(LEDGER)],
        [chunks(LEDGER[:7], LEDGER[7:])],
        [answer(b"", 500), answer(b"", 503), answer(LEDGER)],
        [answer(b"", 429), answer(LEDGER)],
        [hang_up, hang_up, answer(LEDGER)],
        [cut(LEDGER, 9000), answer(LEDGER)],
        [cut(LEDGER, 0), cut(LEDGER, 1), answer(LEDGER)],
        [cut_chunks(LEDGER[:99]), chunks(LEDGER)],
        [stall(b"a,b\n"), answer(LEDGER)],
        [stall(before_head=True), answer(LEDGER)],
        [drip(b"x", 0.05), answer(LEDGER)],
        [answer(b"other", Content_MD5=md5(LEDGER)), answer(LEDGER, Content_MD5=md5(LEDGER))],
        [answer(b"other", Digest=f"sha-256={sha(LEDGER)}"), answer(LEDGER, Digest=f"crc32c=x,sha-256={sha(LEDGER)}")],
        [answer(b"x", Repr_Digest=f"sha-256=:{sha(LEDGER)}:"), answer(LEDGER, Repr_Digest=f"sha-256=:{sha(LEDGER)}:")],
        [answer(gzip.compress(LEDGER), Content_Encoding="gzip")],
        [answer(gzip.compress(LEDGER[:50]) + gzip.compress(LEDGER[50:]), Content_Encoding="gzip")],
        [cut(LEDGER, 9000, ETag='"a"', Accept_Ranges="bytes"), ranged(LEDGER, '"a"')],
        [cut(LEDGER, 9000, ETag='"a"', Accept_Ranges="bytes"), answer(b"", 503), ranged(LEDGER, '"a"')],
        [cut(b"an older one", 5, ETag='"a"', Accept_Ranges="bytes"), ranged(LEDGER, '"b"')],
        [cut(LEDGER, 9000, ETag='"a"', Accept_Ranges="bytes"), ranged(LEDGER, '"a"', shift=1), answer(LEDGER)],
        [cut(LEDGER, 9000, ETag='"a"', Accept_Ranges="bytes"), answer(b"", 416), answer(LEDGER)],
        [cut(LEDGER, 9000, ETag='W/"a"', Accept_Ranges="bytes"), ranged(LEDGER, 'W/"a"')],
        [redirect("/ledger"), answer(LEDGER)],
        [endless(status=302, Location="/ledger"), answer(LEDGER)],
        [endless(status=500), answer(LEDGER)],
    ],
)
def test_what_is_landed_is_whole(server: Server, home: Home, night: Night, script: list[Behaviour]) -> None:
    limits = {"read_seconds": 0.3, "least_bytes_per_second": 1000}
    received = night(server.script("/ledger", *script), limits=limits)
    assert (home.bytes(received), received.problems) == ([LEDGER], [])
    assert home.left == []


def test_a_cut_body_is_continued_where_it_was_cut(server: Server, night: Night) -> None:
    url = server.script("/ledger", cut(LEDGER, 9000, ETag='"a"', Accept_Ranges="bytes"), ranged(LEDGER, '"a"'))
    assert len(night(url).new) == 1
    assert [(one.headers.get("Range"), one.headers.get("If-Range")) for one in server.asked] == [
        (None, None),
        ("bytes=9000-", '"a"'),
    ]


BOMB = gzip.compress(b"0" * 4_000_000)


@pytest.mark.parametrize(
    ("behaviour", "found"),
    [
        (answer(b"", 500), "found status 500"),
        (answer(b"", 403), "found status 403"),
        (answer(b"", 418), "found status 418"),
        (hang_up, "found no connection (ConnectionError)"),
        (stall(b"a,b\n"), "found a body that was cut (ReadTimeoutError)"),
        (stall(before_head=True), "found no connection (ReadTimeout)"),
        (drip(b"x", 0.03), "found fewer than 100 bytes a second"),
        (drip(b"xxxx", 0.01, head=True), "found no answer in time"),
        (drip(b"x" * 500, 0.02), "found no whole answer after 0.5 s"),
        (cut(LEDGER, 100), "found a body that was cut (ProtocolError)"),
        (cut_chunks(LEDGER[:100]), "found a body that was cut"),
        (answer(LEDGER, Content_Length="20005"), "found a body that was cut (ProtocolError)"),
        (answer(LEDGER, Content_MD5=md5(b"x")), "found bytes that do not have their md5"),
        (endless(), "found more than 1 MB"),
        (answer(b"", Content_Length="2000000"), "found more than 1 MB"),
        (answer(BOMB, Content_Encoding="gzip"), "found more than 1 MB"),
        (answer(BOMB[:-20], Content_Encoding="gzip"), "found more than 1 MB"),
        (answer(gzip.compress(LEDGER)[:-9], Content_Encoding="gzip"), "found a packed body without its end"),
        (answer(LEDGER, Content_Encoding="gzip"), "found a body that cannot be unpacked"),
        (answer(LEDGER, Content_Encoding="br"), "found a content encoding nobody asked for"),
        (answer(b"<html>", Content_Type="text/html; charset=utf-8"), "found a web page"),
        (redirect("/ledger"), "found redirects without end"),
        (redirect("file:///etc/hostname"), "found a redirect that cannot be read"),
        (redirect("http://[x"), "found a redirect that cannot be read"),
        (answer(b"x", 206, Content_Range="bytes 0-0/1"), "found a part that was not asked for"),
    ],
)
def test_what_cannot_be_had_is_a_problem(
    server: Server, home: Home, night: Night, behaviour: Behaviour, found: str
) -> None:
    limits = {"total_seconds": 0.5} if "0.5 s" in found or "in time" in found else {}
    received = night(server.script("/ledger", behaviour), limits={**IMPATIENT, **limits})
    assert received.new == []
    (problem,) = received.problems
    assert found in str(problem)
    assert str(problem).startswith(problem.where) and server.url in problem.where
    assert home.left == []


class TestWaiting:
    def test_backoff_doubles_up_to_a_bound(self, server: Server, night: Night, waits: Waits) -> None:
        night(server.script("/ledger", answer(b"", 500)), limits={"attempts": 9})
        assert waits.waited == [1, 2, 4, 8, 16, 32, 60, 60]

    @pytest.mark.parametrize(
        ("said", "waited"),
        [("7", 7), ("Mon, 05 Jan 2026 02:00:15 GMT", 15), ("9999999", 20), ("soon", 1), ("-5", 1), ("", 1)],
    )
    def test_retry_after_is_heeded_within_reason(
        self, server: Server, night: Night, waits: Waits, said: str, waited: float
    ) -> None:
        url = server.script("/ledger", answer(b"", 429, Retry_After=said), answer(LEDGER))
        assert len(night(url, limits={"longest_wait_seconds": 20}).new) == 1
        assert waits.waited == [waited]

    def test_a_wait_beyond_the_deadline_is_not_begun(self, server: Server, night: Night, waits: Waits) -> None:
        url = server.script("/ledger", answer(b"", 503, Retry_After="60"))
        assert "found status 503" in str(night(url, limits={"total_seconds": 30}).problems[0])
        assert (waits.waited, len(server.asked)) == ([], 1)

    @given(st.text(max_size=40))
    def test_no_text_of_a_server_breaks_the_waiting(self, text: str) -> None:
        assert _retry_after(text, Waits().now) >= 0

    @pytest.mark.parametrize("status", [400, 401, 404, 410])
    def test_what_will_not_change_is_asked_once(self, server: Server, night: Night, status: int) -> None:
        night(server.script("/ledger", answer(b"", status)))
        assert len(server.asked) == 1


class TestAgain:
    """The next night."""

    @pytest.mark.parametrize(
        "marks", [{"ETag": '"a"'}, {"ETag": 'W/"a"'}, {"Last_Modified": "Mon, 05 Jan 2026 02:00:00 GMT"}]
    )
    def test_what_has_not_changed_is_not_sent_again(self, server: Server, night: Night, marks: dict[str, str]) -> None:
        url = server.script("/ledger", known_by(LEDGER, **marks))
        assert len(night(url).new) == 1
        again = night(url)
        assert (again.new, again.unchanged, again.problems) == ([], 1, [])
        assert server.asked[1].headers.keys() & {"If-None-Match", "If-Modified-Since"}

    def test_an_object_that_is_damaged_is_asked_for_in_full(self, server: Server, night: Night, home: Home) -> None:
        url = server.script("/ledger", known_by(LEDGER, ETag='"a"'))
        path = home.landing.path(night(url).new[0].sha256)
        path.chmod(0o600)
        path.write_bytes(b"damaged")
        assert night(url).unchanged == 1
        assert path.read_bytes() == LEDGER

    def test_a_mark_is_of_one_address(self, server: Server, night: Night) -> None:
        server.script("/one", known_by(LEDGER, ETag='"a"'))
        night(server.url + "/one", params={"id": "1"})
        night(server.url + "/one", params={"id": "2"})
        assert "If-None-Match" not in server.asked[1].headers

    def test_a_mark_nobody_can_read_is_no_mark(self, server: Server, night: Night, home: Home) -> None:
        url = server.script("/ledger", known_by(LEDGER, ETag='"a"'))
        night(url)
        for path in (home.landing.root / "marks").iterdir():
            path.write_text("{", "utf-8")
        assert night(url).unchanged == 1

    def test_no_change_that_nobody_asked_about_is_a_problem(self, server: Server, night: Night) -> None:
        received = night(server.script("/ledger", answer(b"", 304)))
        assert "found an answer of no change" in str(received.problems[0])


class TestMonths:
    def test_every_month_has_an_address(self, server: Server, home: Home, night: Night) -> None:
        server.script("/2022/07/ledger.csv", answer(b"july"))
        server.script("/2022/09/ledger.csv", answer(b"september"))
        received = night(server.url + "/{year}/{month}/ledger.csv", first="2022-07", last="2022-10")
        assert [(str(one.slot), one.name) for one in received.new] == [
            ("ledger/B1/2022-07", f"{server.url}/2022/07/ledger.csv, 2022-07"),
            ("ledger/B1/2022-09", f"{server.url}/2022/09/ledger.csv, 2022-09"),
        ]
        assert received.problems == []
        assert [str(one.slot) for one in received.absent] == ["ledger/B1/2022-08", "ledger/B1/2022-10"]

    def test_the_facts_of_a_month(self, server: Server, night: Night) -> None:
        url = server.url + "/{financial_year}?from={first_day}"
        night(url, first="2022-02", last="2022-02", params={"to": "{last_day}", "m": "{period}", "x": "{y}"})
        assert server.asked[0].path == "/2021-22?from=2022-02-01&to=2022-02-28&m=2022-02&x=%7By%7D"

    def test_a_month_that_is_required(self, server: Server, night: Night) -> None:
        server.script("/2022-07", answer(b"july"))
        received = night(server.url + "/{period}", first="2022-07", last="2022-08", required=True)
        assert [problem.found for problem in received.problems] == ["status 404"]

    def test_a_source_that_never_has_anything_is_a_problem(self, server: Server, night: Night) -> None:
        received = night(server.url + "/{period}", first="2022-07", last="2023-07")
        (problem,) = received.problems
        assert "found nothing for any month" in str(problem)

    def test_what_was_there_once_may_go(self, server: Server, night: Night) -> None:
        server.script("/2022-07", answer(b"july"), answer(b"", 404))
        months = {"first": "2022-07", "last": "2022-08"}
        assert len(night(server.url + "/{period}", **months).new) == 1
        assert night(server.url + "/{period}", **months).problems == []

    def test_a_site_that_is_down_is_one_problem(self, night: Night, server: Server) -> None:
        for month in range(1, 13):
            server.script(f"/2022-{month:02}", answer(b"", 503))
        received = night(server.url + "/{period}", first="2022-01", last="2022-12", limits={"attempts": 1})
        assert len(received.problems) == 1
        assert len(server.asked) < 12, "the other months are not tried"


class TestElsewhere:
    def test_a_redirect_to_another_origin_is_not_followed(
        self, server: Server, elsewhere: Server, night: Night
    ) -> None:
        elsewhere.script("/ledger", answer(LEDGER))
        received = night(server.script("/ledger", redirect(elsewhere.url + "/ledger")), auth={"bearer": "canary"})
        assert "found a redirect to 127.0.0.1" in str(received.problems[0])
        assert elsewhere.asked == []

    @pytest.mark.parametrize(
        "auth",
        [
            {"bearer": "canary"},
            {"user": "canary", "password": "canary"},
            {"header": "X-Api-Key", "value": "canary"},
        ],
    )
    def test_credentials_go_to_their_own_origin_only(
        self, server: Server, elsewhere: Server, night: Night, auth: dict[str, str]
    ) -> None:
        elsewhere.script("/there", answer(LEDGER))
        url = server.script("/ledger", redirect("/two"))
        server.script("/two", redirect(elsewhere.url + "/there"))
        host = elsewhere.url.removeprefix("http://")
        received = night(url, auth=auth, params={"key": "canary"}, allow_redirects_to=[host])
        assert len(received.new) == 1
        name = auth.get("header", "Authorization")
        assert [name in one.headers for one in (*server.asked, *elsewhere.asked)] == [True, True, False]
        assert "canary" not in str(elsewhere.asked)

    def test_cookies_are_not_kept(self, server: Server, night: Night) -> None:
        url = server.script("/ledger", redirect("/two"))
        server.script("/ledger", answer(b"", 302, Location="/two", Set_Cookie="a=b"))
        server.script("/two", answer(LEDGER))
        night(url)
        assert [one.headers.get("Cookie") for one in server.asked] == [None, None]

    def test_nothing_is_read_from_netrc(
        self, server: Server, night: Night, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        (tmp_path / "netrc").write_text("machine 127.0.0.1 login canary password canary\n", "utf-8")
        monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
        night(server.script("/ledger", answer(LEDGER)))
        assert "Authorization" not in server.asked[0].headers


class TestChecksums:
    def test_the_sum_in_the_settings(self, server: Server, night: Night) -> None:
        url = server.script("/ledger", answer(LEDGER))
        assert len(night(url, sha256=hashlib.sha256(LEDGER).hexdigest().upper()).new) == 1
        assert "found bytes that do not have their SHA-256" in str(night(url, sha256="0" * 64).problems[0])

    @pytest.mark.parametrize(
        ("said", "found"),
        [
            (f"{hashlib.sha256(LEDGER).hexdigest()}  ledger\n", ""),
            (f"SHA256 (ledger) = {hashlib.sha256(LEDGER).hexdigest()}\n", ""),
            ("0" * 64, "found bytes that do not have their SHA-256"),
            ("no sum at all", "found no SHA-256 in the file that should say it"),
        ],
    )
    def test_the_sum_in_a_file_beside_it(self, server: Server, night: Night, said: str, found: str) -> None:
        server.script("/ledger.sha256", answer(said.encode()))
        received = night(server.script("/ledger", answer(LEDGER)), sha256="{url}.sha256")
        assert [found in str(problem) for problem in received.problems] == ([True] if found else [])
        assert len(received.new) == (0 if found else 1)

    def test_a_sum_that_is_missing_is_a_problem(self, server: Server, night: Night) -> None:
        received = night(server.script("/ledger", answer(LEDGER)), sha256="{url}.sha256")
        assert "found status 404" in str(received.problems[0])


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ({"url": "ftp://host/x"}, "found no `url` that can be read"),
        ({"url": "https://"}, "found no `url` that can be read"),
        ({"url": "https://u:canary@host/x"}, "found a user in `url`"),
        ({"url": "https://host/{canary}"}, "found braces in `url` with another name"),
        ({"url": "https://host/x"}, "found no month in `url`"),
        ({"url": "https://host/{period}"}, "found first = '', expected a month"),
        ({"url": "https://host/{period}", "first": "2022-08", "last": "2022-07"}, "after last = '2022-07'"),
        ({"url": "https://host/x", "covers": "July"}, "found covers = 'July'"),
        ({"url": "https://host/x", "covers": "2022-07", "first": "2022-07"}, "and no month in `url`"),
        ({"url": "https://host/x", "covers": "2022-07", "params": {"a": 1}}, "found a = …, expected text."),
        ({"url": "https://host/x", "auth": {}}, "expected either `bearer`"),
        ({"url": "https://host/x", "auth": {"bearer": "canary\r\nX: y"}}, "found a character"),
        ({"url": "https://host/x", "auth": {"bearer": 1}}, "found bearer = …, expected text."),
        ({"url": "https://host/x", "auth": {"barer": "canary"}}, "The closest is 'bearer'."),
        ({"url": "https://host/x", "limits": {"attempts": 0}}, "found a limit of nothing"),
        ({"url": "https://host/x", "pages": {"follow": "next"}}, 'found follow = "next", expected one of'),
        ({"url": "https://host/x", "pages": {"follow": "cursor"}}, "expected `cursor`"),
        ({"url": "https://host/x", "pages": {}}, "found no `follow`"),
    ],
)
def test_a_source_that_cannot_work_is_said(keys: dict[str, Any], reason: str) -> None:
    said = amiss(keys)
    assert reason in said
    assert "canary" not in said
