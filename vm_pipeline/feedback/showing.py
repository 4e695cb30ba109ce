"""What of a cell may be shown to say what was found in it.

Belongs here: deciding from the column's declaration and the shape of the text alone.
Does not belong here: finding identifiers by rate (staging/personal), what is done with the answer (problems).

A cell can hold anything, whatever its column is called: a name where a date should be. So letters are shown only where
they are part of a code, a sign of an amount, a month beside digits, or a word for nothing; else their shape is shown,
`Aaaa`. Digits are hidden that way too where there are as many as an identifier has, check digits or not.
"""

import calendar
import re
import unicodedata

from vm_pipeline.calendar import MONTH_NAMES
from vm_pipeline.feeds.contract import Column, Privacy
from vm_pipeline.feeds.identifiers import has_a_shape
from vm_pipeline.feeds.values import CODE, LOWER_CODE, NAME, TEXT

NOT_SHOWN = "not shown"
EMPTY = "nothing: the cell is empty"
_LONGEST, _FEW_DIGITS = 24, 8
_NOTHING = frozenset({"", "NAN", "NA", "NK", "NIL", "NULL", "NONE", "TBC"})
_MONTHS = {name.upper() for name in (*MONTH_NAMES, *calendar.month_name)}
_BESIDE_DIGITS = _MONTHS | {"CR", "DR", "E", "T", "Z"}
_CODE = re.compile(r"[A-Z]{1,2}|(?=.*[0-9])[A-Z0-9][A-Z0-9/&.-]{0,11}", re.ASCII)
_MOMENT = re.compile(r"(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}([T ].*)?", re.ASCII)
_CODES, _TEXTS = (CODE.name, LOWER_CODE.name), (TEXT.name, NAME.name)


def shown(column: Column, text: str) -> str:
    """The text, its shape, or that it is not shown."""
    if column.privacy is not Privacy.OPEN or column.value.name in _TEXTS:
        return NOT_SHOWN
    plain = _plain(text)
    if len(plain) > _LONGEST:
        return f"a text of {len(plain)} characters"
    if has_a_shape(plain) or (sum(map(str.isdigit, plain)) > _FEW_DIGITS and not _MOMENT.fullmatch(plain)):
        return shape(plain)
    if column.value.name in _CODES:
        return plain if _CODE.fullmatch(plain.upper()) else shape(plain)
    return "".join(
        part if _may_stand(part, plain) else shape(part) for part in re.findall(r"[^\W\d_]+|[\W\d_]+", plain)
    )


def shape(text: str) -> str:
    """Every letter as `a` or `A`, every digit as `9`; other signs as they are."""
    return "".join(_sign(sign) for sign in text)


def _plain(text: str) -> str:
    """One form for every way to write a letter or digit, full-width or Arabic; what cannot be seen is a blank."""
    return "".join(map(_plain_sign, unicodedata.normalize("NFKC", text)))


def _plain_sign(sign: str) -> str:
    if sign.isdecimal():
        return str(unicodedata.digit(sign))
    return sign if sign.isprintable() else " "


def _may_stand(part: str, whole: str) -> bool:
    if not part[0].isalpha():
        return True
    if any(map(str.isdigit, whole)):
        return part.upper() in _BESIDE_DIGITS
    return re.sub(r"[\W\d_]", "", whole).upper() in _NOTHING


def _sign(sign: str) -> str:
    if sign.isalpha():
        return "A" if sign.isupper() else "a"
    return "9" if sign.isdigit() else sign
