"""An installation as `deploy/` says, on one clock: PostgreSQL, code server, daemon, and two servers that take alerts.

Belongs here: starting, ending and hurting them, looking into Dagster's tables.
Does not belong here: what happens when (scenario), judging (month).

The code server is a process of its own, which `deploy/workspace.yaml` leaves to the daemon: the daemon's would take a
clock that is put forward for a daemon that is gone, and end itself.
"""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import psycopg
from psycopg.rows import dict_row

from vm_pipeline_tests.alerts.servers import Hook, Postbox, hook, postbox
from vm_pipeline_tests.loopback import free_port
from vm_pipeline_tests.month.clock import Clock
from vm_pipeline_tests.postgres.servers import Server, bundled
from vm_pipeline_tests.programme import Programme

INSTALLATION = "Board X"
FOLLOWING, ALERTS = ("stage_after_landing", "build_after_staging"), "alerts"
ALERTS_LOOK = timedelta(minutes=5)
_DEPLOY = Path(__file__).parents[2] / "deploy"
_BIN = Path(sys.executable).parent
_STEP, _LOOK, _PATIENCE = timedelta(seconds=5), 0.5, 900.0
_HEARTBEAT = timedelta(days=7)  # a day that is over at once is no daemon that is stuck
_ENDED = ("SUCCESS", "FAILURE", "CANCELED")
_DEAF_MAIL = {"DATA": "451 not now"}
_CONFIG = """\
home = "home"
first_month = "2025-10"
threads = 1
[[source]]
folder = "drop"
[quality]
blocking = ["ledger"]
least_rejected = 1
[freshness.ledger]
working_day = 8
[alerts]
installation = "{installation}"
webhook.url = "{url}"
[alerts.email]
to = ["value-management@board.example"]
sender = "vm-pipeline@board.example"
host = "127.0.0.1"
port = {port}
security = "none"
"""
Row = dict[str, Any]


@dataclass
class Installation:
    """Everything that runs on the clock, and the two that are told."""

    root: Path
    clock: Clock
    server: Server
    database: str
    hook: Hook
    postbox: Postbox
    port: int = field(default_factory=free_port)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        return self.root / "home"

    @property
    def programme(self) -> Programme:
        """Its drop folder."""
        return Programme(self.root)

    @property
    def environment(self) -> dict[str, str]:
        """Of every process of it: the clock's, and what `deploy/vm-pipeline.env.example` names."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("VM_", "DAGSTER_"))}
        clock = self.clock.environment()
        paths = [clock.pop("PYTHONPATH"), str(_DEPLOY.parent), kept.get("PYTHONPATH", "")]
        return {
            **kept,
            **clock,
            "PYTHONPATH": os.pathsep.join(path for path in paths if path),
            "PATH": f"{_BIN}{os.pathsep}{kept.get('PATH', '')}",
            "VM_CONFIG": str(self.root / "vm.toml"),
            "VM_HOME": str(self.home),
            "DAGSTER_HOME": str(self.home / "dagster"),
            "DAGSTER_POSTGRES_URL": f"postgresql://postgres@/{self.database}?host={self.server.socket}",
            "DAGSTER_DISABLE_TELEMETRY": "1",
            "DAGSTER_DAEMON_HEARTBEAT_TOLERANCE": f"{_HEARTBEAT.total_seconds():.0f}",
        }

    def set_up(self) -> None:
        """Files as the how-to puts them."""
        dagster = self.home / "dagster"
        dagster.mkdir(parents=True)
        (dagster / "dagster.yaml").write_bytes((_DEPLOY / "dagster.yaml").read_bytes())
        config = _CONFIG.format(installation=INSTALLATION, url=self.hook.url, port=self.postbox.port)
        (self.root / "vm.toml").write_text(config, "utf-8")
        server = f"load_from:\n  - grpc_server: {{host: 127.0.0.1, port: {self.port}, location_name: vm_pipeline}}\n"
        (self.root / "workspace.yaml").write_text(server, "utf-8")

    def start(self) -> None:
        """The code server, then the daemon."""
        words = ("api", "grpc", "-m", "vm_pipeline.definitions", "-h", "127.0.0.1", "-p", str(self.port))
        self.start_program("dagster", *words)
        self.until(self._answers, "the code server answers")
        self.start_program("dagster-daemon", "run", "-w", str(self.root / "workspace.yaml"))

    def turn_on(self) -> None:
        """The schedule and the sensors, as the how-to says."""
        for kind, name in [("schedule", "nightly"), *(("sensor", name) for name in (*FOLLOWING, ALERTS))]:
            self.run("dagster", kind, "start", name, "-w", str(self.root / "workspace.yaml"))

    def run(self, program: str, *words: str) -> str:
        """A command, until it is over. Returns what it said."""
        done = subprocess.run(
            (_BIN / program, *words), env=self.environment, cwd=self.root, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{program} {words}: {done.stdout}{done.stderr}"
        return done.stdout

    def start_program(self, program: str, *words: str) -> None:
        """A program that runs until everything is stopped; what it says is in a file of its name."""
        with (self.root / f"{program}.log").open("ab") as log:
            self.running[program] = subprocess.Popen(
                (_BIN / program, *words),
                env=self.environment,
                cwd=self.root,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _answers(self) -> bool:
        words = (_BIN / "dagster", "api", "grpc-health-check", "-p", str(self.port), "-h", "127.0.0.1")
        return subprocess.run(words, capture_output=True, check=False).returncode == 0

    def stop(self) -> None:
        """Everything with all it started, at once."""
        for process in self.running.values():
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(30)
        self.running.clear()

    def step_begun(self, job: str, since: datetime) -> str:
        """The run of a job made since a time, once its first step has begun."""
        sql = (
            "SELECT run_id FROM runs JOIN event_logs USING (run_id) WHERE pipeline_name = %s "
            "AND create_timestamp >= %s AND dagster_event_type = 'STEP_START' LIMIT 1"
        )
        made = since.astimezone(UTC).replace(tzinfo=None)
        found = self.until(lambda: self.ask(sql, job, made), f"a step of {job} begins")
        return str(found[0]["run_id"])

    def kill_run(self, run_id: str, power: bool) -> None:
        """Kill the process of a run. `power`: daemon and code server die too, and systemd starts them again."""
        if power:
            self.stop()
            self.start()
            return
        said = " ".join(row["event"] for row in self.ask("SELECT event FROM event_logs WHERE run_id = %s", run_id))
        (pid,) = {int(found) for found in re.findall(r"\(pid: (\d+)\)", said)}
        os.kill(pid, signal.SIGKILL)

    def crash_database(self) -> None:
        """A process of PostgreSQL dies: it ends all the others, recovers, and is there again."""
        with self.server.connect(self.database) as con:
            os.kill(con.info.backend_pid, signal.SIGKILL)

    def deafen(self, deaf: bool) -> None:
        """Neither server takes what is told, or both do."""
        self.hook.status = 503 if deaf else 200
        self.postbox.answers = dict(_DEAF_MAIL) if deaf else {}

    def ask(self, sql: str, *values: object) -> list[Row]:
        """Rows of Dagster's tables. A database that is just coming up is waited for."""
        for _ in range(60):
            with (
                suppress(psycopg.OperationalError),
                self.server.connect(self.database, row_factory=dict_row) as con,
            ):
                return list(con.execute(sql, values).fetchall())  # type: ignore[arg-type, call-overload]
            sleep(_LOOK)
        raise AssertionError("the database does not come back")

    def runs(self, since: datetime) -> list[Row]:
        """Runs made since a time, in order. `to_come`: Dagster will try again; `is_retry`: it did."""
        return self.ask(
            "SELECT run_id, pipeline_name AS job, status, end_time, "
            "EXISTS (SELECT 1 FROM run_tags t WHERE t.run_id = r.run_id AND key = 'dagster/will_retry' "
            "AND value = 'true') AND NOT EXISTS (SELECT 1 FROM run_tags t WHERE key = 'dagster/parent_run_id' "
            "AND value = r.run_id) AS to_come, EXISTS (SELECT 1 FROM run_tags t WHERE t.run_id = r.run_id "
            "AND key = 'dagster/retry_number') AS is_retry FROM runs r WHERE create_timestamp >= %s ORDER BY id",
            since.astimezone(UTC).replace(tzinfo=None),
        )

    def ticks(self, name: str, since: datetime) -> list[Row]:
        """Ticks of the schedule or a sensor since a time: when, and how they ended."""
        rows = self.ask(
            "SELECT timestamp, status, tick_body FROM job_ticks WHERE timestamp >= %s ORDER BY id",
            since.astimezone(UTC).replace(tzinfo=None),
        )
        return [row for row in rows if json.loads(row["tick_body"])["job_name"] == name]

    def until(self, look: Callable[[], Any], what: str, hurry: bool = True) -> Any:
        """Wait for something. `hurry`: the clock runs faster while no run works."""
        end = monotonic() + _PATIENCE
        while not (seen := look()):
            assert monotonic() < end, f"waited {_PATIENCE:.0f} s in vain: {what}"
            sleep(_LOOK if hurry else 0.1)
            if hurry and not self.is_working():
                self.clock.put_forward(_STEP)
        return seen

    def is_working(self) -> bool:
        """Whether a run is under way: it takes the time it takes."""
        return bool(self.ask("SELECT 1 FROM runs WHERE status IN ('STARTING', 'STARTED')"))

    def is_at_rest(self, since: datetime, looked: Sequence[str] = FOLLOWING) -> bool:
        """Whether no run is under way or to come, and some sensors have looked after the last one's end."""
        runs = self.runs(since)
        if not runs or any(run["status"] not in _ENDED or run["to_come"] for run in runs):
            return False
        last = max(run["end_time"] or 0 for run in runs)
        return all(self._looked(name, since, last) for name in looked)

    def _looked(self, name: str, since: datetime, last: float) -> bool:
        ticks = [row for row in self.ticks(name, since) if row["timestamp"].timestamp() > last + 1]
        return len(ticks) > 1 or bool(ticks and ticks[-1]["status"] != "STARTED")


@contextmanager
def installation(root: Path, clock: Clock) -> Iterator[Installation]:
    """One that is set up and not yet started; gone with all its processes at the end."""
    with ExitStack() as stack:
        own = {name: value for name, value in clock.environment().items() if name != "PYTHONPATH"}
        os.environ.update(own)  # the database starts with them
        try:
            server = stack.enter_context(bundled())
        finally:
            for name in own:
                del os.environ[name]
        told, post = stack.enter_context(hook()), stack.enter_context(postbox())
        one = Installation(root, clock, server, server.new_database(), told, post)
        stack.callback(one.stop)
        one.set_up()
        yield one
