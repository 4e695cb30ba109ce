"""How fast odd files become tables, and with how much memory: rows a second of processor time, by kind of file.

    python -m bench.reading [KIND ...] [--rows 1000000] [--rounds 3] [--beside CHECKOUT]

Belongs here: files of twelve columns, one of each kind that is read otherwise than a plain CSV, and measuring.
Does not belong here: judging (the targets are printed).

Every measurement has a process of its own, so that its peak is its own; with `--beside` the code of another checkout
is measured in turn with this one's.
"""

import argparse
import gzip
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent.parent
WIDTHS = {
    "provider_code": 10,
    "financial_year": 8,
    "period": 3,
    "cost_centre_code": 8,
    "account_code": 8,
    "journal_id": 12,
    "line_no": 8,
    "posting_date": 11,
    "supplier_code": 10,
    "narrative": 24,
    "amount": 12,
    "wte": 6,
}
COLUMNS = list(WIDTHS)
HEADER = ("", "rows a CPU second (target: 200,000)", "peak MB (target: 300)")
SUBTOTALS = 100  # a row in so many is one
Row = tuple[str, ...]


@dataclass(frozen=True)
class Kind:
    """One kind of file: how it is written, and what its layout says of it. At most so many rows."""

    write: Callable[[Path, int], None]
    shape: dict[str, Any] = field(default_factory=dict)
    most: int = 1 << 31


def rows(count: int) -> Iterator[Row]:
    """Lines of a ledger."""
    for n in range(1, count + 1):
        yield (
            "S08000029",
            "2022/23",
            str(n % 12 + 1),
            f"R{n % 997:05}",
            f"{n % 89:06}",
            f"J{n // 50:08}",
            str(n),
            f"2022-{n % 12 + 1:02}-{n % 28 + 1:02}",
            f"SUP{n % 431}",
            f"Stock ord {n % 7919} Brown",
            f"{n % 100003 / 100 - 300:.2f}",
            "" if n % 3 else f"{n % 10}.50",
        )


def _delimited(path: Path, count: int, sign: str = ",", above: str = "", ends: Sequence[str] = ("\n",)) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(above + sign.join(COLUMNS) + "\n")
        for number, row in enumerate(rows(count)):
            file.write(sign.join(row) + ends[number % len(ends)])


def _report(path: Path, count: int) -> None:
    """Subtotals between the rows, two lines at the end that are none."""
    with path.open("w", encoding="utf-8") as file:
        file.write(",".join(COLUMNS) + "\n")
        for number, row in enumerate(rows(count), 1):
            file.write(",".join(row) + "\n")
            if number % SUBTOTALS == 0:
                file.write("Subtotal" + "," * 10 + "1.00,\n")
        file.write("Total\nPrinted by nobody\n")


def _gz(path: Path, count: int) -> None:
    with gzip.open(path, "wt", compresslevel=1) as file:
        file.write(",".join(COLUMNS) + "\n")
        file.writelines(",".join(row) + "\n" for row in rows(count))


def _fixed(path: Path, count: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        for row in rows(count):
            file.write("".join(map(str.ljust, row, WIDTHS.values())).rstrip() + "\n")


def _spans() -> list[dict[str, object]]:
    starts = accumulate(WIDTHS.values(), initial=1)
    return [
        {"name": name, "start": start, "width": width}
        for (name, width), start in zip(WIDTHS.items(), starts, strict=False)
    ]


def _json_lines(path: Path, count: int) -> None:
    """Amounts as numbers, blanks as null."""
    with path.open("w", encoding="utf-8") as file:
        for row in rows(count):
            *texts, amount, wte = row
            record: dict[str, object] = dict(zip(COLUMNS, texts, strict=False))
            file.write(json.dumps({**record, "amount": float(amount), "wte": float(wte) if wte else None}) + "\n")


def _xlsx(path: Path, count: int) -> None:
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Ledger")
    sheet.append(COLUMNS)
    for row in rows(count):
        sheet.append([*row[:10], float(row[10]), float(row[11]) if row[11] else None])
    with path.open("wb") as file:
        book.save(file)


KINDS = {
    "plain": Kind(_delimited),
    "gz": Kind(_gz),
    "mixed line ends": Kind(lambda path, count: _delimited(path, count, ends=("\n", "\r\n"))),
    "$ and preamble": Kind(
        lambda path, count: _delimited(path, count, "$", "Ledger of the year\n\n"),
        {"delimiter": "$", "header_has": ["journal_id"]},
    ),
    "skip_lines": Kind(_report, {"skip_lines": {"subtotal": "^Subtotal", "total": "^(Total|Printed)"}}),
    "skip_lines and footer": Kind(_report, {"skip_lines": {"subtotal": "^Subtotal"}, "footer": 2}),
    "fixed width": Kind(_fixed, {"format": "fixed_width", "fields": _spans()}),
    "JSON lines": Kind(_json_lines),
    "xlsx": Kind(_xlsx, most=200_000),
}


def main() -> None:
    """Print what was measured, or, as a process of its own, measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=", ".join(KINDS))
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--beside", type=Path)
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        print(json.dumps(measured(asked.measure, KINDS[asked.kinds[0]])))
        return
    checkouts = [HERE, *([asked.beside.resolve()] if asked.beside else [])]
    print("".join(f"{name:>38}" for name in HEADER[:1] + HEADER[1:] * len(checkouts)))
    for name in asked.kinds or KINDS:
        print("".join(f"{cell:>38}" for cell in line(name, asked.rows, asked.rounds, checkouts)), flush=True)


def table(count: int, rounds: int) -> list[list[str]]:
    """Every kind of file: its name, rows a second, peak."""
    return [line(name, count, rounds, [HERE]) for name in KINDS]


def line(name: str, count: int, rounds: int, checkouts: Sequence[Path]) -> list[str]:
    """One kind of file: its name; of each checkout rows a second, peak. Raises RuntimeError where rows were lost."""
    count = min(count, KINDS[name].most)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        KINDS[name].write(path, count)
        found: dict[Path, list[tuple[float, float]]] = {checkout: [] for checkout in checkouts}
        for _ in range(rounds):
            for checkout in checkouts:
                found[checkout].append(_in_a_process(name, path, checkout, count))
    medians = [[statistics.median(figure) for figure in zip(*figures, strict=True)] for figures in found.values()]
    return [name, *(cell for seconds, peak in medians for cell in (f"{count / seconds:,.0f}", f"{peak:,.0f}"))]


def _in_a_process(name: str, path: Path, checkout: Path, count: int) -> tuple[float, float]:
    """Seconds and megabytes that the code of a checkout takes."""
    command = [sys.executable, __file__, name, "--measure", str(path)]
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": str(checkout)}, stdout=subprocess.PIPE, check=True, text=True
    )
    seconds, peak, read = json.loads(done.stdout)
    if read != count:
        raise RuntimeError(f"{name}: {read:,} of {count:,} rows were read")
    return seconds, peak


def measured(path: Path, kind: Kind) -> tuple[float, float, int]:
    """Processor seconds from bytes to a table that DuckDB went through; the process's peak in megabytes; rows read."""
    import duckdb
    import pyarrow.compute
    import pyarrow.parquet  # noqa: F401 - what a worker has at hand long before

    from vm_pipeline.staging.reading import FileShape, read_sheet

    shape = FileShape.of(kind.shape)
    with tempfile.TemporaryDirectory() as folder, duckdb.connect(config={"threads": 1}) as con:
        start = time.process_time()
        sheet = read_sheet(path, Path(folder), shape)
        cells = ", ".join(f"count(c{place})" for place in range(len(sheet.header)))
        con.execute(f"SELECT count(*), max(row_number), {cells} FROM ({sheet.relation})")
        read = con.fetchall()[0][0]
        seconds = time.process_time() - start
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, read


if __name__ == "__main__":
    main()
