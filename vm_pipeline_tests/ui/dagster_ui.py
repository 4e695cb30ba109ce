"""Dagster's own processes on a home: `dagster dev`, which is the web server, the daemon and the code server.

Belongs here: a night by the command line, starting Dagster in an environment of its own, waiting, ending it all.
Does not belong here: the browser.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import requests

from vm_pipeline_tests.loopback import free_port
from vm_pipeline_tests.ui.browser import wait_until

_BIN = Path(sys.executable).parent
_WORKSPACE = Path(__file__).parents[2] / "workspace.yaml"
_SOON = """
run_coordinator:
  module: dagster.core.run_coordinator
  class: QueuedRunCoordinator
  config:
    dequeue_interval_seconds: 1
"""


def run_night(home: Path, feeds: Path) -> None:
    """`vm-pipeline run`, as cron would. Runs that are queued later start within a second, not five."""
    command = [_BIN / "vm-pipeline", "run", "--feeds", feeds, "--home", home]
    done = subprocess.run(command, env=_environment(home, feeds), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    with (home / "dagster" / "dagster.yaml").open("a") as settings:
        settings.write(_SOON)


@contextmanager
def dagster_dev(home: Path, feeds: Path) -> Iterator[str]:
    """Dagster on a home, at the address it gives; gone with all its processes at the end."""
    port, log = free_port(), home.parent / "dagster.log"
    command = [_BIN / "dagster", "dev", "-w", _WORKSPACE, "-h", "127.0.0.1", "-p", str(port)]
    with log.open("w") as out:
        process = subprocess.Popen(
            command, env=_environment(home, feeds), cwd=home.parent, stdout=out, stderr=out, start_new_session=True
        )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: _answers(address, process), lambda: log.read_text("utf-8"), seconds=120)
        yield address
    finally:
        _end(process)


def _environment(home: Path, feeds: Path) -> dict[str, str]:
    """Ours, without the settings of a pipeline somebody works with."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("VM_", "DAGSTER_"))}
    path = f"{_BIN}{os.pathsep}{kept.get('PATH', '')}"
    return kept | {"PATH": path, "DAGSTER_HOME": str(home / "dagster"), "VM_HOME": str(home), "VM_FEEDS": str(feeds)}


def _answers(address: str, process: subprocess.Popen[bytes]) -> bool:
    assert process.poll() is None, f"dagster dev ended with status {process.returncode}"
    with suppress(requests.ConnectionError):
        return requests.get(f"{address}/server_info", timeout=5).ok
    return False


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask it to stop, as Ctrl-C does; what is left of its process group a while later is killed."""
    process.send_signal(signal.SIGINT)
    with suppress(subprocess.TimeoutExpired):
        process.wait(20)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(20)
