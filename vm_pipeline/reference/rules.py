"""The page of rules: profiles, rules and charts, each with formula, source, tiers and an example worked by hand.

Belongs here: the declared profiles as Markdown, formulas in words, worked examples, where references disagree.
Does not belong here: which rules a profile has (indicators/profiles), how they are computed (signals).
"""

from dataclasses import dataclass

from vm_pipeline.indicators import profiles
from vm_pipeline.indicators.noise import false_alarms
from vm_pipeline.indicators.profiles import PROFILES, WORDS, Option, Profile, Rule
from vm_pipeline.reference.judged import LEGEND, image, of_values
from vm_pipeline.reference.markdown import code, codes, joined, table, words_for
from vm_pipeline.signals.limits import CHARTS

LENGTHS_SHOWN = (12, 24, 36, 52, 104)


@dataclass(frozen=True)
class Worked:
    """An example: values that a profile judges, the places (from 1) that the rule flags, and the working."""

    profile: str
    values: tuple[float, ...]
    flagged: tuple[int, ...]
    working: str


WORKED: dict[str, Worked] = {
    profiles.OUTSIDE: Worked(
        "mdc_xmr",
        (5, 7) * 6 + (13,),
        (13,),
        "Mean 85 ÷ 13 = 6.538. Moving ranges: eleven of 2 and one of 6, mean 28 ÷ 12 = 2.333; 6 is below 3.267 ×"
        " 2.333 = 7.623, so none is left out. Upper limit 6.538 + 2.66 × 2.333 = 12.745; 13 lies above it.",
    ),
    profiles.SHIFT: Worked(
        "his_run",
        (2, 2, 9, 2, 2, 2, 7, 8, 5, 7, 8, 9, 7, 2, 2),
        tuple(range(7, 14)),
        "The median of the fifteen is 5. From the seventh point on, 7, 8, 7, 8, 9, 7 are six above it in a row; the 5 "
        "between them lies on the median: it neither breaks the run nor counts, and is flagged with it.",
    ),
    profiles.TREND: Worked(
        "his_run",
        (6, 2, 3, 3, 5, 7, 9, 1, 8, 1, 8, 1),
        tuple(range(2, 8)),
        "2, 3, 5, 7, 9 are five that rise. The second 3 repeats the one before: it neither breaks nor counts, and is "
        "flagged with them.",
    ),
    profiles.TWO_IN_THREE: Worked(
        "mdc_xmr",
        (5, 7) * 10 + (11, 11, 7),
        (21, 22),
        "Mean 149 ÷ 23 = 6.478. Moving ranges 19 × 2 + 4 + 0 + 4 = 46, mean 46 ÷ 22 = 2.091. Upper limit 6.478 +"
        " 2.66 × 2.091 = 12.040, two thirds of the way 10.186. 11, 11, 7 lie above the mean, and two of them between"
        " the two.",
    ),
    profiles.INSIDE: Worked(
        "phs_control",
        (0, 10, 0, 10) + (5, 6) * 8,
        tuple(range(5, 21)),
        "Mean 108 ÷ 20 = 5.4. Moving ranges 3 × 10 + 5 + 15 × 1 = 50, mean 50 ÷ 19 = 2.632; σ = 2.632 ÷ 1.128 = 2.333. "
        "The last sixteen points lie within 2.333 of 5.4; the first four do not.",
    ),
    profiles.LONG_RUN: Worked(
        "anhoej",
        (1, 9, 1, 9) + (9,) * 7 + (1,) * 8 + (9,),
        tuple(range(1, 21)),
        "The median of the twenty is 5, ten lie above it and ten below: all twenty are useful. round(log2 20) + 3 ="
        " 4 + 3 = 7. From the fourth point on eight in a row lie above: more than 7.",
    ),
    profiles.CROSSINGS: Worked(
        "anhoej",
        ((1,) * 6 + (9,) * 6) * 2,
        tuple(range(1, 25)),
        "The median of the twenty-four is 5; no run is longer than 6, and round(log2 24) + 3 = 8. The line is"
        " crossed 3 times. Of 23 tosses of a coin 7 heads or fewer come with a chance of 0.047, 8 or fewer with"
        " 0.105: the 5% point is 8, and 3 is less.",
    ),
    profiles.SUSTAINED: Worked(
        "runcharter",
        (4, 6) * 6 + (5,) + (8, 9) * 4 + (8,),
        tuple(range(14, 23)),
        "The first median is that of thirteen points, 5. The next nine all lie above it: a new median stands on them"
        " from the first of them on, 8.",
    ),
}

# One series for every profile, so that the drawings show where they differ: a point far out, a trend, a shift.
ONE_SERIES = (
    20,
    22,
    19,
    21,
    18,
    21,
    31,
    20,
    19,
    21,
    17,
    18,
    19,
    20,
    21,
    22,
    23,
    19,
    21,
    18,
    24,
    25,
    23,
    26,
    24,
    25,
    23,
    25,
)

FORMULAS = {
    "run": ("value", "median", "none"),
    "i": ("value", "mean", "mean ± 3 × mean moving range ÷ 1.128"),
    "xmr": ("value", "mean", "mean ± 2.66 × mean moving range"),
    "mr": ("distance from the point before", "mean", "0 and 3.267 × mean"),
    "p": ("num ÷ den", "p̄ = Σ num ÷ Σ den", "p̄ ± 3 √(p̄ (1 − p̄) ÷ den), within 0 and 1"),
    "pp": ("num ÷ den", "p̄ = Σ num ÷ Σ den", "as p, times the mean moving range of z ÷ 1.128, where points vary"),
    "u": ("value, or num ÷ den", "ū = Σ num ÷ Σ den", "ū ± 3 √(ū ÷ den), not below 0"),
    "up": (
        "value, or num ÷ den",
        "ū = Σ num ÷ Σ den",
        "as u, times the mean moving range of z ÷ 1.128, where points vary",
    ),
    "c": ("value", "mean c̄", "c̄ ± 3 √c̄, not below 0"),
    "g": ("value", "median", "ḡ ± 3 √(ḡ (ḡ + 1)) of the mean ḡ, not below 0"),
    "t": ("value", "m³·⁶, m the mean of value^(1 ÷ 3.6)", "limits of an i chart of value^(1 ÷ 3.6), to the power 3.6"),
}

DISAGREEMENTS = (
    "**Points on the centre line.** They neither break a run nor count in the Scottish text, in runchart, qicharts2"
    " and runcharter; they end it in NHSRplotthedots, and in code of Public Health Scotland whose text says"
    " otherwise. Each profile follows its own reference; `his_run` follows the text, but where most points of a series"
    " lie on its median: there they end a run, or of weeks that are 0% or 100% every other week would be in one."
    " Its points on the line after a run are flagged with it, until one lies on a side, as in runchart; they are no"
    " points of the run, so of tier B.",
    "**Limits of no width.** Where moving ranges are 0 on average, large ones left out, NHSRplotthedots puts both"
    " limits on the mean and all points outside; here there are none.",
    "**Thirds of a t chart** are those of the root. Carried back, the lower limit lies far nearer to the centre than"
    " the upper, and on the scale of days nearly all points would lie in the inner third. Those of a g chart lie"
    " around the mean, as its limits do, not around the median.",
    "**Moving ranges beside a gap.** An empty value has none on either side of it, as in qicharts2. Where there is no"
    " row at all (in the warehouse: no value), or an excluded point, the points on either side of it are neighbours.",
    "**Runs of moving ranges.** Two neighbours share a point, so `anhoej` judges an mr chart by its limits alone;"
    " `phs_control` asks all its rules.",
    "**Large moving ranges.** NHSRplotthedots leaves those above 3.267 times their mean out, once; the Excel tool of"
    " Making Data Count does not. qicharts2 does where the package is attached, not where it is called by name; the"
    " recorded results are of the second kind. `mdc_xmr` leaves them out, the others do not; `screen` changes either.",
    "**2.66 or 3 ÷ 1.128.** NHS England rounds, qicharts2 does not. Chart `xmr` has the first, `i` the second.",
    "**Shifts of 6, 7, 8 points or by length; trends of 5, 6 or 7.** As the table of each profile says.",
    "**Points left out of a baseline.** A frozen baseline counts places, whether their points take part or not, as in "
    "qicharts2.",
    "**Trends going down.** NHSRplotthedots 0.2.2 labels them as increasing; here a signal has no such label.",
)


def rules_page() -> str:
    """Every profile, rule and chart."""
    return joined(
        "# Rules\n\nA profile is a set of rules that judges the points of a series. An indicator has one "
        "([indicators](indicators.md)); `vm-pipeline signals` judges any CSV by one ([command line](cli.md#signals)).",
        _tiers(),
        _contents(),
        *map(_profile, PROFILES.values()),
        "## The rules",
        *(_rule(name, says) for name, says in words_for(WORDS, WORKED, "rules").items()),
        _charts(),
        "## Where references disagree",
        "\n".join(f"- {one}" for one in DISAGREEMENTS),
    )


def rule_charts() -> dict[str, str]:
    """The drawing of every profile and rule, by its name."""
    profile_charts = {name: of_values(name, ONE_SERIES, name) for name in PROFILES}
    return profile_charts | {name: of_values(name, one.values, one.profile) for name, one in WORKED.items()}


def _tiers() -> str:
    return joined(
        "## Tiers",
        "A signal is of tier A when noise alone seldom gives it: a point outside the limits, a shift of eight or"
        " more, the rules on a whole series. Tier B asks for a look. The tables of false alarms below say how often a"
        " profile signals on nothing but noise (independent normal values); they are published beside the signals"
        " found.",
        "A missing value, an excluded point and a point of a pause take no part: they neither break a run nor count,"
        " and have no signal. Nothing is carried across a pause: no run, no crossing, no moving range.",
    )


def _contents() -> str:
    rows = [(f"[{one.name}](#{one.name})", one.follows, codes(one.charts)) for one in PROFILES.values()]
    values = ", ".join(map(str, ONE_SERIES))
    return joined(
        "## Profiles",
        table(("profile", "follows", "charts"), rows),
        f"Each is drawn on its first chart, with one made-up series: {values}. {LEGEND} Beside a worked example every"
        " signal of its profile is coloured, not only those of the rule.",
    )


def _profile(one: Profile) -> str:
    return joined(
        f"### {one.name}",
        one.description,
        table(("rule, the first names the signal", "points", "tier"), [_in_profile(rule) for rule in one.rules]),
        image(one.name, f"The series of all profiles, judged by {one.name}") + "\n",
        table(("option", "default", "what it does"), [_option(option) for option in one.options]),
        _noise(one.name),
    )


def _in_profile(rule: Rule) -> tuple[str, str, str]:
    strong = f"; A from {rule.strong} points" if rule.strong else ""
    return f"[{rule.code}](#{rule.code})", str(rule.length or ""), rule.tier + strong


def _option(option: Option) -> tuple[str, str, str]:
    default = str(option.default).lower() if isinstance(option.default, bool) else str(option.default)
    among = f" One of {codes(option.choices)}." if option.choices else ""
    return code(option.name), code(default), option.meaning + among


def _noise(profile: str) -> str:
    found = [false_alarms(profile, length) for length in LENGTHS_SHOWN]
    return table(
        ("on noise", *(f"{length} points" for length in LENGTHS_SHOWN)),
        [
            ("share of series with a signal", *(f"{one.share:.2f}" for one in found)),
            ("signalled points a series", *(f"{one.points:.1f}" for one in found)),
        ],
    )


def _rule(name: str, says: str) -> str:
    one = WORKED[name]
    values = ", ".join(f"{value:g}" for value in one.values)
    return joined(
        f"### {name}",
        says,
        f"Worked by hand, profile {code(one.profile)}: {values}.",
        one.working,
        image(name, f"The example of {name}, judged by {one.profile}"),
    )


def _charts() -> str:
    said = words_for(dict.fromkeys(FORMULAS, ""), CHARTS, "charts")
    return joined(
        "## Charts",
        "Lines are made of the points of the baseline and hold for all points of a phase. z is the distance from the"
        " centre in standard deviations. Sources: Montgomery, Introduction to Statistical Quality Control, chapters 6"
        " and 7; Laney 2002 for p′ (`pp`) and u′ (`up`); Nelson 1982 for large moving ranges, 1994 for t.",
        table(("chart", "plots", "centre line", "limits"), [(code(name), *FORMULAS[name]) for name in said]),
    )
