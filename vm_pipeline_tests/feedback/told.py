"""What a sender is told, read back from the files as a spreadsheet reads them.

Belongs here: writing and reading feedback of a tiny programme.
Does not belong here: assertions.
"""

import csv
import io
from pathlib import Path

from vm_pipeline.feedback.reports import Told, to_tell, write, write_all
from vm_pipeline.feedback.spreadsheet import MARK
from vm_pipeline_tests.programme import Programme

Lines = list[dict[str, str]]


def folder_of(programme: Programme) -> Path:
    return programme.root / "feedback"


def tell(programme: Programme, room: str = "ledger") -> list[Told]:
    """Bring the folder of a feed up to date."""
    return write_all(programme.known(), room, programme.staging, folder_of(programme))


def as_written(cell: str) -> str:
    """The text that was made safe."""
    return cell.removeprefix(MARK)


def lines(path: Path) -> Lines:
    """Lines of a file, with the apostrophes taken off again."""
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\n") == content.count(b"\r\n")
    table = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    return [{name: as_written(cell) for name, cell in row.items()} for row in table]


def problems(programme: Programme, slot: str = "") -> Lines:
    """What is told of the last batch, or of the last of a slot."""
    room = slot.partition("/")[0] or programme.receipt().slot.feed.partition("/")[0]
    told = {str(one.version.receipt.slot): one for one in tell(programme, room)}
    wanted = slot or str(programme.receipt().slot)
    return lines(told[wanted].path) if wanted in told else []


def where(found: Lines) -> list[tuple[str, str, str]]:
    """Row, column and rule of each line."""
    return [(line["row"], line["column"], line["rule"]) for line in found]


__all__ = ["Lines", "folder_of", "lines", "problems", "tell", "to_tell", "where", "write"]
