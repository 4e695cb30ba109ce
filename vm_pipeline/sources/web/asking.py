"""Asking a site: one request, redirects included, and who may be told what.

Belongs here: credentials, origins, redirects, what an answer's status means. Does not belong here: bodies (download).

Credentials go to the origin of the configured address and to no other.
Of what a server sends, no text is ever shown but the host of a redirect.
"""

import base64
import queue
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Annotated, TypeVar
from urllib.parse import urljoin, urlsplit

from vm_pipeline.keys import SECRET
from vm_pipeline.sources.extract import Absent, NotReceived, Unchanged
from vm_pipeline.sources.web.limits import Again, Course

if TYPE_CHECKING:
    import requests

T = TypeVar("T")
_REDIRECTS = 5
_PORTS = {"http": 80, "https": 443}
_OK, _PART, _NOT_MODIFIED, OUT_OF_RANGE, _TROUBLE = 200, 206, 304, 416, 500
_REFUSED, _MISSING = (401, 403, 407), (204, 404, 410)
_LATER = (408, 425, 429)
_EVERYWHERE = (429, 502, 503, 504)


@dataclass(frozen=True)
class Auth:
    """`auth`, of a source with `url`: one of three ways."""

    bearer: Annotated[str, SECRET] = field(default="", repr=False)
    """A token, sent as `Authorization: Bearer …`."""
    user: Annotated[str, SECRET] = field(default="", repr=False)
    """A user, with `password`."""
    password: Annotated[str, SECRET] = field(default="", repr=False)
    """The password of `user`."""
    header: str = ""
    """Name of a header that takes a key, with `value`."""
    value: Annotated[str, SECRET] = field(default="", repr=False)
    """The key for `header`."""

    def __post_init__(self) -> None:
        """Raises ValueError, in words that show no secret."""
        if [bool(self.bearer), bool(self.user), bool(self.header and self.value)].count(True) != 1:
            raise ValueError("expected either `bearer`, or `user` and `password`, or `header` and `value`.")
        if re.search(r"[^\x20-\x7e]", self.bearer + self.header + self.value):
            raise ValueError("found a character that a header cannot hold, expected plain letters, digits, signs.")

    def headers(self) -> dict[str, str]:
        """As headers of a request."""
        if self.bearer:
            return {"Authorization": f"Bearer {self.bearer}"}
        if self.user:
            return {"Authorization": "Basic " + base64.b64encode(f"{self.user}:{self.password}".encode()).decode()}
        return {self.header: self.value}


@dataclass(frozen=True)
class Question:
    """An address and what is asked of it. Either may hold a secret."""

    url: str = field(repr=False)
    params: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Site:
    """The site a source asks: its own origin, and hosts it may redirect to."""

    origin: tuple[str, str, int]
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    allowed: tuple[str, ...] = ()

    def ask(self, question: Question, headers: Mapping[str, str], course: Course) -> "requests.Response":
        """The answer that is no redirect, its body not read yet. Raises NotReceived, Again."""
        for _ in range(_REDIRECTS + 1):
            response = _sent(question, {**headers, **self._secrets(question.url)}, course)
            if not response.is_redirect:
                return response
            response.close()
            question = Question(self.followed(question.url, response.headers["location"]))
        raise NotReceived("redirects without end", "an answer", "Check the address.")

    def followed(self, url: str, to: str) -> str:
        """Where a redirect or a link to a next page leads. Raises NotReceived where it may not lead."""
        remedy = "If that host belongs to the sender, name it in `allow_redirects_to`."
        try:
            target = urljoin(url, to)
            scheme, host, port = origin_of(target)
        except ValueError:
            raise NotReceived("a redirect that cannot be read", "an address", "Check the address.") from None
        names = (f"{host}:{port}", *([host] if port == _PORTS[scheme] else []))
        if (scheme, host, port) != self.origin and not set(names) & set(self.allowed):
            found, expected = f"a redirect to {host}", f"an answer from {self.origin[1]}"
            raise NotReceived(found, expected, remedy, everywhere=True)
        if scheme == "http" and urlsplit(url).scheme == "https":
            raise NotReceived("a redirect from https to http", "https", "Ask the sender.", everywhere=True)
        return target

    def _secrets(self, url: str) -> Mapping[str, str]:
        return self.secrets if origin_of(url) == self.origin else {}


def origin_of(url: str) -> tuple[str, str, int]:
    """Scheme, host and port. Raises ValueError where it is no web address."""
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError("no web address")
    return parts.scheme, parts.hostname, parts.port or _PORTS[parts.scheme]


def shown(url: str) -> str:
    """An address without user and query."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}{parts.path}"


def judge(response: "requests.Response", now: datetime, required: bool) -> None:
    """What a status means. Raises Absent, Unchanged, NotReceived, Again; passes for a body to read."""
    status = response.status_code
    if status in (_OK, _PART):
        return
    if status == _NOT_MODIFIED:
        raise Unchanged
    if status in _MISSING and not required:
        raise Absent
    if status in _LATER or status >= _TROUBLE or status == OUT_OF_RANGE:
        wait = _retry_after(response.headers.get("Retry-After", ""), now)
        raise Again(f"status {status}", wait, everywhere=status in _EVERYWHERE)
    if status in _REFUSED:
        raise NotReceived(f"status {status}", "to be let in", "Check `auth` of this source.", everywhere=True)
    raise NotReceived(f"status {status}", "a file", "Check the address, and ask the sender.")


def _retry_after(text: str, now: datetime) -> float:
    """Seconds, given as such or as a moment; nothing where it cannot be read."""
    if re.fullmatch(r"\d{1,9}", text.strip()):
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - now).total_seconds())
    except (ValueError, TypeError):
        return 0.0


def _sent(question: Question, headers: Mapping[str, str], course: Course) -> "requests.Response":
    """One request. Errors are said by their kind: the texts of requests show addresses."""
    import requests

    from vm_pipeline.sources.web.session import Session

    waits = (course.limits.connect_seconds, course.limits.read_seconds)
    try:
        return _within(
            course.left(),
            lambda: Session().get(
                question.url,
                params=dict(question.params),
                headers={"Accept-Encoding": "gzip", **headers},
                timeout=waits,
                stream=True,
                allow_redirects=False,
            ),
        )
    except requests.exceptions.SSLError:
        remedy = "Ask the sender, or name the certificates to trust in REQUESTS_CA_BUNDLE."
        raise NotReceived("a certificate that cannot be trusted", "a sound one", remedy, everywhere=True) from None
    except (requests.exceptions.ConnectionError, requests.exceptions.Timeout) as error:
        raise Again(f"no connection ({type(error).__name__})", everywhere=True) from None
    except requests.exceptions.RequestException as error:
        remedy = "Check the address and `auth`."
        raise NotReceived(f"an error ({type(error).__name__})", "an answer", remedy, everywhere=True) from None


def _within(seconds: float, do: Callable[[], T]) -> T:
    """What a call gives, if it gives it in time: headers that drip byte by byte pass every timeout of a socket."""
    answers: queue.SimpleQueue[tuple[T | None, BaseException | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            answers.put((do(), None))
        except BaseException as error:
            answers.put((None, error))

    threading.Thread(target=run, daemon=True).start()
    try:
        answer, error = answers.get(timeout=seconds)
    except queue.Empty:
        remedy = "Ask the sender, or raise `total_seconds`."
        raise NotReceived("no answer in time", f"one within {seconds:.0f} s", remedy, everywhere=True) from None
    if error:
        raise error
    return answer  # type: ignore[return-value]  # without an error there is one
