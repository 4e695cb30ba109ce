"""Database servers on loopback, started for a test and gone after it.

Belongs here: starting and stopping. Does not belong here: what is asked of them.
"""

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from vm_pipeline_tests.loopback import free_port
from vm_pipeline_tests.postgres.servers import bundled, own_folder


@contextmanager
def postgresql() -> Iterator[str]:
    """An address of PostgreSQL, which comes as a package."""
    with bundled() as server:
        yield f"postgresql://postgres@/postgres?host={server.socket}"


@contextmanager
def mariadb() -> Iterator[str]:
    """An address of MariaDB, where it is installed. Skips where it is not."""
    server, install = _binary("mariadbd"), _binary("mariadb-install-db")
    if not (server and install):
        pytest.skip("no mariadbd is installed (apt-get install mariadb-server)")
    with own_folder() as folder:
        yield from _running(server, install, folder)


def _running(server: str, install: str, folder: Path) -> Iterator[str]:
    user = _unprivileged(folder)
    data, port = folder / "data", free_port()
    own = ["--no-defaults", f"--datadir={data}", *([f"--user={user}"] if user else [])]
    subprocess.run(
        [install, *own, "--auth-root-authentication-method=normal", "--skip-test-db"], check=True, capture_output=True
    )
    words = [f"--socket={folder}/s", f"--port={port}", "--bind-address=127.0.0.1", f"--pid-file={folder}/pid"]
    with subprocess.Popen([server, *own, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(port, process)
            yield f"mariadb://root@127.0.0.1:{port}/mysql"
        finally:
            process.terminate()


def _binary(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def _unprivileged(folder: Path) -> str:
    """Whom the server runs as when the tests run as root, and its folder made his."""
    if os.getuid() != 0:
        return ""
    names = {one.pw_name for one in pwd.getpwall()}
    user = next((one for one in ("mysql", "nobody") if one in names), "")
    if not user:
        pytest.skip("no unprivileged user to run mariadbd as")
    shutil.chown(folder, user)
    return user


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.skip("mariadbd did not start")
