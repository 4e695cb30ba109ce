"""Identifiers of people in columns that should hold none: found by rate, and kept out as the deployment says.

Belongs here: looking through `judged` and `rejected`, judging each column of each batch, hiding what was found.
Does not belong here: what an identifier looks like (feeds/identifiers), what is to follow (policy).

Looked at is all that could go further: typed text and whole numbers, and the text of rejected rows as sent. Columns
that the contract calls identifier, pseudonym or free text are handled as it says and are not looked at. No message
carries a value.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import duckdb

from vm_pipeline.display import half_up_ratio
from vm_pipeline.feeds.contract import Column, Contract, Privacy
from vm_pipeline.feeds.identifiers import ANY_PATTERN, KINDS, ODD_SIGNS, PLAIN_SIGNS, Kind
from vm_pipeline.feeds.values import CODE, COUNT, INTEGER, LOWER_CODE, MONEY, NAME, QUANTITY, TEXT
from vm_pipeline.sources.receipts import Slot
from vm_pipeline.staging.naming import literal
from vm_pipeline.staging.parsing import parsed
from vm_pipeline.staging.policy import Policy, Then
from vm_pipeline.staging.reading import Refused
from vm_pipeline.staging.summary import Warned

PERSONAL_VERSION = 2  # raise it when the same text would be judged differently
_TEXTS = {value.name for value in (CODE, LOWER_CODE, TEXT, NAME)}
_NUMBERS = {value.name for value in (INTEGER, MONEY, QUANTITY, COUNT)}
_SHORTEST = 5  # of any shape: a postcode
_LEAST, _MOST = 10**8, 10**10  # whole numbers that may have been nine or ten digits


@dataclass(frozen=True)
class Signs:
    """What a column holds by every sign: of its distinct texts of that shape, so many passed."""

    kind: Kind
    passed: int
    shaped: int

    def __str__(self) -> str:
        rate = half_up_ratio(self.passed, self.shaped, 100, 1)
        return f"{self.passed:,} of {self.shaped:,} different texts of that shape, {rate} %"


@dataclass(frozen=True)
class Find:
    """A column of a batch that holds identifiers."""

    column: Column
    signs: Signs

    def __str__(self) -> str:
        return f"the column {self.column.name} holds what is a {self.signs.kind.name} by every sign ({self.signs})"


@dataclass
class Protected:
    """What came of one batch: why it is refused, if it is, and what was hidden of it."""

    why: Refused | None = None
    notes: tuple[Warned, ...] = ()


def protect(
    con: duckdb.DuckDBPyConnection,
    contract: Contract,
    slots: Sequence[Slot],
    policy: Policy,
    named: Collection[str] = (),
) -> dict[int, Protected]:
    """Look through `judged` and `rejected`, hide what is to be hidden. By member; one with nothing to say is not there.

    `named` are columns that a layout takes from headers which name an identifier.
    """
    found = look(con, contract, named)
    return {member: _act(con, contract, member, slots[member], finds, policy) for member, finds in found.items()}


def look(con: duckdb.DuckDBPyConnection, contract: Contract, named: Collection[str] = ()) -> dict[int, list[Find]]:
    """Columns that hold identifiers, by member: one find a column, of the first kind that fits.

    Texts are found once each first, as a table: within one statement, DuckDB would search every row for shapes.
    """
    con.execute(f"CREATE OR REPLACE TEMP TABLE seen AS SELECT * FROM ({_texts(contract)}) AS t(member, name, text)")
    candidates = f"SELECT DISTINCT member, name, {sought_in('text')} AS text FROM seen WHERE {shaped('text')}"
    finds: dict[int, list[Find]] = defaultdict(list)
    for (member, name), signs in identifiers_in(con, candidates, named).items():
        finds[member].append(Find(contract.by_name[name], signs))
    return dict(finds)


def identifiers_in(
    con: duckdb.DuckDBPyConnection, candidates: str, named: Collection[str] = ()
) -> dict[tuple[int, str], Signs]:
    """Columns that hold identifiers, by (member, column), each of the first kind that fits.

    `candidates` is a SELECT of member, name and text: as it is `sought_in`, each once, all with an identifier's shape.
    """
    con.execute(f"CREATE OR REPLACE TEMP TABLE candidate AS {candidates}")
    if not con.execute("SELECT count(*) FROM candidate").fetchall()[0][0]:
        return {}
    rows = con.execute(" UNION ALL ".join(_counted(place, kind) for place, kind in enumerate(KINDS))).fetchall()
    found: dict[tuple[int, str], Signs] = {}
    for member, name, place, of, plausible, passed in sorted(rows):
        if (member, name) not in found and KINDS[place].tells_of(of, plausible, passed, name in named):
            found[member, name] = Signs(KINDS[place], passed, of)
    return found


def holds_identifier(text: str) -> bool:
    """Whether a text by itself holds one, its check digit and all: of names of batches 1 in 40 has the shape alone."""
    with duckdb.connect() as con:
        candidates = f"SELECT 0 AS member, 'text' AS name, {sought_in('x')} AS text FROM (SELECT {literal(text)} AS x)"
        return bool(identifiers_in(con, candidates, ("text",)))


def _texts(contract: Contract) -> str:
    """SELECT of member, column and text of all that could go further: of most columns, each text once."""
    columns = [column for column in contract.columns if column.privacy is Privacy.OPEN]
    parts = [_typed(column, contract) for column in columns if column.value.name in _TEXTS | _NUMBERS]
    sent = ", ".join(f"{{'name': {literal(one.name)}, 'text': sent.{one.name}}}" for one in columns)
    cells = f"(SELECT member, unnest([{sent}]) AS cell FROM rejected WHERE sent IS NOT NULL)"
    return f"{' UNION ALL '.join(parts)} UNION ALL SELECT member, cell.name, cell.text FROM {cells}"


def _typed(column: Column, contract: Contract) -> str:
    told = f"member, {literal(column.name)}"
    if column.value.name in _TEXTS:
        # A sound row's provider is its batch's, which nobody needs to look at.
        table = "rejected" if column.name == "provider_code" and contract.has_periods else "judged"
        return f"SELECT DISTINCT {told}, {column.stored} FROM {table} WHERE strlen({column.stored}) >= {_SHORTEST}"
    whole = f"{column.stored} BETWEEN {_LEAST} AND {_MOST - 1} AND {column.stored} % 1 = 0"
    return f"SELECT {told}, {column.stored}::BIGINT::VARCHAR FROM judged WHERE {whole}"


def shaped(text: str) -> str:
    """SQL condition: a text has anything in it that looks like an identifier."""
    return f"strlen({text}) >= {_SHORTEST} AND regexp_matches({sought_in(text)}, {literal(ANY_PATTERN)})"


def sought_in(text: str) -> str:
    """SQL of a text as shapes are sought in it: upper case, in plain signs, digits for a number with an exponent."""
    whole = f"TRY_CAST(TRY_CAST({text} AS DOUBLE) AS BIGINT)::VARCHAR"
    return (
        f"CASE WHEN strlen({text}) <> length({text}) "
        f"THEN translate(upper({text}), {literal(ODD_SIGNS)}, {literal(PLAIN_SIGNS)}) "
        f"WHEN {text} GLOB '[0-9].[0-9]*[Ee]*[89]' THEN coalesce({whole}, upper({text})) ELSE upper({text}) END"
    )


def _counted(place: int, kind: Kind) -> str:
    """SELECT of member, column, the kind's place, and how many distinct finds there are, are plausible, and pass."""
    plausible, passed = kind.plausible.replace("{x}", "x"), kind.complete.replace("{x}", "x")
    return (
        f"SELECT member, name, {place}, count(*), count_if({plausible}), count_if({plausible} AND {passed}) FROM ("
        "SELECT DISTINCT member, name, translate(find, ' -/', '') AS x FROM "
        f"(SELECT member, name, unnest(regexp_extract_all(text, {literal(kind.pattern)}, 1)) AS find FROM candidate)) "
        "GROUP BY member, name"
    )


def _act(
    con: duckdb.DuckDBPyConnection, contract: Contract, member: int, slot: Slot, finds: Sequence[Find], policy: Policy
) -> Protected:
    chosen = [(find, policy.then(slot.feed, slot.provider_code, find.column.name)) for find in finds]
    closed = [f"{find}{_why_not(find.column, then)}" for find, then in chosen if not _can(find.column, then)]
    if closed:
        return Protected(
            Refused(
                "personal_data",
                f"found that {'; that '.join(closed)}; expected no identifiers of people. Ask the sender for the "
                "extract without them, or say in [privacy] of the settings what is to follow: drop, pseudonymise, or, "
                "if a person has looked and it is a false alarm, keep.",
            )
        )
    hidden = [(find, then) for find, then in chosen if then is not Then.KEEP]
    for find, then in hidden:
        _hide(con, contract, member, find.column, then)
    return Protected(
        notes=tuple(Warned("personal_data", find.signs.passed, f"{find}: {_DONE[then]}") for find, then in hidden)
    )


_DONE = {Then.DROP: "dropped, as configured", Then.PSEUDONYMISE: "pseudonymised, as configured"}


def _can(column: Column, then: Then) -> bool:
    """What no row may lack cannot be dropped; a number or a date has no pseudonym, and a provider needs its name."""
    match then:
        case Then.DROP:
            return column.optional
        case Then.PSEUDONYMISE:
            return column.value.name in _TEXTS and column.name != "provider_code"
    return then is Then.KEEP


def _why_not(column: Column, then: Then) -> str:
    if then is Then.REFUSE:
        return ""
    reason = "no row may be without it" if then is Then.DROP else "it is no text that could have a pseudonym"
    return f", and {then} is not possible, because {reason}"


def _hide(con: duckdb.DuckDBPyConnection, contract: Contract, member: int, column: Column, then: Then) -> None:
    """Replace a column of one member, in typed rows and in what rejected rows keep of their text."""
    shown = [one.name for one in contract.columns if one.privacy is Privacy.OPEN]
    sent = ", ".join(
        f"{literal(name)}: {_hidden(column, f'sent.{name}', then) if name == column.name else f'sent.{name}'}"
        for name in shown
    )
    hide = f"SET {column.stored} = {_hidden(column, column.stored, then)}"
    con.execute(f"UPDATE judged {hide} WHERE member = {member}")
    con.execute(
        f"UPDATE rejected {hide}, sent = CASE WHEN sent IS NOT NULL THEN {{{sent}}} END WHERE member = {member}"
    )


def _hidden(column: Column, text: str, then: Then) -> str:
    """Nothing, or a keyed hash of the text as it is compared: the same text has the same pseudonym in every batch."""
    if then is Then.DROP:
        return f"NULL::{column.value.stored}" if not text.startswith("sent.") else "NULL::VARCHAR"
    same = parsed(column.value, text)
    return parsed(column.value, f"left(sha256(getvariable('pseudonym_key') || {same}), 16)")
