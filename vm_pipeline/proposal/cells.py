"""Each canonical column of a ledger as a draft says it: where it comes from, and what is not sure of that.

Belongs here: from what was matched to a cell of a layout, with doubts and their reasons.
Does not belong here: matching (matching), writing (draft), columns of one file (columns).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from vm_pipeline.proposal.columns import ColumnLook
from vm_pipeline.proposal.kinds import CODE_IN_BRACKETS
from vm_pipeline.proposal.looking import FileLook
from vm_pipeline.proposal.matching import Match
from vm_pipeline.staging.naming import header_of

_SURE = 0.5  # a name that is one of the terms, or has one of them in it
_NOTHING = {"const": ""}  # an empty cell: what must have a value is rejected
_DEBIT, _CREDIT = ["D", "DR", "Debit"], ["C", "CR", "Credit"]


@dataclass(frozen=True)
class Cell:
    """One canonical column: its cell as settings say it, doubts, and why it is missing, where it is."""

    name: str
    spec: object
    unsure: tuple[str, ...] = ()
    missing: str = ""


def ledger_cells(files: Sequence[FileLook], match: dict[str, Match]) -> list[Cell]:
    """The columns of a ledger, in the order of its contract."""
    found = [
        Cell("provider_code", {"batch": "provider_code"}),
        *_period(files, match),
        *(_code(name, files, match) for name in ("cost_centre_code", "account_code")),
        _journal(files, match),
        _line(files, match),
        _date(files, match),
        *([_plain("supplier_code", match["supplier_code"])] if "supplier_code" in match else []),
        _amount(files, match),
        *([_plain("wte", match["wte"])] if "wte" in match else []),
    ]
    return found


def looks(files: Sequence[FileLook], match: Match) -> list[ColumnLook]:
    """The matched column in each file that has it."""
    found = [(file, header_of(match.headers, file.sheet.header)) for file in files]
    return [file.by_name[header] for file, header in found if header]


def _headers(match: Match) -> str | list[str]:
    return match.headers[0] if len(match.headers) == 1 else match.headers


def _with(match: Match, **steps: object) -> object:
    """A header alone, or with steps."""
    return {"header": _headers(match), **steps} if steps else _headers(match)


def _plain(name: str, match: Match, **steps: object) -> Cell:
    return Cell(name, _with(match, **steps), _doubts(match))


def _doubts(match: Match) -> tuple[str, ...]:
    said = [] if match.weight > _SURE else ["only its name or place is alike; look at it"]
    if match.others:
        said.append(f"it may also be {', '.join(map(repr, match.others))}")
    return tuple(said)


def _period(files: Sequence[FileLook], match: dict[str, Match]) -> list[Cell]:
    """Year and period from the rows where both are there; else from the batch, whose file name tells the month."""
    if not {"financial_year", "period"} <= match.keys():
        return [Cell(name, {"batch": name}) for name in ("financial_year", "period")]
    year = looks(files, match["financial_year"])
    if all(column.is_mostly("canonical year") for column in year):
        cell = _plain("financial_year", match["financial_year"])
    elif all(column.is_mostly("financial year") for column in year):
        cell = _plain("financial_year", match["financial_year"], year="both")
    else:
        said = 'a year may be the one it starts or ends in: year = "start" or "end"'
        cell = Cell("financial_year", _with(match["financial_year"], year="start"), (said,))
    return [cell, _plain("period", match["period"])]


def _code(name: str, files: Sequence[FileLook], match: dict[str, Match]) -> Cell:
    if name not in match:
        return Cell(name, _NOTHING, missing=f"no header is known to be {name.replace('_', ' ')}")
    found, columns = match[name], looks(files, match[name])
    doubts = [*_doubts(found), *_absent(found, files), *_blank(columns, "its rows are rejected as `missing_code`")]
    if all(column.counts.get("code in brackets") == column.filled for column in columns):
        return Cell(name, _with(found, extract=CODE_IN_BRACKETS), tuple(doubts))
    if all(column.kind == "text" for column in columns):
        doubts.append("names, not codes: a name that is spelt in another way is another code")
    return Cell(name, _headers(found), tuple(doubts))


def _absent(match: Match, files: Sequence[FileLook]) -> list[str]:
    """Files that have none of the headers: they would be refused."""
    return (
        [] if match.files == len(files) else [f"{len(files) - match.files} of {len(files)} files have no such header"]
    )


def _blank(columns: Sequence[ColumnLook], then: str) -> list[str]:
    rows = sum(column.rows - column.filled for column in columns)
    return [f"blank in {rows:,} rows: {then}"] if rows else []


def _journal(files: Sequence[FileLook], match: dict[str, Match]) -> Cell:
    """A reference names the journal; where there is none, the row of the file alone is the key."""
    found = match.get("journal_id")
    if found is None or found.files < len(files):
        why = "no header is in every file that may be a reference: the row of the file alone is the key"
        return Cell("journal_id", {"const": "lines"}, (why, *(_doubts(found) if found else ())))
    blank = _blank(looks(files, found), "they are called `none`")
    steps: dict[str, object] = {"default": "none"} if blank else {}
    return Cell("journal_id", _with(found, **steps), (*_doubts(found), *blank))


def _line(files: Sequence[FileLook], match: dict[str, Match]) -> Cell:
    found = match.get("line_no")
    columns = looks(files, found) if found else []
    if found and found.files == len(files) and all(one.counts.get("integer") == one.rows for one in columns):
        return _plain("line_no", found)
    return Cell("line_no", {"row_number": True})


def _date(files: Sequence[FileLook], match: dict[str, Match]) -> Cell:
    if "posting_date" not in match:
        return Cell("posting_date", _NOTHING, missing="no header is known to be a date of posting or payment")
    found, columns = match["posting_date"], looks(files, match["posting_date"])
    doubts = [*_doubts(found), *_absent(found, files), *_blank(columns, "its rows are rejected as `bad_date`")]
    if any(column.mixed_dates for column in columns):
        doubts.append("days and months come in both orders: ask the provider for one")
    forms, why = _forms(columns)
    as_it_is = set(forms) <= {"%Y-%m-%d", "%d/%m/%Y", "%d-%b-%Y"}
    if as_it_is and all(column.counts.get("canonical date") == column.filled for column in columns):
        return Cell("posting_date", _headers(found), (*doubts, *why))
    if not forms:
        return Cell("posting_date", _headers(found), (*doubts, "no form of dates fits all its texts"))
    return Cell("posting_date", _with(found, date=forms[0] if len(forms) == 1 else forms), (*doubts, *why))


def _forms(columns: Sequence[ColumnLook]) -> tuple[list[str], list[str]]:
    """The forms of the days: the one that fits every file, and whose days lie the most within one month."""
    dated = [column for column in columns if column.months]
    serial = ["excel"] if len(dated) < len(columns) and any(column.is_mostly("serial") for column in columns) else []
    shared = [form for form in dated[0].months if all(form in column.months for column in dated)] if dated else []
    if not shared:
        return sorted({column.fitting[0] for column in dated}) + serial, [
            "not all files have one form"
        ] if dated else []
    best = sorted(shared, key=lambda form: -sum(column.months[form][1] for column in dated))
    doubt = [f"{form} fits every date, too; by {best[0]} more of a file's days are of one month" for form in best[1:]]
    return [best[0], *serial], doubt


def form_of(cell: Cell, column: ColumnLook) -> str:
    """The form by which a column's days are read, of those that fit them."""
    spec = cell.spec if isinstance(cell.spec, dict) else {}
    said = spec.get("date", [])
    forms = [said] if isinstance(said, str) else list(said)
    likely = sorted(column.months, key=lambda form: -column.months[form][1])
    return next((form for form in [*forms, *likely] if form in column.months), "")


def _amount(files: Sequence[FileLook], match: dict[str, Match]) -> Cell:
    if {"debit", "credit"} <= match.keys() and match.get("amount", Match(weight=0)).weight < match["debit"].weight:
        return Cell("amount", {"debit": _headers(match["debit"]), "credit": _headers(match["credit"])})
    if "amount" not in match:
        return Cell("amount", _NOTHING, missing="no header is known to be an amount in pounds")
    found, columns = match["amount"], looks(files, match["amount"])
    doubts = [*_doubts(found), *_absent(found, files), *_blank(columns, "its rows are rejected as `bad_amount`")]
    steps: dict[str, object] = {}
    if all(column.kind == "money, decimal comma" for column in columns):
        steps["decimal"] = ","
    if "side" in match:
        steps["sign"] = {"header": _headers(match["side"]), "debit": _DEBIT, "credit": _CREDIT}
        doubts.append("the texts for debit and credit are the usual ones: see which the file has")
    if sum(column.negatives for column in columns) * 2 > sum(column.filled for column in columns):
        doubts.append(
            "most amounts are below zero; a debit is positive here: if credits are positive there, negate = true"
        )
    return Cell("amount", _with(found, **steps), tuple(doubts))
