"""Servers on this machine that take alerts, or do not: HTTP, and mail.

Belongs here: what they do with what they are sent. Does not belong here: assertions.
"""

import asyncio
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Hook:
    """A webhook. `status` is what it answers; `stalls`: it takes what it is sent and then says nothing."""

    url: str = ""
    status: int = 200
    stalls: bool = False
    posted: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def told(self) -> list[tuple[str, str, bool]]:
        """Kind, what it is about, whether it is over, of every message."""
        return [(one["kind"], one["about"], one["is_over"]) for post in self.posted for one in post["messages"]]


@contextmanager
def hook() -> Iterator[Hook]:
    """A webhook that works until it is told otherwise."""
    state = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if state.stalls:
                state.over.wait(30)
                return
            state.headers.append(dict(self.headers))
            if state.status < 300:
                state.posted.append(json.loads(body))
            self.send_response(state.status)
            self.send_header("Location", f"{state.url}/elsewhere")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        state.url = f"http://127.0.0.1:{server.server_port}/secret-path"
        yield state
        state.over.set()
        server.shutdown()


@dataclass
class Postbox:
    """A mail server. `answers` replaces what it says to a command; `stalls`: it says nothing, not even hello."""

    port: int = 0
    answers: dict[str, str] = field(default_factory=dict)
    stalls: bool = False
    tls: ssl.SSLContext | None = None
    starttls: ssl.SSLContext | None = None
    letters: list[EmailMessage] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)


@contextmanager
def postbox(**how: Any) -> Iterator[Postbox]:
    """A mail server, in a thread of its own."""
    state, loop, ready = Postbox(**how), asyncio.new_event_loop(), threading.Event()

    async def serve() -> None:
        server = await asyncio.start_server(lambda r, w: _talk(state, r, w), "127.0.0.1", 0, ssl=state.tls)
        state.port = server.sockets[0].getsockname()[1]
        ready.set()

    def run() -> None:
        loop.create_task(serve())
        loop.run_forever()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(10)
    yield state
    asyncio.run_coroutine_threadsafe(_hang_up(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)


async def _hang_up() -> None:
    """End every talk that is going on."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for one in others:
        one.cancel()
    await asyncio.gather(*others, return_exceptions=True)


async def _talk(state: Postbox, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    def say(line: str) -> None:
        writer.write(f"{line}\r\n".encode())

    if state.stalls:
        await asyncio.sleep(30)
    say(state.answers.get("HELLO", "220 here"))
    while line := await reader.readline():
        said = line.decode().strip()
        verb = said.partition(" ")[0].upper()
        state.heard.append(said)
        if verb in state.answers:
            say(state.answers[verb])
        elif verb == "EHLO":
            say("250-here")
            if state.starttls:
                say("250-STARTTLS")
            say("250 AUTH PLAIN")
        elif verb == "STARTTLS" and state.starttls:
            say("220 go on")
            await writer.start_tls(state.starttls)
        elif verb == "AUTH":
            say("235 welcome")
        elif verb == "DATA":
            say("354 go on")
            text = b"".join([one async for one in _until_dot(reader)])
            state.letters.append(message_from_bytes(text, policy=policy.default))  # type: ignore[arg-type]
            say("250 taken")
        else:
            say("221 bye" if verb == "QUIT" else "250 ok")
    writer.close()


async def _until_dot(reader: asyncio.StreamReader) -> Any:
    while (line := await reader.readline()) not in (b".\r\n", b""):
        yield line
