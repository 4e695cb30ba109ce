"""What a layout may do to the text of a cell: one SQL expression a step, the text before it as `x`.

Belongs here: dates, amounts, codes and months in a provider's own spelling, turned into the feeds' spelling.
Does not belong here: which words a layout may say (cells), the feeds' own spellings (parsing).

A step gives text, or NULL for an empty cell, or `failed(x)`: a text that no typed column reads, and by which a row is
known whose code could not be made. Numbers are exact decimals and never floats; a code never becomes a number.
"""

import re
from collections.abc import Mapping, Sequence

from vm_pipeline.feeds.values import MONEY, TIMESTAMP, Value
from vm_pipeline.staging.naming import literal, literals
from vm_pipeline.staging.parsing import amount, parsed

FAILED = "chr(1)"  # nobody types it; a cell that begins with it all the same is rejected where a step reads it
_ISO_DAY = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_SERIAL = "^[0-9]{1,6}([.][0-9]+)?$"
_NO_DAY = 60  # Excel takes 1900 for a leap year: its day 60 never was
_UNITS = {"pence": "0.01", "thousands": "1000"}
UNITS = tuple(_UNITS)
MAY_FAIL = {"debit", "extract", "lookup", "date", "month", "year", "decimal", "sign", "unit", "negate"}
YEARS = ("both", "start", "end")
EXCEL = {"excel": "DATE '1899-12-30'", "excel1904": "DATE '1904-01-01'"}


def failed(x: str) -> str:
    """What becomes of a text that a step cannot read."""
    return f"{FAILED} || {x}"


def _or_failed(found: str, x: str) -> str:
    return f"CASE WHEN {x} IS NOT NULL THEN coalesce({found}, {failed(x)}) END"


def empty(x: str, texts: Sequence[str]) -> str:
    """Texts that stand for an empty cell."""
    return f"CASE WHEN lower({x}) NOT IN ({literals([one.lower() for one in texts])}) THEN {x} END"


def strip(x: str, texts: Sequence[str]) -> str:
    """One of the texts taken away from the front and one from the end, with the blanks beside them."""
    one = _one_of(texts)
    return f"trim(regexp_replace(regexp_replace({x}, {literal(f'^{one} *')}, ''), {literal(f' *{one}$')}, ''))"


def _one_of(texts: Sequence[str]) -> str:
    """A pattern of any of some texts, the longest first."""
    return f"(?i:{'|'.join(re.escape(one) for one in sorted(texts, key=len, reverse=True))})"


def replace(x: str, pairs: Mapping[str, str]) -> str:
    """Texts replaced wherever they stand, the longest first."""
    for old, new in sorted(pairs.items(), key=lambda pair: -len(pair[0])):
        x = f"replace({x}, {literal(old)}, {literal(new)})"
    return x


def extract(x: str, pattern: str) -> str:
    """The part that a pattern captures. A text without it fails."""
    return _or_failed(f"nullif(trim(regexp_extract({x}, {literal(pattern)}, 1)), '')", x)


def lookup(x: str, pairs: Mapping[str, str]) -> str:
    """Another text for each text as a whole, case aside; `*` for all others. A text that is not there fails."""
    cases = " ".join(f"WHEN {literal(old.lower())} THEN {literal(new)}" for old, new in pairs.items() if old != "*")
    other = literal(pairs["*"]) if "*" in pairs else failed(x)
    return f"CASE WHEN {x} IS NOT NULL THEN CASE lower({x}) {cases} ELSE {other} END END"


def pad(x: str, width: int) -> str:
    """Digits filled up with leading zeros; any other text stays."""
    return f"CASE WHEN regexp_full_match({x}, '[0-9]{{1,{width}}}') THEN lpad({x}, {width}, '0') ELSE {x} END"


def date(x: str, forms: Sequence[str], pivot: int, value: Value) -> str:
    """An ISO date from one of several forms; an ISO date is always one. `value` decides whether the time is kept."""
    found = [f"CASE WHEN regexp_matches({x}, '{_ISO_DAY}') THEN TRY_CAST({x} AS TIMESTAMP) END"]
    found += [_serial(x, EXCEL[form]) if form in EXCEL else _moment(x, form, pivot) for form in forms]
    shown = "%Y-%m-%dT%H:%M:%S" if value is TIMESTAMP else "%Y-%m-%d"
    return _or_failed(f"strftime(coalesce({', '.join(found)}), '{shown}')", x)


def _moment(x: str, form: str, pivot: int) -> str:
    moment = f"try_strptime({x}, {literal(form)})"
    if "%y" not in form:  # `%Y` takes 20 for the year 20
        return f"CASE WHEN year({moment}) > 999 THEN {moment} END"
    short = f"(year({moment}) % 100)"
    year = f"(CASE WHEN {short} < {pivot} THEN 2000 ELSE 1900 END + {short})"
    return f"TRY(make_timestamp({year}, month({moment}), day({moment}), hour({moment}), minute({moment}), 0))"


def _serial(x: str, zero: str) -> str:
    """Days since a day, with the time of day as decimals, to the second."""
    seconds = f"round(CAST({x} AS DECIMAL(28,10)) * 86400)::BIGINT"
    early = f"CASE WHEN floor(CAST({x} AS DECIMAL(28,10))) < {_NO_DAY} THEN 1 ELSE 0 END" if "1899" in zero else "0"
    never = f" AND floor(CAST({x} AS DECIMAL(28,10))) <> {_NO_DAY}" if "1899" in zero else ""
    return (
        f"CASE WHEN regexp_matches({x}, '{_SERIAL}') THEN CASE WHEN true{never} "
        f"THEN {zero} + to_days({early}) + to_seconds({seconds}) END END"
    )


def decimal(x: str) -> str:
    """`1.234,56` as `1234.56`: a decimal comma, points or blanks between thousands."""
    digits = f"regexp_full_match({x}, '[^0-9.,]*([0-9]+|[0-9]{{1,3}}([. ][0-9]{{3}})+)(,[0-9]+)?[^0-9.,]*')"
    return f"CASE WHEN {digits} THEN replace(translate({x}, '. ', ''), ',', '.') ELSE {failed(x)} END"


def marked(x: str, texts: Sequence[str], sign: str) -> str:
    """An amount with one of the texts before or after it has that sign (`-` or none). Twice is once too often."""
    front, end = literal(f"^{_one_of(texts)} *"), literal(f" *{_one_of(texts)}$")
    x = f"regexp_replace({x}, {front}, '{sign}')"
    return f"CASE WHEN regexp_matches({x}, {end}) THEN concat('{sign}', regexp_replace({x}, {end}, '')) ELSE {x} END"


def signed(x: str, other: str, debit: Sequence[str], credit: Sequence[str]) -> str:
    """An amount whose sign stands in another cell; one that is neither debit nor credit fails."""
    side = f"lower({other})"
    number, names = parsed(MONEY, x), [literals([one.lower() for one in texts]) for texts in (debit, credit)]
    return _or_failed(
        f"CASE WHEN {side} IN ({names[0]}) THEN ({number})::VARCHAR WHEN {side} IN ({names[1]}) "
        f"THEN (-({number}))::VARCHAR END",
        x,
    )


def of_two(debit: str, credit: str) -> str:
    """Debit less credit, a blank one as zero. Both filled, or one that cannot be read, fails; both blank is empty."""
    one, other = (f"coalesce({parsed(MONEY, x)}, 0)" for x in (debit, credit))
    unread = " OR ".join(f"({x} IS NOT NULL AND {parsed(MONEY, x)} IS NULL)" for x in (debit, credit))
    both = f"concat_ws(' ', {debit}, {credit})"
    return (
        f"CASE WHEN {debit} IS NULL AND {credit} IS NULL THEN NULL "
        f"WHEN {unread} OR ({one} <> 0 AND {other} <> 0) THEN {failed(both)} "
        f"ELSE ({one} - {other})::VARCHAR END"
    )


def unit(x: str, name: str) -> str:
    """Pence or thousands as pounds. What is no whole number of pence fails."""
    pounds = f"({amount(x, 5)})::DECIMAL(28,5) * {_UNITS[name]}"
    return _or_failed(f"CASE WHEN ({pounds}) % 0.01 = 0 THEN TRY_CAST({pounds} AS DECIMAL(18,2))::VARCHAR END", x)


def negated(x: str) -> str:
    """The amount with the other sign."""
    return _or_failed(f"(-({parsed(MONEY, x)}))::VARCHAR", x)


def month(x: str, forms: Sequence[str], pivot: int, column: str) -> str:
    """The ledger period, or the financial year, of a calendar month in one of several forms."""
    moment = f"coalesce({', '.join(_moment(x, form, pivot) for form in forms)})"
    if column == "period":
        return _or_failed(f"((month({moment}) + 8) % 12 + 1)::VARCHAR", x)
    return _or_failed(_financial_year(f"(year({moment}) - (month({moment}) < 4)::INT)"), x)


def year(x: str, which: str) -> str:
    """A financial year, `2020/21`, from a year it starts or ends in, of two or four digits; or from both."""
    if which == "both":
        both = f"regexp_full_match({x}, '([0-9]{{2}}|[0-9]{{4}}) ?[-/] ?([0-9]{{2}}|[0-9]{{4}})')"
        first = f"right('20' || regexp_extract({x}, '^[0-9]+'), 4)"  # a pattern with groups takes four times as long
        return _or_failed(f"CASE WHEN {both} THEN {first} || '/' || right({x}, 2) END", x)
    number = f"(right('20' || {x}, 4)::SMALLINT - {int(which == 'end')})"
    return _or_failed(f"CASE WHEN regexp_full_match({x}, '([0-9]{{2}}){{1,2}}') THEN {_financial_year(number)} END", x)


def _financial_year(start: str) -> str:
    return f"{start} || '/' || right(({start} + 1)::VARCHAR, 2)"


def default(x: str, text: str) -> str:
    """What an empty cell means."""
    return f"coalesce({x}, {literal(text)})"
