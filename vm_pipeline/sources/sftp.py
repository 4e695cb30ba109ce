"""SFTP: a filesystem whose server has to be the one that was agreed upon.

Belongs here: the keys of `store` for SFTP, and the check of the host key.
Does not belong here: which files count (files).
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import paramiko
from fsspec.implementations.sftp import SFTPFileSystem

from vm_pipeline.keys import SECRET, read
from vm_pipeline.sources.extract import NotReceived


@dataclass(frozen=True)
class SftpKeys:
    """`store`, of files at `sftp://user@host/…`."""

    password: Annotated[str, SECRET] = field(default="", repr=False)
    """Password of the user in the address."""
    key_file: str = ""
    """Private key of that user, relative to the file."""
    passphrase: Annotated[str, SECRET] = field(default="", repr=False)
    """What opens the private key."""
    known_hosts: str = "~/.ssh/known_hosts"
    """File with the server's key, as OpenSSH keeps it."""
    patience: int = 60
    """Seconds the server may take to answer."""


def connection_of(address: str, options: Mapping[str, Any], base: Path) -> dict[str, Any]:
    """What to connect with. Raises ValueError, in words."""
    keys, parts = read(SftpKeys, options), urlsplit(address)
    if parts.password is not None:
        raise ValueError('found a password in `files`, expected store = { password = "${NAME}" }.')
    if not (parts.hostname and parts.username):
        raise ValueError("found no user or no host in `files`, expected sftp://user@host/folder/*.csv.")
    return {
        "host": parts.hostname,
        "port": parts.port or paramiko.config.SSH_PORT,
        "username": parts.username,
        "password": keys.password or None,
        "key_filename": str(base / Path(keys.key_file).expanduser()) if keys.key_file else None,
        "passphrase": keys.passphrase or None,
        "known_hosts": str(base / Path(keys.known_hosts).expanduser()),
        "patience": keys.patience,
    }


class VerifiedSFTP(SFTPFileSystem):  # type: ignore[misc]  # fsspec has no types
    """fsspec's SFTP, with a host key that must be known. fsspec by itself trusts whoever answers first."""

    cachable = False

    def info(self, path: str) -> Any:
        """As fsspec's, one at a time: of two threads that ask at once, paramiko may lose the answer to one."""
        with self.turn:
            return super().info(path)

    def get_file(self, rpath: str, lpath: str, **kwargs: Any) -> Any:
        """As fsspec's, one at a time."""
        with self.turn:
            return super().get_file(rpath, lpath, **kwargs)

    def cat_file(self, path: str, **kwargs: Any) -> Any:
        """As fsspec's, one at a time."""
        with self.turn:
            return super().cat_file(path, **kwargs)

    def _connect(self) -> None:
        self.turn = threading.RLock()
        options = dict(self.ssh_kwargs)
        known_hosts, patience = options.pop("known_hosts"), options.pop("patience")
        self.client = paramiko.SSHClient()
        self.client.set_missing_host_key_policy(paramiko.RejectPolicy())
        try:
            self.client.load_host_keys(known_hosts)
            waits = {"timeout": patience, "banner_timeout": patience, "auth_timeout": patience}
            self.client.connect(self.host, **options, **waits, allow_agent=False, look_for_keys=False)
            self.ftp = self.client.open_sftp()
            self.ftp.get_channel().settimeout(patience)  # type: ignore[union-attr]
        except BaseException as error:
            self.client.close()
            raise _said(error, known_hosts) from None


def _said(error: BaseException, known_hosts: str) -> BaseException:
    """In words, where the words help; a message of the driver may show what it was given."""
    if isinstance(error, paramiko.BadHostKeyException):
        remedy = "Ask the sender whether the server's key was changed; if not, somebody stands in between."
        return NotReceived("a server with another key", f"the one in {known_hosts}", remedy)
    if isinstance(error, paramiko.AuthenticationException):
        return NotReceived("a server that refuses the user", "to be let in", "Check user, password or key.")
    if isinstance(error, FileNotFoundError):
        return NotReceived("no known_hosts or no key_file", "both where the settings say", "Put them there.")
    if isinstance(error, paramiko.SSHException) and "known_hosts" in str(error):
        remedy = "Ask the sender for the fingerprint, then add the key with ssh-keyscan."
        return NotReceived("a server whose key nobody has vouched for", f"its key in {known_hosts}", remedy)
    return error
