"""What only a whole table can show, from what staging counted: volume, rejections, missing months, refused batches.

Belongs here: checks that need no file to be read. All warn; a feed named in `blocking` may close the publishing gate.
Does not belong here: what is usual for a month (history), how rows look (distribution), published tables (core).
"""

from collections import defaultdict
from collections.abc import Collection, Sequence

from vm_pipeline.calendar import months
from vm_pipeline.quality.aside import outside
from vm_pipeline.quality.expectations import Bound
from vm_pipeline.quality.history import Compared, Measured, Thresholds, compare, is_open
from vm_pipeline.quality.verdict import SHOWN, Figure, Verdict, counted, per_cent, shown, worst_first
from vm_pipeline.sources.receipts import Version, waiting
from vm_pipeline.staging.known import Known
from vm_pipeline.staging.summary import Summary


def check_whole_table(
    feed: str, known: Known, thresholds: Thresholds | None = None, blocking: Collection[str] = frozenset()
) -> list[Verdict]:
    """One verdict each: volume, month_present, share_rejected, outside_period, refused; of a ledger also dated_far and
    no_control.

    `blocking` makes the first three block for the feeds it names; the others only ever tell.
    """
    limits = thresholds or Thresholds()
    blocks = feed in blocking
    return [
        _check_volume(feed, known, limits, blocks),
        _check_months(feed, known, limits, blocks),
        *_check_batches(feed, known, limits, blocks),
        _check_refused(feed, known),
    ]


def _check_volume(feed: str, known: Known, limits: Thresholds, blocks: bool) -> Verdict:
    if feed not in limits.monthly:
        return _by_wave("volume", feed, blocks)
    compared = compare(_rows_by_month(feed, known), limits)
    bound = Bound("ratio", limits.least_ratio, limits.most_ratio, "rows of a month against what is usual")
    places = outside(f"{feed} volume", [{"ratio": one.ratio} for one in compared], [bound])["ratio"]
    odd = [compared[place] for place in places]
    judged = sum(one.ratio is not None for one in compared)
    span = f"{limits.least_ratio:g} to {limits.most_ratio:g} times the median of the months before"
    message = f"{feed}: {counted(judged, 'month')} judged, each has {span}."
    if odd:
        message = (
            f"{feed}: found {counted(len(odd), 'month')} of {judged:,} with an unusual number of rows; expected "
            f"{span}. Ask the provider whether the extract is whole, or what changed."
        )
    worst = sorted(odd, key=lambda one: -one.times)[:SHOWN]
    return Verdict("volume", feed, not odd, blocks, message, tuple(map(_volume_figure, worst)))


def _rows_by_month(feed: str, known: Known) -> list[Measured]:
    """Rows received, of months that were over. An extract of several months counts evenly: it does not tell more."""
    found = []
    for version in known.in_force(feed):
        summary, slot = known.summary(version), version.receipt.slot
        if summary:
            rows = summary.rows_received / len(slot.months)
            found += [
                Measured(slot.sender, month, rows) for month in version.months_in_force if not is_open(version, month)
            ]
    return found


def _volume_figure(one: Compared) -> Figure:
    return {
        "provider_code": one.month.provider_code,
        "period": one.month.period,
        "rows": round(one.month.value),
        "usual_rows": round(one.usual or 0),
        "ratio": shown(one.ratio or 0, 3),
    }


def _by_wave(code: str, feed: str, blocks: bool) -> Verdict:
    return Verdict(code, feed, True, blocks, f"{feed}: not judged, it comes by wave and not by month.")


def _check_months(feed: str, known: Known, limits: Thresholds, blocks: bool) -> Verdict:
    """Between a provider's first month and its last, none is missing."""
    if feed not in limits.monthly:
        return _by_wave("month_present", feed, blocks)
    present: dict[str, set[str]] = defaultdict(set)
    for version in known.in_force(feed):
        present[version.receipt.slot.sender].update(version.months_in_force)
    refused = {
        (version.receipt.slot.sender, month)
        for version in known.versions
        if version.refused and version.receipt.slot.feed == feed
        for month in version.receipt.slot.months
    }
    providers = sorted(present)
    missing = {
        one: [m for m in months(min(present[one]), max(present[one])) if m not in present[one]] for one in providers
    }
    bound = Bound("missing", 0, 0, "months missing between a provider's first and last")
    places = outside(f"{feed} months", [{"missing": len(missing[one])} for one in providers], [bound])["missing"]
    figures: list[Figure] = [
        {"provider_code": one, "period": month, "refused": int((one, month) in refused)}
        for one in (providers[place] for place in places)
        for month in missing[one]
    ]
    message = f"{feed}: {counted(len(providers), 'provider')}, no month missing between the first and the last."
    if figures:
        message = (
            f"{feed}: found {counted(len(figures), 'month')} missing between the first and the last month of "
            f"{counted(len(places), 'provider')}, expected none; in {sum(bool(f['refused']) for f in figures):,} of "
            "them a batch was refused. Ask the providers for these extracts."
        )
    return Verdict("month_present", feed, not figures, blocks, message, worst_first(figures, "refused"))


def _check_batches(feed: str, known: Known, limits: Thresholds, blocks: bool) -> list[Verdict]:
    found = [(version, summary) for version in known.in_force(feed) if (summary := known.summary(version))]
    rows = [_batch_numbers(summary, limits) for _, summary in found]
    bounds = [
        Bound("share_rejected", None, limits.share_rejected, "rows rejected of those received"),
        Bound("share_outside", None, limits.share_outside, "accepted rows of a month outside the batch"),
        Bound("share_far", None, limits.share_outside, "accepted rows dated far from their month"),
        Bound("no_control", 0, 0, "a control file beside the extract"),
    ]
    places = outside(f"{feed} batches", rows, bounds)
    picked = {column: [found[place] for place in where] for column, where in places.items()}
    verdicts = [
        _share_rejected(feed, found, picked["share_rejected"], limits, blocks),
        _outside_period(feed, found, picked["share_outside"], limits),
    ]
    if feed == "ledger":
        verdicts.append(_dated_far(feed, found, picked["share_far"], limits))
        verdicts.append(_no_control(feed, found, picked["no_control"]))
    return verdicts


def _batch_numbers(summary: Summary, limits: Thresholds) -> dict[str, float | None]:
    many = summary.rows_received and summary.rows_rejected >= limits.least_rejected
    return {
        "share_rejected": summary.rows_rejected / summary.rows_received if many else None,
        "share_outside": _share(summary, "outside_period"),
        "share_far": _share(summary, "dated_far"),
        "no_control": float(any(warning.code == "no_control" for warning in summary.warnings)),
    }


def _share(summary: Summary, code: str) -> float | None:
    return _warned(summary, code) / summary.rows_accepted if summary.rows_accepted else None


def _warned(summary: Summary, code: str) -> int:
    return sum(warning.rows for warning in summary.warnings if warning.code == code)


_Found = Sequence[tuple[Version, Summary]]


def _share_rejected(feed: str, found: _Found, many: _Found, limits: Thresholds, blocks: bool) -> Verdict:
    received, rejected = (sum(getattr(one, name) for _, one in found) for name in ("rows_received", "rows_rejected"))
    figures = [
        _batch_figure(
            version, rows=one.rows_rejected, share=one.rows_rejected / one.rows_received, rule=_main_rule(one)
        )
        for version, one in many
    ]
    remedy = "Send the providers their rejected rows and the rules they failed."
    message = f"{feed}: {rejected:,} of {counted(received, 'row')} in force were rejected"
    message += _beyond(many, limits.share_rejected, remedy)
    return Verdict("share_rejected", feed, not many, blocks, message, worst_first(figures, "share"))


def _main_rule(summary: Summary) -> str:
    return max(summary.rejections, key=lambda rule: rule.rows).rule_code


def _beyond(many: _Found, limit: float, remedy: str) -> str:
    """How many batches have more of it than a share, and what is to be done then."""
    if not many:
        return f", in no batch more than {per_cent(limit)}."
    return f"; found {counted(len(many), 'batch', 'batches')} with more than {per_cent(limit)}. {remedy}"


def _outside_period(feed: str, found: _Found, many: _Found, limits: Thresholds) -> Verdict:
    says = "belong to a month outside their batch and are kept"
    remedy = "Ask the providers whether the extracts are of the month they are named after."
    return _noted("outside_period", feed, found, many, f"{says}{_beyond(many, limits.share_outside, remedy)}")


def _dated_far(feed: str, found: _Found, many: _Found, limits: Thresholds) -> Verdict:
    """Days that were read in the wrong order, or that are of another year: weeks and maps go by them."""
    says = "dated more than a month from the month of their period"
    remedy = (
        "Look whether days and months are in the order that is read (`date` of a layout says another), and at the year."
    )
    return _noted("dated_far", feed, found, many, f"{says}{_beyond(many, limits.share_outside, remedy)}")


def _noted(code: str, feed: str, found: _Found, many: _Found, says: str) -> Verdict:
    """Accepted rows that staging warned of by this code."""
    rows = sum(_warned(summary, code) for _, summary in found)
    figures = [_batch_figure(version, rows=_warned(one, code), share=_share(one, code)) for version, one in many]
    message = f"{feed}: {counted(rows, 'accepted row')} in force {says}"
    return Verdict(code, feed, not many, False, message, worst_first(figures, "share"))


def _no_control(feed: str, found: _Found, bare: _Found) -> Verdict:
    figures = [_batch_figure(version, rows=one.rows_received) for version, one in bare]
    message = f"{feed}: {counted(len(found), 'batch', 'batches')} in force, each with a control file."
    if bare:
        message = (
            f"{feed}: found {len(bare):,} of {counted(len(found), 'batch', 'batches')} in force without a control "
            "file, expected one beside each. Nobody can say that these are whole; ask the providers for it."
        )
    return Verdict("no_control", feed, not bare, False, message, worst_first(figures, "rows"))


def _batch_figure(version: Version, rows: int, share: float | None = None, rule: str = "") -> Figure:
    slot = version.receipt.slot
    figure: Figure = {"provider_code": slot.sender, "period": slot.period, "batch_id": version.batch_id}
    return (
        figure
        | {"rows": rows}
        | ({"share": shown(share)} if share is not None else {})
        | ({"rule": rule} if rule else {})
    )


def _check_refused(feed: str, known: Known) -> Verdict:
    """Refused batches that no later sound one stands in for."""
    mine = [version for version in known.versions if version.receipt.slot.feed == feed]
    left = waiting(mine)
    figures: list[Figure] = []
    for version in left:
        summary = known.summary(version)
        figure = _batch_figure(version, rows=summary.rows_received if summary else 0)
        figures.append(figure | {"refused_code": summary.refused_code if summary else ""})
    settled = sum(version.refused for version in mine) - len(left)
    message = f"{feed}: no batch refused that was not sent again ({settled:,} refused earlier)."
    if left:
        message = (
            f"{feed}: found {counted(len(left), 'batch', 'batches')} refused and not sent again, expected none; the "
            "last good version of each stays in force, if there is one. Ask the providers to mend them: why stands in "
            "`refused_because` of the table `batch`."
        )
    return Verdict("refused", feed, not left, False, message, worst_first(figures, "rows"))
