"""Rule profiles as data: which rules make a point a signal, with which numbers, and whose practice that is.

Belongs here: the profiles, their rules and options. Does not belong here: how a rule is computed (signals).

A rule has a tier. Tier A is worth acting on; tier B asks for a look: on pure noise a series of 52 weekly points has a
run of six or a trend of five in three cases of four (docs/reference/rules.md).
"""

from dataclasses import dataclass, replace

OUTSIDE, SHIFT, TREND = "outside_limits", "shift", "trend"
TWO_IN_THREE, INSIDE = "two_in_three", "fifteen_inside"
LONG_RUN, CROSSINGS, SUSTAINED = "long_run", "few_crossings", "sustained_run"

WORDS = {
    OUTSIDE: "The point lies above the upper or below the lower limit.",
    SHIFT: "The point is one of a run of neighbours on one side of the centre line.",
    TREND: "The point is one of neighbours that all rise or all fall.",
    TWO_IN_THREE: "Two of three neighbours lie beyond two thirds of the way to one limit.",
    INSIDE: "The point is one of a run of neighbours that all lie within a third of the way to the limits.",
    LONG_RUN: "The series has a run longer than round(log2 n) + 3, for n points that are not on the centre line.",
    CROSSINGS: "The series crosses its centre line less often than 95 of 100 series of noise of its length do.",
    SUSTAINED: "The point is one of a run on which a new median stands.",
}


@dataclass(frozen=True)
class Rule:
    """One rule of a profile. `length` is its number of points, 0 where it follows from the series' own length.

    `strong` is the run from which on a signal of this rule is of tier A, whatever `tier` says; 0 = it never is.
    `whole`, of two in three: the third lies on the same side, and points outside the limits do not count.
    """

    code: str
    tier: str
    length: int = 0
    strong: int = 0
    whole: bool = False


@dataclass(frozen=True)
class Option:
    """One option of a profile: its default says its type. `choices` where only these may be; `least` of a number."""

    name: str
    default: int | bool | str
    meaning: str
    choices: tuple[str, ...] = ()
    least: int = 0


@dataclass(frozen=True)
class Profile:
    """Rules that judge one chart. The first rule a point meets, in the order given, names its signal.

    `skips_centre`: points on the centre line, and values that repeat the one before, neither break nor count.
    """

    name: str
    follows: str
    description: str
    charts: tuple[str, ...]
    rules: tuple[Rule, ...]
    skips_centre: bool = False
    options: tuple[Option, ...] = ()

    def without(self, code: str) -> "Profile":
        """The profile but for one rule."""
        return replace(self, rules=tuple(rule for rule in self.rules if rule.code != code))

    @property
    def ties_may_end_runs(self) -> bool:
        """Whether a point on the line ends a run where most lie on it. Rules on whole series leave them out."""
        return self.skips_centre and any(rule.code == SHIFT for rule in self.rules)

    @property
    def chart(self) -> str:
        """The chart it judges unless another is asked for."""
        return self.charts[0]


SHARES, RATES = ("p", "pp"), ("u", "up")
"""Charts of events over a denominator: over how many could have had them, and over days or other exposure."""
CONTROL_CHARTS = ("i", "xmr", "mr", *SHARES, *RATES, "c", "g", "t")
REBASE = Option("rebase", "", "Days on which a new phase with a centre of its own begins; may be given several times.")
FIX_AFTER = Option("fix_after", 0, "Centre and limits are those of the first so many points of a phase; 0 = of all.")
EXCLUDE = Option("exclude", "", "Periods whose points take no part; may be given several times.")
SCREEN = Option("screen", False, "Leave moving ranges above 3.267 times their mean out, once.")
COMMON = (REBASE, FIX_AFTER, EXCLUDE)

PROFILES = {
    one.name: one
    for one in (
        Profile(
            "his_run",
            "Perla, Provost and Murray 2011, as Healthcare Improvement Scotland and Public Health Scotland use it; "
            "point by point as the R package runchart",
            "A run chart: the median, shifts of six, trends of five. Points on the median and repeated values neither "
            "break nor count. With `rephase` the median is that of the first eight points, and of the first eight of "
            "each later run of nine, points that a median stands on are in no shift, and trends are not looked for.",
            ("run",),
            (Rule(SHIFT, "B", 6, strong=8), Rule(TREND, "B", 5)),
            skips_centre=True,
            options=(
                Option("rephase", False, "Take the median anew after each sustained run."),
                Option("sustained", 9, "Points of a run after which the median is taken anew.", least=2),
                *COMMON,
            ),
        ),
        Profile(
            "mdc_xmr",
            "NHS England, Making Data Count; point by point as the R package NHSRplotthedots 0.2.2",
            "An individuals chart, limits of 2.66 mean moving ranges. A point on the mean ends a run. Two in three: "
            "both lie between two thirds of the way to a limit and the limit, and the third on their side of the mean.",
            ("xmr",),
            (
                Rule(OUTSIDE, "A"),
                Rule(TREND, "B", 7),
                Rule(TWO_IN_THREE, "B", 3, whole=True),
                Rule(SHIFT, "B", 7, strong=8),
            ),
            options=(Option("screen", True, SCREEN.meaning), *COMMON),
        ),
        Profile(
            "anhoej",
            "Anhøj and Olesen 2014; figures as the R package qicharts2 0.8.1",
            "Any chart, with rules that grow with the series: a run longer than log2 allows, or too few crossings, "
            "which are signals of the series as a whole; and points outside limits, where the chart has limits.",
            ("run", *CONTROL_CHARTS),
            (Rule(OUTSIDE, "A"), Rule(LONG_RUN, "A"), Rule(CROSSINGS, "A")),
            skips_centre=True,
            options=(SCREEN, *COMMON),
        ),
        Profile(
            "runcharter",
            "the R package runcharter 0.2.0",
            "A run chart that rebases itself: the median of the first points, then of each run of nine on the side "
            "asked for. Series too short for a baseline and one run keep their first median.",
            ("run",),
            (Rule(SUSTAINED, "A"),),
            skips_centre=True,
            options=(
                Option("med_rows", 13, "Points of the first median.", least=1),
                Option("runlength", 9, "Points of a run on which a new median stands."),
                Option("direction", "both", "Side on which runs count.", ("above", "below", "both")),
                EXCLUDE,
            ),
        ),
        Profile(
            "phs_control",
            "Public Health Scotland, control chart rules of its indicator reports",
            "A control chart, five rules: outside limits, eight on one side, six rising or falling, two of three in "
            "the outer third of one side or beyond, fifteen in the inner third. A point on the centre line ends a run.",
            CONTROL_CHARTS,
            (
                Rule(OUTSIDE, "A"),
                Rule(SHIFT, "A", 8),
                Rule(TREND, "B", 6),
                Rule(TWO_IN_THREE, "B", 3),
                Rule(INSIDE, "B", 15),
            ),
            options=(SCREEN, *COMMON),
        ),
        Profile(
            "control",
            "Shewhart 1931; Montgomery, Introduction to Statistical Quality Control",
            "A control chart and nothing but its limits.",
            CONTROL_CHARTS,
            (Rule(OUTSIDE, "A"),),
            options=(SCREEN, *COMMON),
        ),
    )
}
