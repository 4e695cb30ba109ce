"""Once, by every way, again when it is mended; and servers that stall, refuse or lie."""

import fcntl
import json
import re
import ssl
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vm_pipeline.alerts.cause import KINDS, Cause
from vm_pipeline.alerts.keys import Alerts, Email, Webhook
from vm_pipeline.alerts.telling import MOST, tell
from vm_pipeline.alerts.told import Told, after, news
from vm_pipeline_tests.alerts.servers import Hook, Postbox, hook, postbox

REFUSED = Cause("refused_batch", "ledger/B1/2022-07", "Found 2 rows too few.", "`vm-pipeline run`", ({"rows": 3},))
FAILED = Cause("failed_run", "build core", "Found OSError.", "`vm-pipeline doctor`")
ALL = {*KINDS}


@pytest.fixture
def server() -> Iterator[Hook]:
    with hook() as state:
        yield state


def by_webhook(server: Hook, **more: Any) -> Alerts:
    return Alerts(installation="Board", webhook=Webhook(url=server.url, headers={"X-Token": "hush"}), **more)


def by_mail(box: Postbox, **more: Any) -> Alerts:
    keys: dict[str, Any] = {"host": "127.0.0.1", "port": box.port, "security": "none"} | more
    return Alerts(
        installation="Board", email=Email(to=("a@board.test", "b@board.test"), sender="vm@board.test", **keys)
    )


def test_a_cause_is_told_once_and_again_when_it_looks_different_or_is_over(server: Hook, tmp_path: Path) -> None:
    alerts = by_webhook(server)
    assert tell(alerts, tmp_path, [REFUSED, FAILED], ALL) == ["webhook: 2 told"]
    assert tell(alerts, tmp_path, [REFUSED, FAILED], ALL) == []
    worse = replace(REFUSED, figures=({"rows": 9},))
    tell(alerts, tmp_path, [worse], ALL)
    tell(alerts, tmp_path, [], ALL)
    tell(alerts, tmp_path, [], ALL)
    assert server.told == [
        ("refused_batch", "ledger/B1/2022-07", False),
        ("failed_run", "build core", False),
        ("refused_batch", "ledger/B1/2022-07", False),
        ("failed_run", "build core", True),
        ("refused_batch", "ledger/B1/2022-07", True),
    ]
    text = server.posted[0]["text"]
    for part in ("[Board] A batch was refused: ledger/B1/2022-07", "2 rows too few", "rows: 3", "`vm-pipeline run`"):
        assert part in text
    assert server.headers[0]["X-Token"] == "hush"


def test_what_was_not_looked_for_is_not_over(server: Hook, tmp_path: Path) -> None:
    tell(by_webhook(server), tmp_path, [REFUSED], ALL)
    tell(by_webhook(server), tmp_path, [], ALL - {"refused_batch"})
    assert len(server.told) == 1


def test_a_restatement_passes_without_a_word_and_another_is_told(server: Hook, tmp_path: Path) -> None:
    first = Cause("restatement", "ledger/B1/2022-07 (a)", "", "")
    tell(by_webhook(server), tmp_path, [first], ALL)
    tell(by_webhook(server), tmp_path, [replace(first, about="ledger/B1/2022-07 (b)")], ALL)
    assert [is_over for _, _, is_over in server.told] == [False, False]
    assert "(a)" not in (tmp_path / "told-webhook.json").read_text()


def test_many_go_out_as_one(server: Hook, tmp_path: Path) -> None:
    causes = [replace(REFUSED, about=f"ledger/B{n}/2022-07") for n in range(MOST + 1)]
    assert tell(by_webhook(server), tmp_path, causes, ALL) == [f"webhook: {MOST + 1} told"]
    assert len(server.posted) == 1 and len(server.told) == MOST + 1
    assert tell(by_webhook(server), tmp_path, causes, ALL) == []


@pytest.mark.parametrize("trouble", [{"status": 500}, {"status": 403}, {"status": 302}, {"stalls": True}])
def test_a_webhook_that_does_not_take_it_is_asked_again_next_time(
    server: Hook, tmp_path: Path, trouble: dict[str, Any]
) -> None:
    for name, value in trouble.items():
        setattr(server, name, value)
    alerts = by_webhook(server, patience=1)
    (said,) = tell(alerts, tmp_path, [REFUSED, FAILED], ALL)
    assert said.startswith("webhook: 0 told, 2 not: found ") and "told the next time" in said
    assert "secret-path" not in said and "hush" not in said
    assert len(server.headers) <= 1  # the second was not tried, and no redirect was followed
    server.status, server.stalls = 200, False
    assert tell(alerts, tmp_path, [REFUSED, FAILED], ALL) == ["webhook: 2 told"]


def test_nobody_there(tmp_path: Path) -> None:
    with hook() as gone:
        pass
    (said,) = tell(by_webhook(gone), tmp_path, [REFUSED], ALL)
    assert "ConnectionError" in said and "secret-path" not in said


def test_each_way_remembers_for_itself(server: Hook, tmp_path: Path) -> None:
    server.status = 500
    with postbox() as box:
        alerts = replace(by_webhook(server), email=by_mail(box).email)
        assert tell(alerts, tmp_path, [REFUSED], ALL)[1] == "email: 1 told"
        server.status = 200
        assert tell(alerts, tmp_path, [REFUSED], ALL) == ["webhook: 1 told"]
        assert (len(server.posted), len(box.letters)) == (1, 1)


def test_a_letter_says_it_all(tmp_path: Path) -> None:
    with postbox() as box:
        assert tell(by_mail(box), tmp_path, [REFUSED], ALL) == ["email: 1 told"]
    (letter,) = box.letters
    assert letter["Subject"] == "[Board] A batch was refused: ledger/B1/2022-07"
    assert (letter["To"], letter["Auto-Submitted"]) == ("a@board.test, b@board.test", "auto-generated")
    assert "2 rows too few" in letter.get_content() and "`vm-pipeline run`" in letter.get_content()


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ({"stalls": True}, "within 1 s|TimeoutError|SMTPServerDisconnected"),
        ({"answers": {"HELLO": "554 not you"}}, r"SMTPConnectError \(554\)"),
        ({"answers": {"MAIL": "451 later"}}, r"SMTPSenderRefused \(451\)"),
        ({"answers": {"RCPT": "550 hush"}}, "SMTPRecipientsRefused"),
        ({"answers": {"DATA": "452 full"}}, r"SMTPDataError \(452\)"),
    ],
)
def test_a_mail_server_that_does_not_take_it(tmp_path: Path, how: dict[str, Any], says: str) -> None:
    with postbox(**how) as box:
        (said,) = tell(replace(by_mail(box), patience=1), tmp_path, [REFUSED], ALL)
        assert re.search(says, said) and "hush" not in said and "board.test" not in said
        box.answers, box.stalls = {}, False
        assert tell(by_mail(box), tmp_path, [REFUSED], ALL) == ["email: 1 told"]


def test_a_server_without_starttls_hears_no_password_and_no_letter(tmp_path: Path) -> None:
    with postbox() as box:
        (said,) = tell(by_mail(box, security="starttls", user="vm", password="hush"), tmp_path, [REFUSED], ALL)
    assert "SMTPNotSupportedError" in said
    assert not box.letters and not [line for line in box.heard if line.startswith(("AUTH", "MAIL"))]


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_only_a_certificate_that_somebody_vouches_for(
    tmp_path: Path, security: str, secure: ssl.SSLContext, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with postbox(**{security: secure}) as box:
        alerts = by_mail(box, security=security, user="vm", password="hush")
        (said,) = tell(alerts, tmp_path, [REFUSED], ALL)
        assert "SSLCertVerificationError" in said and not [line for line in box.heard if line.startswith("AUTH")]
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert tell(alerts, tmp_path, [REFUSED], ALL) == ["email: 1 told"]
        assert [line for line in box.heard if line.startswith("AUTH")]


def test_one_telling_at_a_time(server: Hook, tmp_path: Path) -> None:
    with (tmp_path / "lock").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        assert tell(by_webhook(server), tmp_path, [REFUSED], ALL) == []
    assert tell(by_webhook(server), tmp_path, [REFUSED], ALL) == ["webhook: 1 told"]
    assert len(server.told) == 1


def test_a_record_that_is_broken_tells_again_rather_than_never(server: Hook, tmp_path: Path) -> None:
    for text in ("{", json.dumps([{"kind": "x"}]), json.dumps([{"kind": "x", "about": "y", "state": "z"}])):
        (tmp_path / "told-webhook.json").write_text(text)
        assert tell(by_webhook(server), tmp_path, [REFUSED], ALL) == ["webhook: 1 told"]


def test_a_folder_that_cannot_be_written_is_said_and_raises_nothing(server: Hook, tmp_path: Path) -> None:
    (tmp_path / "alerts").write_text("in the way")
    (said,) = tell(by_webhook(server), tmp_path / "alerts", [REFUSED], ALL)
    assert said.startswith("Nobody was told")


CAUSES = st.lists(
    st.builds(Cause, st.sampled_from([*KINDS]), st.sampled_from("abc"), st.sampled_from("xy"), st.just("")),
    unique_by=lambda cause: cause.name,
)


@given(st.lists(st.tuples(CAUSES, st.sets(st.sampled_from([*KINDS]))), max_size=6))
def test_once_everything_is_delivered_there_is_no_news(nights: list[tuple[list[Cause], set[str]]]) -> None:
    """Whatever nights came before: what is there has been told as it is, and what is over has been dropped."""
    told: list[Told] = []
    for causes, judged in nights:
        for message in news(told, causes, judged):
            told = after(told, message)
        assert news(told, causes, judged) == []
        assert {(c.kind, c.about, c.state) for c in causes} <= {(t.kind, t.about, t.state) for t in told}
        there = {(c.kind, c.about) for c in causes}
        assert not [t for t in told if t.kind in judged and (t.kind, t.about) not in there]
