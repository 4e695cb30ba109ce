"""What was traced, as a tree for a terminal.

Belongs here: layout, and the sentence that says whether rows add up. Does not belong here: finding anything.
"""

from decimal import Decimal

from rich.markup import escape
from rich.tree import Tree

from vm_pipeline.quality.verdict import counted
from vm_pipeline.trace.batch import Batch
from vm_pipeline.trace.fact import CountsIn, Part, Traced
from vm_pipeline.trace.figure import Figure, Found, Piece, Rows, Side
from vm_pipeline.trace.origin import Origin

_SHOWN, _NUMBERS = 20, 120


def show_figure(found: Figure) -> Tree:
    whose = found.whose
    names = (whose.provider_code, whose.service, whose.team_code)
    who = " · ".join(name for name in names if name != "*") or "all"
    tree = _tree(f"[bold]{whose.code}[/] {_plain(found.name)} · {_plain(who)} · {whose.grain} of {whose.starts_on}")
    state = " ".join(filter(None, (found.status, found.qualifier)))
    _line(tree, f"value {_number(found.value, found.unit)}{f' ({state})' if state else ''}")
    _line(tree, found.formula)
    _line(tree, found.look_at)
    for side in found.sides:
        _show_side(tree, side)
    return tree


def _show_side(tree: Tree, side: Side) -> None:
    unit = side.parts[0].unit
    branch = tree.add(f"[bold]{side.name}[/] {_number(side.published, unit)}")
    for part in side.parts:
        _show_part(branch, part)
    _line(branch, _agreement(side, unit))


def _agreement(side: Side, unit: str) -> str:
    """What a person asks first: do the rows add up to what is published?"""
    rows = f"sum of {counted(side.rows, 'row')}"
    if side.traced is None:
        return f"not added up: a part is not followed to its rows ({rows} of the others)"
    total = f"{rows} = {_number(side.traced, unit)}"
    if any(piece.shared_month for part in side.parts for piece in part.pieces):
        total = f"the week's part of {counted(side.rows, 'row')} = {_number(side.traced, unit)}"
    if side.published is None:
        return f"{total}; nothing is published to compare it with"
    if side.agrees:
        return f"{total}, equals the {side.name}{'' if side.traced == side.published else ' but for rounding'}"
    return f"{total}, is NOT the {side.name} of {_number(side.published, unit)}: report it"


def _show_part(tree: Tree, part: Found) -> None:
    sign = "− " if part.weight < 0 else f"{part.weight} × " if part.weight > 1 else ""
    amount = "" if part.look_at else f" {_number(part.amount, part.unit)}"
    branch = tree.add(f"{sign}{part.ingredient}{amount} · {_plain(part.meaning)}")
    _line(branch, part.look_at and f"not followed to its rows: {part.look_at}")
    for piece in part.pieces:
        _show_piece(branch, piece, part.unit)


def _show_piece(tree: Tree, piece: Piece, unit: str) -> None:
    branch = tree
    if piece.shared_month:
        of = f"{_number(piece.rows_amount, unit)} of {piece.shared_month}"
        branch = tree.add(
            f"{_number(piece.amount, unit)}: the week's days of {of}, {counted(piece.rows, 'row')} of spread cost"
        )
    for rows in piece.batches[:_SHOWN]:
        _show_rows(branch, rows, unit)
    if len(piece.batches) > _SHOWN:
        _line(branch, f"… and {len(piece.batches) - _SHOWN} more batches: --json has all")


def _show_rows(tree: Tree, rows: Rows, unit: str) -> None:
    branch = tree.add(f"{_number(rows.amount, unit)} in {counted(rows.rows, 'row')} of {_batch_line(rows.batch)}")
    numbers = rows.row_numbers
    shown = numbers if len(numbers) <= _NUMBERS else f"{numbers[:_NUMBERS].rpartition(',')[0]} …"
    _line(branch, f"rows {shown}")
    if numbers.startswith("-"):
        _line(branch, "rows below zero: what the batch before in the year said, taken off (the ledger is year to date)")
    _lines_of_file(branch, rows.batch)
    for row in rows.largest:
        _line(branch, " · ".join(f"{name} {cell}" for name, cell in row.items() if cell is not None))


def _batch_line(one: Origin) -> str:
    what = "/".join(filter(None, (one.feed, one.provider_code, one.part, one.period)))
    return f"batch {one.batch_id} · {_plain(what)} · received {one.received_at[:19]}"


def _lines_of_file(tree: Tree, one: Origin) -> None:
    _line(tree, f"file {one.file or '?'} · sha256 {one.sha256} · layout {one.layout or '?'} · landing: {one.landing}")


def show_fact(found: Traced) -> Tree:
    tree = _tree(f"[bold]row {found.row_number}[/] of {_batch_line(found.batch)}")
    _lines_of_file(tree, found.batch)
    _line(tree, f"begins on line {found.line} of the file" if found.line else "")
    for said in found.explained:
        _line(tree, said)
    for part in found.parts:
        share = f" ({part.share_pct:.4f} % of the line)" if part.share_pct is not None else ""
        shown = " · ".join(f"{name} {cell}" for name, cell in part.columns.items() if cell is not None)
        branch = tree.add(_plain(f"{shown}{share}"))
        for one in part.indicators:
            _line(branch, _counts_in(one, part))
        _line(branch, f"team_month: {', '.join(part.team_month)}" if part.team_month else "")
    if any(part.share_pct is not None for part in found.parts):
        _line(tree, f"{counted(len(found.parts), 'team')}, together {_number(found.amount, '£')}: the whole line")
    return tree


def _counts_in(one: CountsIn, part: Part) -> str:
    when = f"month {one.month}" if one.month == one.until else f"months {one.month} to {one.until}"
    when += f", week {one.week}" if one.week else ""
    whose = f", of {one.team_code}" if one.team_code != part.columns["team_code"] else ""
    return f"{one.indicator_code} {one.indicator_name}: {one.side}, by {one.ingredient}, {when}{whose}"


def show_batch(found: Batch) -> Tree:
    one = found.batch
    tree = _tree(f"[bold]{_batch_line(one)}[/]")
    _lines_of_file(tree, one)
    force = f"in force for {', '.join(found.months_in_force)}" if any(found.months_in_force) else "in force"
    since = f", since {one.superseded_at[:19]}" if one.superseded_at else ""
    _line(tree, force if one.is_in_force else f"not in force{since}")
    _line(tree, one.refused_because and f"refused: {one.refused_because}")
    taken_out = "purged, its rows are gone" if one.is_purged else "withdrawn"
    _line(tree, one.withdrawn_because and f"{taken_out}: {one.withdrawn_because}")
    counts = f"{one.rows_received:,} received = {one.rows_accepted:,} accepted + {one.rows_rejected:,} rejected"
    _line(tree, f"rows: {counts}")
    if found.received_gbp is not None:
        sums = (found.received_gbp, found.accepted_gbp, found.rejected_gbp)
        received, accepted, rejected = (_number(amount, "£") for amount in sums)
        _line(tree, f"pounds: {received} received = {accepted} accepted + {rejected} rejected")
    for title, rows in (
        ("rejected", found.rejections),
        ("reconciliation", found.reconciliation),
        ("facts by team and month", found.teams),
    ):
        branch = tree.add(title) if rows else tree
        for row in rows:
            _line(branch, " · ".join(f"{name} {cell}" for name, cell in row.items() if cell is not None))
    return tree


def _tree(title: str) -> Tree:
    return Tree(title, guide_style="dim")


def _line(tree: Tree, said: str) -> None:
    if said:
        tree.add(_plain(said))


def _plain(said: str) -> str:
    """Square brackets of data are no markup."""
    return escape(said)


def _number(amount: Decimal | float | None, unit: str) -> str:
    if amount is None:
        return "none"
    if isinstance(amount, float):
        return f"{amount:,.6g} {unit}".strip() if unit != "£" else f"£{amount:,.6f}"
    exact = Decimal(amount)
    if unit == "£":
        return f"{'-' if exact < 0 else ''}£{abs(exact):,.2f}"
    whole = exact.to_integral_value()
    return f"{whole if exact == whole else exact.normalize():,f} {unit}".strip()
