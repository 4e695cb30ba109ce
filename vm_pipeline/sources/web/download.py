"""Downloading: one address to one file, whole and verified, over as many attempts as it takes.

Belongs here: bodies: attempts, resuming, lengths, packing. Does not belong here: who is asked (asking), checksums.
"""

import json
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from vm_pipeline.sources.extract import NotReceived
from vm_pipeline.sources.web.asking import OUT_OF_RANGE, Question, Site, judge
from vm_pipeline.sources.web.checksums import declared, has
from vm_pipeline.sources.web.limits import Again, Course

if TYPE_CHECKING:
    import requests

_CHUNK = 1 << 16
_PART = 206
_GZIP = zlib.MAX_WBITS | 16


@dataclass(frozen=True)
class Answer:
    """What is known of a download beside its bytes: the mark it will be known by, where it came from, its next page."""

    mark: str
    url: str = field(repr=False)
    link: str = field(repr=False)


@dataclass
class _Part:
    """What has come so far, as it came, and the strong ETag it can be continued under."""

    path: Path
    etag: str = ""

    @property
    def size(self) -> int:
        return self.path.stat().st_size if self.etag and self.path.exists() else 0

    def headers(self) -> dict[str, str]:
        return {"Range": f"bytes={self.size}-", "If-Range": self.etag} if self.size else {}


def download(
    site: Site, question: Question, draft: Path, course: Course, mark: str = "", required: bool = False
) -> Answer:
    """Write what an address gives to `draft`. Raises NotReceived, Absent, Unchanged."""
    part, attempt = _Part(draft.with_suffix(".wire")), 0
    while True:
        attempt += 1
        try:
            return _attempt(site, question, part, draft, course, mark, required)
        except Again as trouble:
            course.pause(attempt, trouble)


def _attempt(
    site: Site, question: Question, part: _Part, draft: Path, course: Course, mark: str, required: bool
) -> Answer:
    asked = part.headers()
    with closing(site.ask(question, asked or _conditions(mark), course)) as response:
        try:
            judge(response, course.clock.now(), required)
            whole = _goes_on(response, part) if response.status_code == _PART else _starts(response, part)
            course.fits(whole or 0)
            _read(response, part.path, course)
            _is_whole(response, part.path, whole)
        except Again:
            part.etag = "" if response.status_code == OUT_OF_RANGE else part.etag
            raise
        _unpack(part.path, draft, response.headers.get("Content-Encoding", ""), course)
        return Answer(_mark(response), response.url, response.links.get("next", {}).get("url", ""))


def _starts(response: "requests.Response", part: _Part) -> int | None:
    """A body from its first byte. Returns its length, where it says one."""
    if response.headers.get("Content-Type", "").lower().startswith("text/html"):
        raise NotReceived("a web page (text/html)", "a file of data", "Check the address and `auth`.")
    etag = response.headers.get("ETag", "")
    part.path.write_bytes(b"")
    part.etag = etag if etag.startswith('"') and response.headers.get("Accept-Ranges", "").lower() == "bytes" else ""
    return _length(response)


def _goes_on(response: "requests.Response", part: _Part) -> int | None:
    """A body from where the last one was cut. Returns the length of the whole."""
    place = response.headers.get("Content-Range", "").removeprefix("bytes ")
    first, _, whole = place.partition("-")[0], *place.partition("/")[1:]
    if not part.size or first != str(part.size) or response.headers.get("ETag", part.etag) != part.etag:
        part.etag = ""
        raise Again("a part that was not asked for")
    return int(whole) if whole.isdecimal() else None


def _length(response: "requests.Response") -> int | None:
    text = response.headers.get("Content-Length", "")
    return int(text) if text.isdecimal() and "Transfer-Encoding" not in response.headers else None


def _read(response: "requests.Response", path: Path, course: Course) -> None:
    """Append the body as it comes over the wire, within the limits."""
    course.begin()
    with path.open("ab") as file:
        for chunk in _chunks(response):
            file.write(chunk)
            course.fits(file.tell())
            course.came(len(chunk))


def _chunks(response: "requests.Response") -> Iterator[bytes]:
    """Bytes as soon as they come: a full chunk may be hours away where they drip."""
    import http.client

    from urllib3.exceptions import HTTPError

    try:
        while chunk := response.raw.read1(_CHUNK, decode_content=False):
            yield chunk
    except (HTTPError, http.client.HTTPException) as error:
        raise Again(f"a body that was cut ({type(error).__name__})") from None


def _is_whole(response: "requests.Response", path: Path, whole: int | None) -> None:
    """Raises Again where the length or a checksum of the answer says that bytes are missing or wrong."""
    size = path.stat().st_size
    if whole is not None and size != whole:
        raise Again(f"a body of {size} bytes that was said to have {whole}")
    for algorithm, digest in declared(response.headers, partly=response.status_code == _PART):
        if not has(path, algorithm, digest):
            path.write_bytes(b"")
            raise Again(f"bytes that do not have their {algorithm}")


def _unpack(wire: Path, draft: Path, encoding: str, course: Course) -> None:
    """The content without its content encoding. Raises NotReceived, also where it unpacks to too much."""
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        wire.replace(draft)
        return
    if encoding not in ("gzip", "x-gzip"):
        raise NotReceived("a content encoding nobody asked for", "gzip or none", "Ask the sender.")
    packed = zlib.decompressobj(_GZIP)
    try:
        with wire.open("rb") as source, draft.open("wb") as target:
            while piece := packed.unconsumed_tail or source.read(_CHUNK):
                target.write(packed.decompress(piece, _CHUNK))
                course.fits(target.tell())
                if packed.eof and packed.unused_data:  # several packed members, one after the other
                    source.seek(source.tell() - len(packed.unused_data))
                    packed = zlib.decompressobj(_GZIP)
            target.write(packed.flush())
            if not packed.eof:
                raise NotReceived("a packed body without its end", "a whole one", "Ask the sender.")
    except zlib.error:
        raise NotReceived("a body that cannot be unpacked", "gzip", "Ask the sender.") from None


def _mark(response: "requests.Response") -> str:
    said = {name: response.headers.get(name) for name in ("ETag", "Last-Modified")}
    return json.dumps(said) if any(said.values()) else ""


def _conditions(mark: str) -> dict[str, str]:
    said = json.loads(mark) if mark else {}
    asked = {"If-None-Match": said.get("ETag"), "If-Modified-Since": said.get("Last-Modified")}
    return {name: value for name, value in asked.items() if value}
