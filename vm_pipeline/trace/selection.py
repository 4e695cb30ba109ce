"""Which facts a figure is made of, as SQL on the published tables.

Belongs here: WHERE conditions, from the declared ingredients, a team and a time.
Does not belong here: running them (figure), the declarations (indicators).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from vm_pipeline.calendar import LAST_DAY, financial_year
from vm_pipeline.indicators.entry import Facts, Ingredient
from vm_pipeline.staging.naming import literal


@dataclass(frozen=True)
class Part:
    """One ingredient of one side of a figure; a weight of -1 takes it off."""

    side: str
    ingredient: Ingredient
    weight: int = 1


@dataclass(frozen=True)
class Whose:
    """Whose figure and of when. `*` stands for all, as in indicator_value; `starts_on` is a Monday or a first day."""

    code: str
    level: str
    provider_code: str
    service: str
    team_code: str
    grain: str
    starts_on: date

    @property
    def month(self) -> str:
        """`2022-07`, of a figure of a month."""
        return f"{self.starts_on:%Y-%m}"

    def months(self, since_april: bool) -> str:
        """Condition on a fact: its month is the figure's, or one before it in its financial year."""
        if not since_april:
            return f"period = {literal(self.month)}"
        return f"financial_year = {literal(financial_year(self.starts_on))} AND period <= {literal(self.month)}"

    @property
    def key(self) -> str:
        """Condition on indicator_value: exactly this figure."""
        names = ("level", "provider_code", "service", "team_code", "grain")
        said = [f"{name} = {literal(getattr(self, name))}" for name in names]
        return " AND ".join([f"indicator_code = {literal(self.code)}", *said, f"starts_on = {_day(self.starts_on)}"])

    @property
    def teams(self) -> str:
        """Condition on a fact: its team counts. Above teams, those whose own value is known are added up."""
        if self.level == "team":
            return f"provider_code = {literal(self.provider_code)} AND team_code = {literal(self.team_code)}"
        known = (
            f"SELECT provider_code, team_code FROM vm.indicator_value WHERE indicator_code = {literal(self.code)} "
            f"AND level = 'team' AND grain = {literal(self.grain)} AND starts_on = {_day(self.starts_on)} "
            "AND numerator IS NOT NULL"
        )
        known += f" AND provider_code = {literal(self.provider_code)}" if self.level != "all" else ""
        known += f" AND (provider_code, team_code) IN ({self._of_service})" if self.level == "service" else ""
        return f"(provider_code, team_code) IN ({known})"

    @property
    def _of_service(self) -> str:
        """Teams by their service on the last day, or the last that held, as sql/core/team_span has it."""
        last = _day(self.starts_on + timedelta(days=6)) if self.grain == "week" else f"last_day({_day(self.starts_on)})"
        held = f"valid_from <= {last} AND coalesce(valid_to, {_day(LAST_DAY)}) >= {_day(self.starts_on)}"
        return (
            f"SELECT provider_code, team_code FROM (FROM vm.dim_team WHERE {held} QUALIFY "
            "row_number() OVER (PARTITION BY provider_code, team_code ORDER BY valid_from DESC) = 1) "
            f"WHERE service = {literal(self.service)}"
        )


@dataclass(frozen=True)
class Selection:
    """Facts of one part. `shared_month`: their cost is of that month, and the week has its days' share of it."""

    part: Part
    facts: Facts
    where: str
    shared_month: str = ""

    @property
    def sql(self) -> str:
        """One row a fact."""
        return (
            f"SELECT '{self.part.side}' AS side, '{self.part.ingredient.name}' AS ingredient, "
            f"{self.part.weight} AS weight, batch_id, row_number, provider_code, team_code, "
            f"({self.facts.counts})::DECIMAL(38,9) AS amount\nFROM {self.facts.rows}\nWHERE {self.where}"
        )


def selections(part: Part, whose: Whose) -> list[Selection]:
    """The facts of a part, apart where they count in different ways; none where it is no sum of facts."""
    facts = part.ingredient.facts
    if facts is None:
        return []
    if facts.day:
        span = f"date_trunc('{whose.grain}', {facts.day})::DATE = {_day(whose.starts_on)}"
        return [Selection(part, facts, _and(facts.where, span, whose.teams))]
    if whose.grain == "month":
        return [Selection(part, facts, _and(facts.where, whose.months(facts.since_april), whose.teams))]
    return _cost_of_week(part, facts, whose)


def _cost_of_week(part: Part, facts: Facts, whose: Whose) -> list[Selection]:
    """Dated lines by their own week; of spread ones, the months that the week touches."""
    dated = _and(facts.where, _timing("dated"), f"week_start = {_day(whose.starts_on)}", whose.teams)
    spread = _and(facts.where, _timing("spread"), whose.teams)
    months = dict.fromkeys(f"{whose.starts_on + timedelta(days=day):%Y-%m}" for day in (0, 6))
    shared = [Selection(part, facts, _and(spread, f"period = {literal(month)}"), month) for month in months]
    return [Selection(part, facts, dated), *shared]


def _timing(kind: str) -> str:
    """Weeks have no ledger periods 0, 13 and 14."""
    return (
        f"ledger_period BETWEEN 1 AND 12 AND account_code IN "
        f"(SELECT account_code FROM vm.dim_account WHERE cost_timing = '{kind}')"
    )


def share_of_week(one: Selection, whose: Whose) -> str:
    """What of the month's spread cost is in the week, as `cost_week` shared it out."""
    return (
        "SELECT coalesce(sum(amount_gbp), 0)::DECIMAL(38,9) FROM vm.cost_week WHERE "
        + _and(one.facts.where, "cost_timing = 'spread'", f"period = {literal(one.shared_month)}")
        + f" AND week_start = {_day(whose.starts_on)} AND {whose.teams}"
    )


def query(found: Sequence[Selection]) -> str:
    """One query of every fact of a figure."""
    return "\nUNION ALL\n".join(one.sql for one in found)


def _and(*conditions: str) -> str:
    return " AND ".join(conditions)


def _day(day: date) -> str:
    return f"DATE '{day}'"
