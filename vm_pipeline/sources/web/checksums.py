"""Checksums that an answer or the settings declare.

Belongs here: reading them, comparing them. Does not belong here: what follows from a wrong one.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

_ALGORITHMS = {"sha-512": "sha512", "sha-256": "sha256", "sha": "sha1", "md5": "md5"}
SHA256 = re.compile(r"(?<![0-9a-fA-F])[0-9a-fA-F]{64}(?![0-9a-fA-F])")


def declared(headers: Mapping[str, str], *, partly: bool) -> Iterator[tuple[str, bytes]]:
    """(algorithm, digest) of every checksum of the whole that headers declare: RFC 9530, RFC 3230, Content-MD5.

    Of an answer that is a part (`partly`), those of its content are of that part, and are left out.
    """
    said = [headers.get("Repr-Digest", ""), headers.get("Digest", "")]
    if not partly:
        md5 = headers.get("Content-MD5", "")
        said += [headers.get("Content-Digest", ""), f"md5={md5}" if md5 else ""]
    for entry in ",".join(said).split(","):
        name, _, value = entry.strip().partition("=")
        algorithm = _ALGORITHMS.get(name.lower())
        digest = _decoded(value.strip(":"))
        if algorithm and digest:
            yield algorithm, digest


def has(path: Path, algorithm: str, digest: bytes) -> bool:
    """Whether a file has that digest."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).digest() == digest


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return b""
