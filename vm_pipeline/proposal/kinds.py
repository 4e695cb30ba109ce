"""What the texts of a column may be: tests by name, each an SQL condition on one trimmed text.

Belongs here: the tests. Does not belong here: counting them (looking), what follows from the counts (columns).
"""

from vm_pipeline.feeds import values
from vm_pipeline.staging.parsing import parsed

CODE_IN_BRACKETS = r"^\((?:id:)?(\w+)\)"  # `(id:42270) Haematology`
_MONTH_NAME = "(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"


def _whole(pattern: str) -> str:
    return f"regexp_full_match({{x}}, '{pattern}')"


# Kinds a column may be of.
KINDS = {
    "money": f"{parsed(values.MONEY, '{x}')} IS NOT NULL",
    "decimal comma": _whole("-?([0-9]+|[0-9]{1,3}([. ][0-9]{3})+),[0-9]{1,2}-?"),
    "integer": _whole("[0-9]{1,9}"),
    "number": _whole("-?[0-9]+([.][0-9]+)?"),
    "flag": "lower({x}) IN ('true', 'false', 'yes', 'no', 'y', 'n')",
    "financial year": _whole("(20)?[0-9]{2} ?[-/] ?(20)?[0-9]{2}"),
    "period": _whole("0?[0-9]|1[0-4]"),
    "code": _whole("[A-Za-z0-9][A-Za-z0-9/._&:-]{0,23}"),
    "word": "regexp_matches({x}, '[A-Za-z]{3}')",
}
# What layouts have a word for.
FEATURES = {
    "canonical date": f"{parsed(values.DATE, '{x}')} IS NOT NULL",
    "canonical year": f"{parsed(values.FINANCIAL_YEAR, '{x}')} IS NOT NULL",
    "code in brackets": f"regexp_matches({{x}}, '{CODE_IN_BRACKETS}')",
}
# What is odd about a text, whatever its column is.
ODD = {
    "leading zeros": _whole("0[0-9]+"),
    "like 12E345, which a spreadsheet takes for a number": _whole("[0-9]+([.][0-9]+)?[eE][+-]?[0-9]+"),
    "minus sign at the end": _whole("[£0-9., ]+-"),
    "amounts in brackets": _whole("£?[(]£?[0-9.,]+[)]"),
    "CR or DR": _whole("[£0-9., ]+ ?(?i:cr|dr)"),
    "pound sign": "contains({x}, '£') AND regexp_matches({x}, '[0-9]')",
    "more than two decimals": _whole("-?[0-9,]*[.][0-9]{3,}"),
    "text for nothing": "lower({x}) IN ('n/a', 'na', '-', '--', '*', 'null', 'none', 'nan', 'tbc', '#n/a', '#ref!')",
}
# Forms of days and months, as `strptime` writes them; those that fit the most texts are told.
DATES = (
    *("%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d-%b-%Y", "%d %b %Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y", "%m/%d/%y"),
    *("%d-%b-%y", "%d %B %Y", "%Y/%m/%d", "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y%m%d"),
)
MONTHS = ("%Y-%m", "%b-%y", "%b %Y", "%B %Y", "%b-%Y", "%m/%Y", "%Y%m")
MAY_BE_DATE = (
    f"regexp_matches({{x}}, '^[0-9]{{1,4}}[-/. ]([0-9]{{1,2}}|{_MONTH_NAME})([-/. ][0-9]{{2,4}})?"
    f"|^(19|20)[0-9]{{2}}[01][0-9]|^{_MONTH_NAME}[- ][0-9]{{2}}')"
)
SERIAL = _whole("[34][0-9]{4}")  # a spreadsheet's number of a day, 1982 to 2036
TOTAL_PATTERN = r"(?i)^(sub|grand|overall)?[ -]?total"
TOTAL = f"regexp_matches({{x}}, '{TOTAL_PATTERN}')"
TITLED = "regexp_matches({x}, '(?i)^(mr|mrs|miss|ms|dr|prof|professor|sister|rev)[. ]+[a-z]')"
_YEARS = "BETWEEN 1990 AND 2099"


def of_form(form: str) -> str:
    """The text is a day or month of this form, in a year that a file of today may name."""
    moment = f"try_strptime({{x}}, '{form}')"
    return f"year({moment}) {_YEARS}"
