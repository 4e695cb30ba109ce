"""A web server on loopback that follows a script: what it answers to the first, second, third request of a path.

Belongs here: the server, and the ways a server may fail. Does not belong here: what should come of it.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

Behaviour = Callable[["Exchange"], None]


@dataclass
class Exchange:
    """One request, and the means to answer it."""

    handler: BaseHTTPRequestHandler
    stopped: threading.Event

    @property
    def headers(self) -> Mapping[str, str]:
        return dict(self.handler.headers.items())

    @property
    def query(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.handler.path).query).items()}

    def head(self, status: int, headers: Mapping[str, str]) -> None:
        self.handler.send_response(status)
        for name, value in headers.items():
            self.handler.send_header(name, value)
        self.handler.end_headers()

    def write(self, content: bytes) -> None:
        self.handler.wfile.write(content)
        self.handler.wfile.flush()


@dataclass
class Asked:
    """What a request said."""

    path: str
    headers: Mapping[str, str]


@dataclass
class Server:
    """Scripts by path; the last behaviour of a script repeats."""

    url: str
    scripts: dict[str, list[Behaviour]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def script(self, path: str, *behaviours: Behaviour) -> str:
        """Set what a path does. Returns its address."""
        self.scripts[path] = list(behaviours)
        return self.url + path

    def step(self, path: str) -> Behaviour:
        left = self.scripts.get(path) or [answer(b"", 404)]
        return left.pop(0) if len(left) > 1 else left[0]


@contextmanager
def misbehaving() -> Iterator[Server]:
    """A running server on 127.0.0.1."""
    stopped = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            found.asked.append(Asked(self.path, dict(self.headers.items())))
            self.close_connection = True
            with contextlib.suppress(OSError):  # the client has had enough
                found.step(urlsplit(self.path).path)(Exchange(self, stopped))

        def log_message(self, format: str, *args: object) -> None:
            """Nothing to say."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        found = Server(f"http://127.0.0.1:{server.server_port}")
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield found
        stopped.set()
        server.shutdown()


def answer(content: bytes, status: int = 200, **headers: str) -> Behaviour:
    """A whole answer; `Content_Type="…"` is a header."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    def behave(exchange: Exchange) -> None:
        exchange.head(status, {"Content-Length": str(len(content)), **named})
        exchange.write(content)

    return behave


def cut(content: bytes, at: int, **headers: str) -> Behaviour:
    """The length of the whole, and a part of it."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    def behave(exchange: Exchange) -> None:
        exchange.head(200, {"Content-Length": str(len(content)), **named})
        exchange.write(content[:at])

    return behave


def cut_chunks(content: bytes) -> Behaviour:
    """Chunks, without the one that says the end."""

    def behave(exchange: Exchange) -> None:
        exchange.head(200, {"Transfer-Encoding": "chunked"})
        exchange.write(b"%x\r\n%s\r\n" % (len(content), content))

    return behave


def chunks(*contents: bytes) -> Behaviour:
    """A body whose length nobody says beforehand."""

    def behave(exchange: Exchange) -> None:
        exchange.head(200, {"Transfer-Encoding": "chunked"})
        exchange.write(b"".join(b"%x\r\n%s\r\n" % (len(one), one) for one in (*contents, b"")))

    return behave


def ranged(content: bytes, etag: str, shift: int = 0) -> Behaviour:
    """The rest that is asked for under its ETag, or the whole. `shift`: another place than was asked for."""

    def behave(exchange: Exchange) -> None:
        asked = exchange.headers.get("Range", "")
        if asked and exchange.headers.get("If-Range") == etag:
            first = int(asked.removeprefix("bytes=").rstrip("-")) + shift
            place = f"bytes {first}-{len(content) - 1}/{len(content)}"
            answer(content[first:], 206, Content_Range=place, ETag=etag)(exchange)
        else:
            answer(content, ETag=etag, Accept_Ranges="bytes")(exchange)

    return behave


def known_by(content: bytes, **marks: str) -> Behaviour:
    """304 to whoever knows it already."""

    def behave(exchange: Exchange) -> None:
        asked = exchange.headers
        known = asked.get("If-None-Match") == marks.get("ETag", "?") or asked.get("If-Modified-Since") == marks.get(
            "Last_Modified", "?"
        )
        answer(b"" if known else content, 304 if known else 200, **marks)(exchange)

    return behave


def stall(content: bytes = b"", *, before_head: bool = False) -> Behaviour:
    """A connection that stays open and silent."""

    def behave(exchange: Exchange) -> None:
        if not before_head:
            exchange.head(200, {"Content-Length": "1000"})
            exchange.write(content)
        exchange.stopped.wait(5)

    return behave


def drip(piece: bytes, every: float, *, head: bool = False) -> Behaviour:
    """A little at a time, without end; `head`: the headers already."""

    def behave(exchange: Exchange) -> None:
        exchange.write(b"HTTP/1.1 200 OK\r\nX-Slow: ") if head else exchange.head(200, {"Content-Length": "900000"})
        while not exchange.stopped.is_set():
            exchange.write(piece)
            time.sleep(every)

    return behave


def endless(piece: bytes = b"0,0,0\n" * 1000, status: int = 200, **headers: str) -> Behaviour:
    """As fast as it can, without end."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    def behave(exchange: Exchange) -> None:
        exchange.head(status, {"Connection": "close", **named})
        while not exchange.stopped.is_set():
            exchange.write(piece)

    return behave


def hang_up(exchange: Exchange) -> None:
    """No answer at all."""
    exchange.handler.connection.shutdown(socket.SHUT_RDWR)


def redirect(to: str, status: int = 302) -> Behaviour:
    """Elsewhere."""
    return answer(b"", status, Location=to)
