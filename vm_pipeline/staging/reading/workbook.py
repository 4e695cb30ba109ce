"""Sheets of a workbook (xlsx, xls, ods), every cell as a person would have typed it.

Belongs here: choosing sheets, cells as text.
Does not belong here: what makes a workbook dangerous (workbook_guard), headers and rows left out (rows).
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, time, timedelta
from decimal import Decimal
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from vm_pipeline.staging.reading.rows import Part, Tally, tabulate
from vm_pipeline.staging.reading.shape import FileShape, Format
from vm_pipeline.staging.reading.sheet import Refused, Sheet
from vm_pipeline.staging.reading.workbook_guard import NO_VALUE, guard
from vm_pipeline.staging.reading.writing import READER
from vm_pipeline.staging.summary import Warned

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook


def workbook(path: Path, shape: FileShape, target: Path) -> Sheet:
    """Sheets of a workbook under one header: the first that is not hidden, unless the layout names others.

    Raises Refused.
    """
    errors, tally = guard(path), Tally()
    with _refusing(), ExitStack() as stack:
        book = _Opened(stack.enter_context(path.open("rb")))
        names, hidden = _sheets(book.book)
        chosen = _chosen(book, names, hidden, shape)
        rows = _slowly(path, stack) if errors.keys() - {NO_VALUE} else book
        header = tabulate((Part(_rows(rows, name), name, grid=True) for name in chosen), shape, target, tally)
    return Sheet(
        header.names,
        target,
        READER,
        Format.WORKBOOK,
        numbered=True,
        header_row=header.row,
        sheets=tuple(chosen),
        notes=(*tally.notes(), *_unread(names, chosen, hidden, shape), *_errors(errors)),
    )


def _sheets(book: "CalamineWorkbook") -> tuple[list[str], set[str]]:
    """Names of the worksheets, and of those that are hidden. Charts are none."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    sheets = [one for one in book.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]
    return [one.name for one in sheets], {one.name for one in sheets if one.visible != SheetVisibleEnum.Visible}


def _chosen(book: "_Opened", names: list[str], hidden: set[str], shape: FileShape) -> list[str]:
    """Sheets to read, in the order of the workbook. Raises Refused where one that the layout names is not there."""
    if not shape.sheets:
        shown = [name for name in names if name not in hidden] or names
        filled = (name for name in shown if book[name].height)
        first = next(filled, None)
        if first is None:
            raise Refused("empty_file", "found a workbook without a filled sheet. Send the extract again.")
        return [first]
    fitting = {wanted: [name for name in names if _fits(name, wanted)] for wanted in shape.sheet_patterns}
    absent = [wanted for wanted, fits in fitting.items() if not fits]
    if absent:
        raise Refused(
            "no_such_sheet",
            f"found the sheets {', '.join(map(repr, names))}, expected {', '.join(map(repr, absent))}. Correct the "
            "workbook, or `file.sheets` of the layout.",
        )
    return [name for name in names if any(name in fits for fits in fitting.values())]


def _fits(name: str, wanted: str) -> bool:
    return name.casefold() == wanted.casefold() or fnmatchcase(name.casefold(), wanted.casefold())


def _unread(names: list[str], chosen: list[str], hidden: set[str], shape: FileShape) -> Iterator[Warned]:
    """What to know of sheets that nobody chose to leave out, and of hidden ones that were read."""
    others = [name for name in names if name not in chosen and name not in hidden]
    if others and not shape.sheets:
        yield Warned(
            "other_sheets", 0, f"read the sheet {chosen[0]!r} only; also there: {', '.join(map(repr, others))}"
        )
    if hidden:
        read = [name for name in hidden if name in chosen]
        yield Warned(
            "hidden_sheets",
            0,
            f"{len(hidden)} hidden sheets, {len(read)} of them read: "
            + ", ".join(repr(name) for name in names if name in hidden),
        )


def _errors(found: dict[str, int]) -> Iterator[Warned]:
    for error, cells in sorted(found.items()):
        yield Warned("error_cells", cells, f"{cells} cells of the workbook show {error}")


class _Opened:
    """A workbook whose sheets are read once each."""

    def __init__(self, file: BinaryIO) -> None:
        from python_calamine import CalamineWorkbook

        self.book = CalamineWorkbook.from_filelike(file)  # by its bytes: by its path, it would go by the name
        self._sheets: dict[str, CalamineSheet] = {}

    def __getitem__(self, name: str) -> "CalamineSheet":
        if name not in self._sheets:
            self._sheets = {name: self.book.get_sheet_by_name(name)}
        return self._sheets[name]


def _rows(book: Any, name: str) -> Iterator[list[str]]:
    """Rows of a sheet from its first on."""
    rows: Iterable[Iterable[object]] = book[name].iter_rows() if isinstance(book, _Opened) else _plain(book[name])
    return ([_cell_text(cell) for cell in row] for row in rows)


def _plain(sheet: Any) -> Iterable[Iterable[object]]:
    sheet.reset_dimensions()  # what a sheet says of its size may be wrong
    rows: Iterable[Iterable[object]] = sheet.iter_rows(values_only=True)
    return rows


def _slowly(path: Path, stack: ExitStack) -> Any:
    """The workbook as openpyxl reads it: a fifth as fast, but an error such as #REF! is not an empty cell to it."""
    import openpyxl

    book = openpyxl.load_workbook(stack.enter_context(path.open("rb")), read_only=True, data_only=True)
    stack.callback(book.close)
    return book


@contextmanager
def _refusing() -> Iterator[None]:
    """What the readers raise, as a refusal; a panic of calamine is no Exception."""
    from python_calamine import PasswordError

    try:
        yield
    except (Refused, MemoryError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except PasswordError as error:
        raise Refused(
            "encrypted", "found a workbook under a password, expected one without. Send it without."
        ) from error
    except BaseException as error:
        raise Refused(
            "not_a_workbook",
            f"found a file that does not open as a workbook ({type(error).__name__}). Send it as xlsx or CSV.",
        ) from error


def _cell_text(cell: object) -> str:
    """A cell as a person would have typed it: 12 rather than 12.0, an ISO date rather than a serial number."""
    if type(cell) is str:
        return cell
    if cell is None:
        return ""
    typed = _TYPED.get(type(cell))
    return typed(cell) if typed else str(cell)


def _number(cell: float) -> str:
    if cell.is_integer():
        return str(int(cell))
    text = f"{cell:.15g}"  # as many digits as Excel itself shows
    return f"{Decimal(text):f}" if "e" in text else text


def _moment(cell: datetime) -> str:
    return str(cell.date() if cell.time() == time.min else cell)


def _hours(cell: timedelta) -> str:
    """A span as Excel shows it, in hours: 30:15:00."""
    seconds = round(cell.total_seconds())
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


_TYPED: dict[type, Callable[[Any], str]] = {
    float: _number,
    bool: lambda cell: str(cell).upper(),
    datetime: _moment,
    timedelta: _hours,
}
