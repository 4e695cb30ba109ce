"""An SFTP server on loopback over a folder, by paramiko itself.

Belongs here: the server. Does not belong here: what should come of it.
"""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import paramiko

PASSWORD = "sesame-canary"


@dataclass
class SftpServer:
    """Where it listens, what it shows, and its key as a line of known_hosts."""

    port: int
    root: Path
    known: str

    @property
    def address(self) -> str:
        return f"sftp://ward@127.0.0.1:{self.port}"


class _Folder(paramiko.SFTPServerInterface):
    root: Path

    def _path(self, path: str) -> Path:
        return self.root / path.lstrip("/")

    def list_folder(self, path: str) -> Any:
        try:
            return [paramiko.SFTPAttributes.from_stat(one.lstat(), one.name) for one in self._path(path).iterdir()]
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or 0)

    def stat(self, path: str) -> Any:
        try:
            return paramiko.SFTPAttributes.from_stat(self._path(path).stat())
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or 0)

    lstat = stat

    def open(self, path: str, flags: int, attr: Any) -> Any:
        try:
            file = self._path(path).open("rb")
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or 0)
        handle = paramiko.SFTPHandle(os.O_RDONLY)
        handle.readfile = file  # type: ignore[attr-defined]
        return handle


class _Door(paramiko.ServerInterface):
    def check_auth_password(self, username: str, password: str) -> int:
        return paramiko.AUTH_SUCCESSFUL if (username, password) == ("ward", PASSWORD) else paramiko.AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.OPEN_SUCCEEDED

    def get_allowed_auths(self, username: str) -> str:
        return "password"


@contextmanager
def sftp_server(root: Path) -> Iterator[SftpServer]:
    """A running server on 127.0.0.1."""
    key = paramiko.ECDSAKey.generate()
    folder = type("Folder", (_Folder,), {"root": root})
    transports: list[paramiko.Transport] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                transport = paramiko.Transport(connection)
                transports.append(transport)
                transport.add_server_key(key)
                transport.set_subsystem_handler("sftp", paramiko.SFTPServer, folder)
                try:
                    transport.start_server(server=_Door())
                except (paramiko.SSHException, EOFError, OSError):
                    continue

        threading.Thread(target=serve, daemon=True).start()
        yield SftpServer(port, root, f"[127.0.0.1]:{port} {key.get_name()} {key.get_base64()}\n")
        listener.shutdown(socket.SHUT_RDWR)
    for transport in transports:
        transport.close()
