"""How a cell becomes a value: one SQL expression a value type, NULL where the spelling is not accepted.

Belongs here: spellings. DuckDB's own casts are generous (they take `1e3`, `1_000`, `infinity`, drop offsets and round
decimals), so every spelling is matched in full before anything is cast. The usual spelling is tried first, by what is
cheapest: a GLOB of a fixed width costs half of a regular expression, a word of a list a quarter of either.
Does not belong here: which column has which type (feeds), what follows from a NULL (judging).
"""

from collections.abc import Sequence

from vm_pipeline.calendar import FIRST_DAY, LAST_DAY
from vm_pipeline.feeds import values
from vm_pipeline.feeds.values import Value
from vm_pipeline.staging.naming import literal

_YEAR = "(19|20|21)[0-9]{2}"
_ISO_DAY = f"{_YEAR}-[0-9]{{2}}-[0-9]{{2}}"
_CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\.[0-9]{1,6})?)?"
_OFFSET = "(Z|[+-]([01][0-9]|2[0-3])(:?[0-5][0-9])?)"
_NUMBER = "([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\\.[0-9]{1,2})?"
_MONEY = f"(-£?|£-?)?{_NUMBER}|£?{_NUMBER}(-|CR|DR)|\\(£?{_NUMBER}\\)|£\\({_NUMBER}\\)"
_PERIODS = 15  # 0 to 14
_PLAIN_MONEY = "-?[0-9]{1,16}\\.[0-9]{2}"

# Spaces of every kind that spreadsheets and terminals leave around a cell.
BLANKS = b" \\t\\r\\n\\x0b\\x0c\\u00a0\\u2007\\u202f\\u200b\\ufeff".decode("unicode_escape")
_ASCII_BLANKS = [blank for blank in BLANKS if blank.isascii()]


def text(cell: str, odd_blanks: bool = True) -> str:
    """A cell trimmed; a blank one is NULL. `cell` names a column: it is written several times.

    One cell in hundreds has a blank around it, and seeing that it has none takes a quarter of the time of trimming.
    Trimming more than plain spaces takes ten times as long again.
    """
    ends = " OR ".join(f"ends_with({cell}, '{end}')" for end in (_ASCII_BLANKS if odd_blanks else " "))
    spaces = "" if odd_blanks else f" AND regexp_matches({cell}, '^\\p{{Zs}}|\\p{{Zs}}$')"
    # What sorts before `!` is a blank, a sign of control or nothing; characters beyond ASCII take several bytes.
    maybe = f"{cell} < '!' OR {ends} OR (strlen({cell}) <> length({cell}){spaces})"
    return f"CASE WHEN {maybe} THEN {trimmed(cell, odd_blanks)} ELSE {cell} END"


def trimmed(sql: str, odd_blanks: bool = False) -> str:
    """The text of any SQL expression trimmed; a blank one is NULL."""
    blanks = f", '{BLANKS}'" if odd_blanks else ""
    return f"nullif(trim({sql}{blanks}), '')"


def parsed(value: Value, cell: str) -> str:
    """SQL expression that reads trimmed text as a value type, or gives NULL."""
    return EXPRESSIONS[value.name].replace("{x}", cell)


def _when(pattern: str, then: str) -> str:
    return f"CASE WHEN regexp_full_match({{x}}, '{pattern}') THEN {then} END"


def _money() -> str:
    return (
        f"CASE WHEN regexp_full_match({{x}}, '{_PLAIN_MONEY}') THEN TRY_CAST({{x}} AS DECIMAL(18,2)) "
        f"{_signed(_MONEY, 'DECIMAL(18,2)')} END"
    )


def _signed(pattern: str, stored: str) -> str:
    # Anchored, a pattern with one group is read in a third of the time of `translate`.
    digits = f"TRY_CAST(replace(regexp_extract({{x}}, '^[(£-]*([0-9.,]*)', 1), ',', '') AS {stored})"
    negative = "contains({x}, '-') OR ends_with({x}, ')') OR ends_with({x}, 'CR')"
    return f"WHEN regexp_full_match({{x}}, '{pattern}') THEN CASE WHEN {negative} THEN -({digits}) ELSE {digits} END"


def amount(cell: str, decimals: int) -> str:
    """SQL expression that reads an amount in the spelling of money with more decimals, exactly, or gives NULL."""
    pattern = _MONEY.replace("{1,2}", f"{{1,{decimals}}}")
    return f"CASE {_signed(pattern, f'DECIMAL(24,{decimals})')} END".replace("{x}", cell)


def _shaped(shape: str) -> str:
    """SQL condition: a text has this shape, in which # stands for any digit."""
    return f"{{x}} GLOB '{shape.replace('#', '[0-9]')}'"


_YEARS = f"{{x}} BETWEEN '{FIRST_DAY.year}' AND '{LAST_DAY.year + 1}'"  # as text, of what begins with four digits


def _date() -> str:
    letters = "[A-Za-z]" * 3  # `%b` takes no long s, `ſep`, for an s, nor a full name
    return (
        f"CASE WHEN {_shaped('####-##-##')} AND {_YEARS} THEN TRY_CAST({{x}} AS DATE) "
        f"WHEN strlen({{x}}) = 10 AND {_of_centuries('##/##/')} THEN try_strptime({{x}}, '%d/%m/%Y')::DATE "
        f"WHEN strlen({{x}}) = 11 AND {_of_centuries(f'##-{letters}-')} THEN try_strptime({{x}}, '%d-%b-%Y')::DATE END"
    )


def _of_centuries(before: str) -> str:
    """SQL condition: a text ends in a year after what has this shape. This century is asked for first."""
    return f"({' OR '.join(_shaped(f'{before}{century}##') for century in (20, 19, 21))})"


def _timestamp() -> str:
    # DuckDB reads an offset only after seconds, and only as +01:00 or +01.
    seconds = "regexp_replace({x}, '([T ][0-9]{2}:[0-9]{2})([Z+-])', '\\1:00\\2')"
    offset = f"regexp_replace({seconds}, '([+-][0-9]{{2}})([0-9]{{2}})$', '\\1:\\2')"
    local = f"TRY_CAST({offset} AS TIMESTAMPTZ) AT TIME ZONE 'Europe/London'"
    outer_years = f"substr({{x}}, 1, 4) IN ('{FIRST_DAY.year}', '{LAST_DAY.year}')"
    beyond = f"{outer_years} AND year({local}) NOT BETWEEN {FIRST_DAY.year} AND {LAST_DAY.year}"
    usual = " OR ".join(_shaped(f"####-##-##[T ]{hour}:[0-5]#:[0-5]#") for hour in ("[01]#", "2[0-3]"))
    return (
        f"CASE WHEN ({usual}) AND {_YEARS} THEN TRY_CAST({{x}} AS TIMESTAMP) "
        f"WHEN regexp_full_match({{x}}, '{_ISO_DAY}([T ]{_CLOCK})?') THEN TRY_CAST({{x}} AS TIMESTAMP) "
        f"WHEN regexp_full_match({{x}}, '{_ISO_DAY}[T ]{_CLOCK}{_OFFSET}') "
        f"THEN CASE WHEN NOT ({beyond}) THEN {local} END END"
    )


def _place_in(words: Sequence[str]) -> str:
    """SQL expression: the place of a text in a list of words, the first is 0; NULL for any other text."""
    return f"enum_code(TRY_CAST({{x}} AS ENUM({', '.join(map(literal, words))})))"


def _financial_year() -> str:
    starts = range(FIRST_DAY.year, LAST_DAY.year + 1)
    return f"({FIRST_DAY.year} + {_place_in([f'{start}/{(start + 1) % 100:02}' for start in starts])})::SMALLINT"


def _ledger_period() -> str:
    periods = [*map(str, range(_PERIODS)), *(f"0{period}" for period in range(10))]
    return f"({_place_in(periods)} % {_PERIODS})::TINYINT"


EXPRESSIONS = {
    values.CODE.name: "upper({x})",
    values.LOWER_CODE.name: "lower({x})",
    values.TEXT.name: "{x}",
    values.NAME.name: "lower({x})",
    values.INTEGER.name: f"CASE WHEN {_shaped('#')} THEN CAST({{x}} AS INTEGER) "
    "WHEN regexp_full_match({x}, '[0-9]{1,9}') THEN CAST({x} AS INTEGER) END",
    values.FINANCIAL_YEAR.name: _financial_year(),
    values.LEDGER_PERIOD.name: _ledger_period(),
    values.DATE.name: _date(),
    values.TIMESTAMP.name: _timestamp(),
    values.MONEY.name: _money(),
    values.WTE.name: _when("-?[0-9]{1,7}(\\.[0-9]{1,2})?", "CAST({x} AS DECIMAL(9,2))"),
    values.QUANTITY.name: _when("[0-9]{1,15}(\\.[0-9]{1,3})?", "CAST({x} AS DECIMAL(18,3))"),
    values.PRICE.name: _when("[0-9]{1,12}(\\.[0-9]{1,6})?", "CAST({x} AS DECIMAL(18,6))"),
    values.LEVEL.name: _when("-?[0-9]{1,12}(\\.[0-9]{1,6})?", "CAST({x} AS DECIMAL(18,6))"),
    values.MONTH.name: _when("(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])", "{x}"),
    values.SHARE.name: _when("0(\\.[0-9]{1,6})?|1(\\.0{1,6})?", "CAST({x} AS DECIMAL(9,6))"),
    values.PERCENT.name: _when("[0-9]{1,2}(\\.[0-9]+)?|100(\\.0+)?", "CAST({x} AS DECIMAL(18,13))"),
    values.COUNT.name: _when("[0-9]{1,15}(\\.0+)?", "CAST(CAST({x} AS DECIMAL(18,1)) AS BIGINT)"),
    values.FLAG.name: "CASE WHEN lower({x}) IN ('true', 'yes', 'y', '1') THEN true "
    "WHEN lower({x}) IN ('false', 'no', 'n', '0') THEN false END",
}
