"""Identifiers of people: what they look like, and how one is told from a number that only looks like it.

Belongs here: shapes, check digits and chances, as data and as SQL.
Does not belong here: looking through a batch (staging/personal), what follows from a find (settings, staging).

Sources: the published rules of the CHI number (Modulus 11; from August 2026 Modulus 10, the Luhn sum, too), of the
NHS number (Modulus 11), of National Insurance numbers and of postcodes. No list of real ones is needed or kept.
"""

import re
from dataclasses import dataclass
from math import exp, log

# Blanks and dashes of every kind, full-width signs and Arabic digits, each as the keyboard's: one sign for one sign.
_BLANKS = "\u00a0\u1680" + "".join(map(chr, range(0x2000, 0x200C))) + "\u202f\u205f\u2060\u3000\ufeff"
_DASHES = "\u00ad" + "".join(map(chr, range(0x2010, 0x2016))) + "\u2212"
_FULL_WIDTH = "".join(map(chr, range(0xFF01, 0xFF5F)))
_ARABIC = "".join(chr(zero + digit) for zero in (0x0660, 0x06F0) for digit in range(10))
ODD_SIGNS = _BLANKS + _DASHES + _FULL_WIDTH + _ARABIC
PLAIN_SIGNS = (
    " " * len(_BLANKS) + "-" * len(_DASHES) + "".join(map(chr, range(0x21, 0x7F))) + "0123456789" * (len(_ARABIC) // 10)
)
_PLAINLY = str.maketrans(ODD_SIGNS, PLAIN_SIGNS)


@dataclass(frozen=True)
class Kind:
    """One kind of identifier, for whoever looks through text with SQL.

    `shape`: a regular expression (RE2) over upper-case text in plain signs; `edge`: what may not stand next to it.
    `{x}` in `plausible` and `complete` is a find without blanks, hyphens and slashes: the conditions that the digits
    allow it, and that its check digit agrees. `chance`: the share of random text of this shape that passes both;
    `check_chance`: of plausible text, that passes the second. `tells`: a column is of this kind when more than this
    share of its distinct finds pass. `alone`: one find is enough, because hardly anything else looks like it.
    """

    name: str
    description: str
    shape: str
    edge: str = "0-9"
    plausible: str = "true"
    complete: str = "true"
    chance: float = 0.0
    check_chance: float = 0.0
    tells: float = 0.0
    alone: bool = False

    @property
    def pattern(self) -> str:
        """A regular expression (RE2) that finds it in upper-case text, as its one group."""
        return f"(?:^|[^{self.edge}])({self.shape})(?:[^{self.edge}]|$)"

    def tells_of(self, shaped: int, plausible: int, passed: int, named: bool = False) -> bool:
        """Whether so many distinct finds say what the column holds. `named`: its header says so, then one is enough.

        More than the share that tells; more than twice what serial numbers within plausible days would pass by
        chance; and less likely than one in a hundred to have come by chance at all.
        """
        if not passed or self.alone or named:
            return passed > 0
        return (
            passed > self.tells * shaped
            and passed > 2 * self.check_chance * plausible
            and by_chance(passed, shaped, self.chance) < _UNLIKELY
        )


_UNLIKELY = 0.01


def by_chance(passed: int, of: int, chance: float) -> float:
    """An upper bound of the probability that so many of so many pass, each with this chance (Chernoff)."""
    share = passed / of
    if share <= chance:
        return 1.0
    surprise = share * log(share / chance)
    if share < 1:
        surprise += (1 - share) * log((1 - share) / (1 - chance))
    return exp(-of * surprise)


def _digit(place: int) -> str:
    return f"substr({{x}}, {place}, 1)::INTEGER"


_MOD_11 = f"(({' + '.join(f'{11 - place} * {_digit(place)}' for place in range(1, 11))}) % 11 = 0)"
_DOUBLED = " + ".join(f"substr('0246813579', {_digit(place)} + 1, 1)::INTEGER" for place in range(1, 10, 2))
_MOD_10 = f"(({_DOUBLED} + {' + '.join(_digit(place) for place in range(2, 11, 2))}) % 10 = 0)"
_DAY = (
    "(TRY_CAST('20' || substr({x}, 5, 2) || '-' || substr({x}, 3, 2) || '-' || substr({x}, 1, 2) AS DATE) IS NOT NULL)"
)
_EITHER = f"({_MOD_11} OR {_MOD_10})"
_PADDED = "('0' || {x})"
_GAP = "[ -]{0,3}"
_THREE = f"[0-9]{{3}}{_GAP}[0-9]{{3}}{_GAP}[0-9]{{4}}"
_EITHER_CHANCE = 1 / 11 + 1 / 10 - 1 / 110
_AREAS = (
    "A[BL]|B[ABDHLNRST]?|C[ABFHMORTVW]|D[ADEGHLNTY]|E[CHNX]?|F[KY]|G[LUY]?|H[ADGPRSUX]|I[GMPV]|JE|K[ATWY]|L[ADELNSU]?|"
    "M[EKL]?|N[EGNPRW]?|O[LX]|P[AEHLOR]|R[GHM]|S[AEGKLMNOPRSTWY]?|T[ADFNQRSW]|UB|W[ACDFNRSV]?|YO|ZE"
)

KINDS = (
    Kind(
        "CHI number",
        "Ten digits: a day DDMMYY, a serial number, a check digit by Modulus 11 or 10; blanks or dashes between.",
        f"[0-9]{{6}}{_GAP}[0-9]{{4}}|{_THREE}|[0-9]{{2}}[ /-][0-9]{{2}}[ /-][0-9]{{2}}{_GAP}[0-9]{{4}}",
        plausible=_DAY,
        complete=_EITHER,
        chance=0.036525 * _EITHER_CHANCE,
        check_chance=_EITHER_CHANCE,
        tells=5 * 0.036525 * _EITHER_CHANCE,
    ),
    Kind(
        "CHI number without its zero",
        "Nine digits that are a CHI number once the zero is back that a spreadsheet took.",
        "[0-9]{9}",
        plausible=_DAY.replace("{x}", _PADDED),
        complete=_EITHER.replace("{x}", _PADDED),
        chance=0.108 * _EITHER_CHANCE,
        check_chance=_EITHER_CHANCE,
        tells=5 * 0.108 * _EITHER_CHANCE,
    ),
    Kind(
        "H&C number",
        "Northern Ireland: an NHS number of the range 320 000 0001 to 399 999 9999.",
        f"3[2-9][0-9]{_GAP}[0-9]{{3}}{_GAP}[0-9]{{4}}",
        complete=_MOD_11,
        chance=1 / 11,
        tells=1 / 4,
    ),
    Kind(
        "NHS number",
        "Ten digits whose last is a check digit by Modulus 11; often written 3-3-4.",
        _THREE,
        complete=_MOD_11,
        chance=1 / 11,
        tells=1 / 4,
    ),
    Kind(
        "National Insurance number",
        "Two letters, six digits, a letter A to D. Prefixes that are never issued do not count.",
        "[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D]",
        edge="A-Z0-9",
        complete="substr({x}, 1, 2) NOT IN ('BG', 'GB', 'KN', 'NK', 'NT', 'TN', 'ZZ')",
        alone=True,
    ),
    Kind(
        "e-mail address",
        "Anything like name@place.domain.",
        r"[A-Z0-9._%+'-]+@[A-Z0-9-]+(?:\.[A-Z0-9-]+)+",
        "@",
        alone=True,
    ),
    Kind(
        "postcode",
        "A full UK postcode: area, district, sector and unit.",
        "[A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9][A-Z]{2}",
        edge="A-Z0-9",
        complete=f"regexp_full_match({{x}}, '(?:{_AREAS})[0-9][0-9A-Z]?[0-9][ABD-HJLNP-UW-Z]{{2}}')",
        chance=0.15,
        tells=0.5,
    ),
)

ANY_SHAPE = "|".join(kind.shape for kind in KINDS)
ANY_PATTERN = "|".join(kind.pattern for kind in KINDS)


def plainly(text: str) -> str:
    """A text in plain signs, each in its place: `０２１１１６–５７９４` as `021116-5794`."""
    return text.translate(_PLAINLY)


def has_a_shape(text: str) -> bool:
    """Whether a text has anything in it that looks like an identifier, check digits or not."""
    return re.search(ANY_SHAPE, plainly(text), re.IGNORECASE) is not None


_WITHIN = re.compile("|".join(f"(?<![{kind.edge}])(?:{kind.shape})(?![{kind.edge}])" for kind in KINDS), re.IGNORECASE)


def masked(text: str) -> str:
    """A text with `?` for all in it that looks like an identifier: headers, sheets and keys may be anything, too."""
    pieces, end = [], 0
    for found in _WITHIN.finditer(plainly(text)):  # sought in plain signs; what stays, stays as it was written
        pieces += [text[end : found.start()], "?"]
        end = found.end()
    return "".join((*pieces, text[end:]))


def is_masked(text: str) -> bool:
    """Whether anything in a text looks like an identifier."""
    return masked(text) != text


_NAMES = re.compile(
    r"\b(chi|nhs (no|num|number)|nhsno|nhs_?number|h&c|ni (no|number)|nino|national insurance|e-?mail|post ?code|"
    r"patient|surname|forename|dob|date of birth|address|telephone|phone)\b"
)


def names_an_identifier(header: str) -> bool:
    """Whether a header says that what stands below identifies a person."""
    return _NAMES.search(header.casefold().replace("_", " ")) is not None
