"""What an ingredient and an indicator are: the fields of the catalogue, and what follows from them alone.

Belongs here: the shape of an entry, its formula in words, its value from a numerator and a denominator.
Does not belong here: any one indicator (finance, performance, capacity, staff, value, meta), SQL (sql/marts).
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["sum", "ratio", "distinct", "median", "gap", "class", "completeness", "saving", "moment"]
KINDS: dict[Kind, str] = {
    "sum": "Rolls up as the sum of numerators.",
    "ratio": "Rolls up as the sum of numerators over the sum of denominators, never as a mean of ratios.",
    "distinct": "Counted again from facts at each level: who is at two teams is one at their provider.",
    "median": "The middle of the facts at each level; the denominator is how many there are.",
    "gap": "Days between events, events of all teams of a level put in one line.",
    "class": "A class in `qualifier`, found again at each level; `value` is the change of cost in per cent.",
    "completeness": "Counted from the indicators themselves.",
    "saving": "Worked out for declared cases, in the table `saving`.",
    "moment": "Read from `batch`: it follows from when files came, and differs between nights of one content.",
}
IN_INDICATOR_VALUE: tuple[Kind, ...] = ("sum", "ratio", "distinct", "median", "gap", "class", "completeness")
LEVELS = ("team", "service", "provider", "all")
BLOCKS = ("performance", "capacity", "cost")


@dataclass(frozen=True)
class Facts:
    """Rows of one fact table that are added up, as SQL on its columns: which, and what of each.

    `day` puts a row into its week and month; empty for costs and budgets, whose month is the ledger's and whose weeks
    follow the timing of the account. `since_april`: a month has those of its financial year so far. `of_team`: SELECT
    of the rows as those of the team they count for, where that is another than their own.
    """

    table: str
    where: str
    counts: str
    day: str = ""
    since_april: bool = False
    of_team: str = ""

    @property
    def rows(self) -> str:
        """What the rows are selected from; conditions may name it by the name of the table."""
        return f"({self.of_team}) AS {self.table}" if self.of_team else f"vm.{self.table}"


@dataclass(frozen=True)
class Ingredient:
    """Something counted per provider, team and week or month. Numerators and denominators are made of these.

    `source`: feed and what of it, `activity/fall`. `counted`: no record means none, where the feed was received; other
    ingredients are unknown without a record. The rest says where it is found: an activity measure and outcome, cost
    categories, a survey question, or `stated`, the facts themselves. Ingredients that say none of these have SQL of
    their own in sql/marts. `chosen_from`: the feed whose facts are added up, where `source` is a reference file that
    says which.
    """

    name: str
    unit: str
    source: str
    meaning: str
    counted: bool = False
    measure: str = ""
    outcome: str = ""
    categories: tuple[str, ...] = ()
    direct_only: bool = False
    question: str = ""
    stated: Facts | None = None
    chosen_from: str = ""

    @property
    def feed(self) -> str:
        """The feed, or `reference`, that it comes from."""
        return self.source.partition("/")[0]

    @property
    def waits_for(self) -> str:
        """The feed without whose days it is not whole."""
        return self.chosen_from or self.feed

    @property
    def is_positive(self) -> bool:
        """Whether it counts positive answers, rather than all."""
        return self.name.endswith("_positive")

    @property
    def facts(self) -> Facts | None:
        """The facts it is the sum of, by what is declared; None where it is worked out in another way."""
        if self.categories:
            listed = ", ".join(f"'{one}'" for one in self.categories)
            return Facts("fact_cost", f"cost_category IN ({listed}){' AND is_direct' * self.direct_only}", "amount_gbp")
        if self.measure:
            outcome = f" AND outcome_code = '{self.outcome}'" if self.outcome else ""
            return Facts("fact_activity", f"measure_code = '{self.measure}'{outcome}", "quantity", "start_at")
        if self.question:
            answered = f"question_code = '{self.question}' AND positive IS NOT NULL"
            return Facts("fact_survey", answered, "positive" if self.is_positive else "answers", "wave_date")
        return self.stated


@dataclass(frozen=True)
class Example:
    """One value worked by hand."""

    numerator: float
    denominator: float | None
    value: float
    said: str


@dataclass(frozen=True)
class Indicator:
    """One indicator.

    `numerator` and `denominator` name ingredients that are added up, with `-` before one that is taken off. `factor`
    scales the ratio: 100 for per cent. `column` is its name in the box score. `minimum`: a smaller denominator is
    provisional. `lag_weeks`, `lag_months`: periods after its own before a value is final. `is_sampled`: only periods
    that were sampled have a value. `profile` names the one rule profile that raises its signals. `hangs_together`:
    grains at which a point is largely made of what the one before it was made of, so that rules of chance do not apply.
    """

    code: str
    name: str
    kind: Kind
    unit: str
    direction: Literal["higher", "lower", "neutral"]
    chart: Literal["run", "xmr", "p", "pp", "u", "up", "c", "g", "t", ""]
    profile: str
    meaning: str
    example: Example
    numerator: tuple[str, ...] = ()
    denominator: tuple[str, ...] = ()
    factor: int = 1
    grains: tuple[str, ...] = ("week", "month")
    levels: tuple[str, ...] = LEVELS
    block: Literal["performance", "capacity", "cost", ""] = ""
    column: str = ""
    team_month_column: str = ""
    minimum: int = 0
    lag_weeks: int = 0
    lag_months: int = 0
    is_sampled: bool = False
    hangs_together: tuple[str, ...] = ()
    worked_out: str = ""
    notes: str = ""

    @property
    def formula(self) -> str:
        """In words of ingredients, unless the entry says it itself."""
        if self.worked_out or not self.numerator:
            return self.worked_out
        over = f" ÷ {_sum(self.denominator)}" if self.denominator else ""
        scale = f"{self.factor:,} × " if self.factor != 1 else ""
        return f"{scale}{_sum(self.numerator)}{over}"

    @property
    def is_generic(self) -> bool:
        """Whether one statement computes it from its ingredients."""
        return self.kind in ("sum", "ratio", "distinct")

    @property
    def in_box_score(self) -> bool:
        """Whether `team_week` has columns of it."""
        return bool(self.block and self.column and "week" in self.grains)


def sign_and_name(part: str) -> tuple[int, str]:
    """`-direct_hours` is (-1, `direct_hours`)."""
    return (-1, part[1:]) if part.startswith("-") else (1, part)


def _sum(parts: tuple[str, ...]) -> str:
    text = " + ".join(parts).replace("+ -", "− ")
    return f"({text})" if len(parts) > 1 else text
