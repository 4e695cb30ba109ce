"""A tiny programme: what a test sends night by night, and the warehouse that comes of it.

Belongs here: sound rows to change one cell of, files put in the drop folder, the steps from landing to a warehouse.
Does not belong here: assertions, and anything a rule of the feeds says (that is what is tested).

    programme.reference("cost_centre_map", "B1,R1,T1,1,,")
    programme.ledger({"amount": "12.50"}, {"amount": "nonsense"})
    programme.night()
    con = programme.warehouse()
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from vm_pipeline.feeds.reference import REFERENCES
from vm_pipeline.sources.files import FilesSource
from vm_pipeline.sources.folder import find_extracts
from vm_pipeline.sources.landing import Landing, Received
from vm_pipeline.sources.receipts import Receipt, Version, known_at
from vm_pipeline.staging.batches import Staging
from vm_pipeline.staging.known import Known, what_is_known
from vm_pipeline.staging.policy import STRICTEST, Policy
from vm_pipeline.staging.summary import Summary
from vm_pipeline.warehouse.as_published import Landed, landing_names
from vm_pipeline.warehouse.build import build_core, build_marts, build_signals, judge
from vm_pipeline.warehouse.fingerprint import fingerprint
from vm_pipeline.warehouse.made_from import publication
from vm_pipeline.warehouse.reference import Finding
from vm_pipeline.warehouse.snapshot import describe
from vm_pipeline.warehouse.workspace import create_tables, open_workspace

Cells = Mapping[str, str]
Row = tuple[object, ...]

BOARD, OTHER, MONTH = "B1", "B2", "2022-07"
FIRST_NIGHT = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)

LEDGER_LINE = {
    "provider_code": BOARD,
    "financial_year": "2022/23",
    "period": "4",
    "cost_centre_code": "R1",
    "account_code": "3001A",
    "journal_id": "J1",
    "line_no": "1",
    "posting_date": "2022-07-12",
    "supplier_code": "SUP7",
    "narrative": "Bread",
    "amount": "10.00",
    "wte": "",
}
ACTIVITY_RECORD = {
    "provider_code": BOARD,
    "record_id": "A1",
    "transaction_type": "I",
    "unit_code": "W1",
    "measure_code": "attendance",
    "start_at": "2022-07-12T10:00",
    "end_at": "",
    "quantity": "",
    "patient_ref": "",
    "discharge_code": "",
    "outcome_code": "attended",
}
QUESTIONNAIRE = {
    "provider_code": BOARD,
    "survey_code": "PULSE",
    "wave_date": "2022-07-15",
    "team_name": "Team One",
    "respondent_ref": "",
    "Q1": "Agree",
}
COUNTED = {
    "provider_code": BOARD,
    "survey_code": "PULSE",
    "wave_date": "2022-07-15",
    "team_name": "Team One",
    "question_code": "Q1",
    "answered": "10",
    "positive": "7",
}


def written(rows: Sequence[Cells], columns: Iterable[str] = (), delimiter: str = ",") -> str:
    """Rows as CSV, with their header."""
    text = io.StringIO(newline="")
    header = list(columns) or list(rows[0])
    table = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    table.writerows([header, *([row.get(name, "") for name in header] for row in rows)])
    return text.getvalue()


def changed(sound: Cells, changes: Iterable[Cells], number: str = "") -> list[dict[str, str]]:
    """The sound row once for every change; the column `number` counts them, so that keys differ."""
    return [{**sound, **({number: f"{i}"} if number else {}), **change} for i, change in enumerate(changes, 1)]


def ledger(*changes: Cells) -> str:
    """A ledger extract: sound lines, each with its change."""
    return written(changed(LEDGER_LINE, changes, "line_no"), LEDGER_LINE)


def activity(*changes: Cells) -> str:
    """An activity extract: sound records, each with its change."""
    return written(changed(ACTIVITY_RECORD, changes, "record_id"), ACTIVITY_RECORD)


def survey(*changes: Cells) -> str:
    """A wide survey export: every name beyond the head is a question."""
    rows = changed(QUESTIONNAIRE, changes)
    return written(rows, dict.fromkeys(name for row in rows for name in row))


def counts(*changes: Cells) -> str:
    """A survey already added up."""
    rows = changed(COUNTED, changes)
    return written(rows, dict.fromkeys(name for row in rows for name in row))


@dataclass
class Programme:
    """One drop folder and one home. Every night is a day later than the one before."""

    root: Path
    pseudonym_key: str = "k" * 32
    clock: datetime = FIRST_NIGHT
    policy: Policy = STRICTEST
    sources: list[FilesSource] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    _open: ExitStack = field(default_factory=ExitStack)
    _built: int = 0

    @property
    def drop(self) -> Path:
        """The drop folder."""
        return self.root / "drop"

    @property
    def home(self) -> Path:
        """Landing, staging and drafts."""
        return self.root / "home"

    @property
    def landing(self) -> Landing:
        return Landing(self.home / "landing")

    @property
    def staging(self) -> Staging:
        return Staging(self.home / "staging", self.landing, self.pseudonym_key, threads=1, policy=self.policy)

    def send(self, name: str, content: str | bytes) -> Path:
        """Put a file into the drop folder, as it is."""
        path = self.drop / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def ledger(self, *changes: Cells, period: str = MONTH, provider: str = BOARD) -> Path:
        lines = [{"provider_code": provider} | dict(change) for change in changes]
        return self.send(f"ledger/{provider}/{period}.csv", ledger(*lines))

    def activity(self, *changes: Cells, period: str = MONTH, provider: str = BOARD) -> Path:
        records = [{"provider_code": provider} | dict(change) for change in changes]
        return self.send(f"activity/{provider}/{period}.csv", activity(*records))

    def survey(self, *changes: Cells, period: str = MONTH, provider: str = BOARD) -> Path:
        answers = [{"provider_code": provider} | dict(change) for change in changes]
        return self.send(f"survey/{provider}/{period}.csv", survey(*answers))

    def counts(self, *changes: Cells, period: str = MONTH, provider: str = BOARD) -> Path:
        rows = [{"provider_code": provider} | dict(change) for change in changes]
        return self.send(f"survey/{provider}/{period}.csv", counts(*rows))

    def reference(self, name: str, *rows: str) -> Path:
        """A reference file; rows as CSV text, in the order of feeds.md."""
        columns = [c.name for c in REFERENCES[name].contract.columns if c.name not in ("rows", "amount_gbp")]
        return self.send(f"reference/{name}.csv", "\n".join([",".join(columns), *rows]) + "\n")

    def every_feed(self) -> None:
        """One board, one month, every feed, a cost centre nobody has mapped."""
        self.reference("providers", "B1,Board one")
        self.reference("teams", "B1,T1,Team one,Medicine,ward,,")
        self.reference("cost_centre_map", "B1,R1,T1,1,,")
        self.reference("unit_map", "B1,W1,T1,,")
        self.reference("account_map", "3001A,Bread,food,true,")
        self.reference("survey_team_map", "B1,PULSE,Team One,T1")
        self.reference("survey_questions", "PULSE,Q1,I feel safe,agree5,Strongly agree|Agree")
        self.ledger({"amount": "12.50"}, {"amount": "nonsense"}, {"cost_centre_code": "R9", "amount": "7.50"})
        self.activity({}, {"outcome_code": "dna"})
        self.survey({"respondent_ref": "a"}, {"respondent_ref": "b", "Q1": "Disagree"})

    def receive(self, now: datetime | None = None) -> Received:
        """Land what lies in the drop folder."""
        extracts, problems = find_extracts(self.drop)
        for source in self.sources:
            more, amiss = source.find()
            extracts, problems = [*extracts, *more], [*problems, *amiss]
        received = self.landing.receive(extracts, now or self.clock)
        received.problems[:0] = problems
        self.clock += timedelta(days=1)
        return received

    def night(self, now: datetime | None = None) -> Received:
        """Land, then stage what is new."""
        received = self.receive(now)
        self.staging.stage(self.receipts())
        return received

    def receipts(self, as_of: str = "") -> list[Receipt]:
        return known_at(self.landing.receipts(), as_of)

    def known(self, as_of: str = "") -> Known:
        return what_is_known(self.receipts(as_of), self.staging, known_at(self.landing.decisions(), as_of))

    def receipt(self, slot: str = "") -> Receipt:
        """The last receipt, or the last of a slot (`ledger/B1/2022-07`)."""
        return [one for one in self.receipts() if slot in ("", str(one.slot))][-1]

    def summary(self, slot: str = "") -> Summary:
        """What staging found in it."""
        return self.staging.summary(self.receipt(slot))

    def rejected(self, slot: str = "") -> list[tuple[int, str]]:
        """Row number and rule code of what it rejected."""
        path = self.staging.rejected(self.receipt(slot))
        rows = duckdb.read_parquet(str(path)).order("row_number").fetchall() if path.is_file() else []
        return [row[:2] for row in rows]

    def accepted(self, columns: str, slot: str = "") -> list[Row]:
        """Columns of the rows it accepted, in row order."""
        found = duckdb.read_parquet(str(self.staging.accepted(self.receipt(slot))))
        return found.order("row_number").select(columns).fetchall()

    def in_force(self, as_of: str = "") -> dict[tuple[str, str], str]:
        """(slot, month) of what counts, and its batch."""
        return {
            (f"{v.receipt.slot.feed}/{v.receipt.slot.provider_code}", month): v.batch_id
            for v in self.known(as_of).versions
            for month in v.months_in_force
        }

    def core(self, as_of: str = "", threads: int = 1) -> duckdb.DuckDBPyConnection:
        """Facts and dimensions of what is known at a time: half the work of a warehouse, and enough for most tests.

        `findings` is what the reference tables lack.
        """
        self._built += 1
        draft = self.home / "work" / f"{self._built}.duckdb"
        draft.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(_empty())
        con = self._open.enter_context(open_workspace(draft, threads=threads))
        _, self.findings = build_core(con, self.known(as_of), self.staging, "SCT")
        return con

    def marts(self, as_of: str = "", threads: int = 1) -> duckdb.DuckDBPyConnection:
        """Core, and what is added up of it; no series is judged."""
        con = self.core(as_of, threads)
        build_marts(con)
        return con

    def warehouse(self, as_of: str = "", threads: int = 1) -> duckdb.DuckDBPyConnection:
        """All of it, as it is published."""
        con = self.marts(as_of, threads)
        judge(con)
        build_signals(con, self.home / "as-published", self.landings(con, as_of)[-1:])
        describe(con, publication(self.known(as_of), as_of or self.receipts()[-1].received_at, "SCT"))
        return con

    def landings(self, con: duckdb.DuckDBPyConnection, as_of: str = "") -> list[Landed]:
        """Every landing and decision up to a time, each seen through one warehouse."""
        refused = self.known(as_of).refused
        names = landing_names(self.receipts(as_of), known_at(self.landing.decisions(), as_of), refused)
        return [
            Landed(moment, name, partial(self._versions, moment), lambda: nullcontext(con))
            for moment, name in names.items()
        ]

    def _versions(self, moment: str) -> tuple[Version, ...]:
        return self.known(moment).versions

    def fingerprint(self, as_of: str = "") -> str:
        """Of the warehouse built from what is known at a time."""
        return fingerprint(self.warehouse(as_of))

    def close(self) -> None:
        self._open.close()


@cache
def _empty() -> bytes:
    """A warehouse of every declared table, empty: making them is a third of a small core. A night finds them made."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.duckdb"
        with open_workspace(path, threads=1) as con:
            create_tables(con)
        return path.read_bytes()


def codes(findings: Iterable[Finding]) -> set[tuple[str, str, str]]:
    """What reference tables lack, without the words."""
    return {(finding.code, finding.table, finding.provider_code) for finding in findings}
