"""How a cell becomes a value: one SQL expression a value type, NULL where the spelling is not accepted.

Belongs here: spellings. DuckDB's own casts are generous (they take `1e3`, `1_000`, `infinity`, drop offsets and round
decimals), so every spelling is matched in full before anything is cast.
Does not belong here: which column has which type (feeds), what follows from a NULL (judging).
"""

from vm_pipeline.calendar import FIRST_DAY, LAST_DAY, MONTH_NAMES
from vm_pipeline.feeds import values
from vm_pipeline.feeds.values import Value

_YEAR = "(19|20|21)[0-9]{2}"
_ISO_DAY = f"{_YEAR}-[0-9]{{2}}-[0-9]{{2}}"
_CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\.[0-9]{1,6})?)?"
_OFFSET = "(Z|[+-]([01][0-9]|2[0-3])(:?[0-5][0-9])?)"
_NUMBER = "([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\\.[0-9]{1,2})?"
_MONEY = f"(-£?|£-?)?{_NUMBER}|£?{_NUMBER}(-|CR|DR)|\\(£?{_NUMBER}\\)|£\\({_NUMBER}\\)"
_PLAIN_MONEY = "-?[0-9]{1,16}\\.[0-9]{2}"

# Spaces of every kind that spreadsheets and terminals leave around a cell.
BLANKS = b" \\t\\r\\n\\x0b\\x0c\\u00a0\\u2007\\u202f\\u200b\\ufeff".decode("unicode_escape")


def text(cell: str, odd_blanks: bool = True) -> str:
    """A cell trimmed; a blank one is NULL. Trimming more than plain spaces costs ten times as much."""
    blanks = f", '{BLANKS}'" if odd_blanks else ""
    return f"nullif(trim({cell}{blanks}), '')"


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
    digits = f"TRY_CAST(translate({{x}}, '£,()-CDR', '') AS {stored})"
    negative = "contains({x}, '-') OR contains({x}, '(') OR contains({x}, 'CR')"
    return f"WHEN regexp_full_match({{x}}, '{pattern}') THEN CASE WHEN {negative} THEN -({digits}) ELSE {digits} END"


def amount(cell: str, decimals: int) -> str:
    """SQL expression that reads an amount in the spelling of money with more decimals, exactly, or gives NULL."""
    pattern = _MONEY.replace("{1,2}", f"{{1,{decimals}}}")
    return f"CASE {_signed(pattern, f'DECIMAL(24,{decimals})')} END".replace("{x}", cell)


def _date() -> str:
    names = "".join(MONTH_NAMES).upper()
    month = f"lpad(((strpos('{names}', upper(substr({{x}}, 4, 3))) + 2) // 3)::VARCHAR, 2, '0')"
    british = "substr({x}, 7, 4) || '-' || substr({x}, 4, 2) || '-' || substr({x}, 1, 2)"
    named = f"substr({{x}}, 8, 4) || '-' || {month} || '-' || substr({{x}}, 1, 2)"
    # Spelled out: to `(?i)` the long s of `ſep` is an s.
    either_case = ("".join(f"[{sign.upper()}{sign.lower()}]" for sign in name) for name in MONTH_NAMES)
    month_names = "[0-9]{2}-(" + "|".join(either_case) + f")-{_YEAR}"
    return (
        f"TRY_CAST(CASE WHEN regexp_full_match({{x}}, '{_ISO_DAY}') THEN {{x}} "
        f"WHEN regexp_full_match({{x}}, '[0-9]{{2}}/[0-9]{{2}}/{_YEAR}') THEN {british} "
        f"WHEN regexp_full_match({{x}}, '{month_names}') THEN {named} END AS DATE)"
    )


def _timestamp() -> str:
    # DuckDB reads an offset only after seconds, and only as +01:00 or +01.
    seconds = "regexp_replace({x}, '([T ][0-9]{2}:[0-9]{2})([Z+-])', '\\1:00\\2')"
    offset = f"regexp_replace({seconds}, '([+-][0-9]{{2}})([0-9]{{2}})$', '\\1:\\2')"
    local = f"TRY_CAST({offset} AS TIMESTAMPTZ) AT TIME ZONE 'Europe/London'"
    outer_years = f"substr({{x}}, 1, 4) IN ('{FIRST_DAY.year}', '{LAST_DAY.year}')"
    beyond = f"{outer_years} AND year({local}) NOT BETWEEN {FIRST_DAY.year} AND {LAST_DAY.year}"
    return (
        f"CASE WHEN regexp_full_match({{x}}, '{_ISO_DAY}([T ]{_CLOCK})?') THEN TRY_CAST({{x}} AS TIMESTAMP) "
        f"WHEN regexp_full_match({{x}}, '{_ISO_DAY}[T ]{_CLOCK}{_OFFSET}') "
        f"THEN CASE WHEN NOT ({beyond}) THEN {local} END END"
    )


def _financial_year() -> str:
    start = "TRY_CAST(substr({x}, 1, 4) AS SMALLINT)"
    follows = f"TRY_CAST(substr({{x}}, 6, 2) AS SMALLINT) = ({start} + 1) % 100"
    return f"CASE WHEN regexp_full_match({{x}}, '{_YEAR}/[0-9]{{2}}') AND {follows} THEN {start} END"


EXPRESSIONS = {
    values.CODE.name: "upper({x})",
    values.LOWER_CODE.name: "lower({x})",
    values.TEXT.name: "{x}",
    values.NAME.name: "lower({x})",
    values.INTEGER.name: _when("[0-9]{1,9}", "CAST({x} AS INTEGER)"),
    values.FINANCIAL_YEAR.name: _financial_year(),
    values.LEDGER_PERIOD.name: _when("0?[0-9]|1[0-4]", "CAST({x} AS TINYINT)"),
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
