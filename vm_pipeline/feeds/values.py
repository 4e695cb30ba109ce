"""The value types a feed column can have: what a cell may look like, and what it becomes.

Belongs here: the name, the stored type and the accepted spellings of each type, in words.
Does not belong here: how a spelling is parsed (staging/parsing), which column has which type (the contracts).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Value:
    """One value type: `stored` is the SQL type after staging; `spelling` tells a sender what is accepted."""

    name: str
    stored: str
    spelling: str


CODE = Value("code", "VARCHAR", "text; read as upper case, leading zeros kept")
LOWER_CODE = Value("lower_code", "VARCHAR", "text; read as lower case")
TEXT = Value("text", "VARCHAR", "text")
NAME = Value("name", "VARCHAR", "text; compared without case")
INTEGER = Value("integer", "INTEGER", "a whole number of at most 9 digits")
FINANCIAL_YEAR = Value("financial_year", "SMALLINT", "`2022/23`: April to March; stored as the year it begins in")
LEDGER_PERIOD = Value(
    "ledger_period", "TINYINT", "0 to 14: 1 = April, 12 = March, 0 brought forward, 13 and 14 year end"
)
DATE = Value("date", "DATE", "`2022-07-31`, `31/07/2022` or `31-Jul-2022`, of the years 1900 to 2199")
TIMESTAMP = Value(
    "timestamp", "TIMESTAMP", "ISO date, or date and time; with an offset it is converted to Europe/London"
)
MONEY = Value(
    "money",
    "DECIMAL(18,2)",
    "pounds, debit positive: `1234.56` `1,234.56` `-1234.56` `1234.56-` `(1,234.56)` `£1,234.56` `1234.56CR` "
    "`1234.56DR`; one sign mark and two decimals at most",
)
WTE = Value("wte", "DECIMAL(9,2)", "whole-time equivalents, `0.80`, `-1`; two decimals at most")
QUANTITY = Value("quantity", "DECIMAL(18,3)", "digits with three decimals at most; not negative")
PRICE = Value("price", "DECIMAL(18,6)", "pounds for one unit; digits with six decimals at most, not negative")
LEVEL = Value("level", "DECIMAL(18,6)", "digits with six decimals at most; a minus sign may stand before them")
MONTH = Value("month", "VARCHAR", "`2022-07`")
SHARE = Value("share", "DECIMAL(9,6)", "0 to 1, six decimals at most")
PERCENT = Value("percent", "DECIMAL(18,13)", "0 to 100; digits and decimals")
COUNT = Value("count", "BIGINT", "a whole number, not negative")
FLAG = Value("flag", "BOOLEAN", "`true` or `false` (`yes`, `no`, `1`, `0`)")

TEXTS = (CODE, LOWER_CODE, TEXT, NAME)  # any text is one: nothing about it can fail to be read
