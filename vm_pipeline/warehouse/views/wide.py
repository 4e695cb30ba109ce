"""One row with everything in it: the box score, indicators, savings, for a tool or a person that does not join.

Belongs here: views with names in them. Does not belong here: the star, what was received (quality).
"""

from vm_pipeline.indicators.catalogue import BOX_SCORE
from vm_pipeline.warehouse.tables.columns import FLAG, TEXT
from vm_pipeline.warehouse.tables.dimensions import dim_indicator, dim_provider, dim_team
from vm_pipeline.warehouse.tables.indicators import indicator_signal, indicator_value, team_week
from vm_pipeline.warehouse.tables.teams import saving
from vm_pipeline.warehouse.views.columns import all_but, date_key, every, own, provider_key, same, team_key, view

bi_box_score = view(
    "bi_box_score",
    "One row a team and week: of each measure of the box score its value, baseline, target, and whether it signals.",
    ("team_key", "week_start"),
    provider_key(),
    team_key(),
    date_key("Monday of the week"),
    *every(dim_provider, "provider_name"),
    *every(dim_team, "team_name", "service", "care_setting"),
    *all_but(team_week, "provider_code"),
    *(
        own(f"{one.column}_signal", FLAG, f"{one.name} ({one.code}): whether the week signals; empty = not judged.")
        for one in BOX_SCORE
    ),
)
bi_indicator = view(
    "bi_indicator",
    "One row an indicator, member of a level, and week, month or event, with its lines and signal on its chart.",
    ("indicator_code", "level", "member", "grain", "starts_on"),
    same(indicator_value.c.indicator_code, "bi_dim_indicator"),
    *every(dim_indicator, "indicator_name", "block", "direction"),
    *every(indicator_value, "level"),
    own("member", TEXT, "Whose value it is: provider and team, provider and service, provider, or `*`.", True),
    own("member_name", TEXT, "Its name, with that of its provider."),
    *every(indicator_value, "grain", "starts_on"),
    date_key("First day of the week or month, day of the event"),
    provider_key(optional=True),
    *every(dim_provider, "provider_name"),
    team_key(optional=True),
    *every(dim_team, "team_name", "service"),
    *every(indicator_value, "numerator", "denominator", "value", "unit", "status", "qualifier"),
    *every(indicator_signal, "chart", "rule_profile", "centre_line", "lower_limit", "upper_limit", optional=True),
    *every(indicator_signal, "target", "assurance", "is_final", "signal", "rule", "tier", optional=True),
    filters=("level", "grain", "indicator_code"),
)
bi_saving = view(
    "bi_saving",
    "One row a declared saving and pair of windows, with names.",
    tuple(saving.primary_key.columns.keys()),
    provider_key(),
    team_key(optional=True),
    *every(dim_provider, "provider_name"),
    *every(dim_team, "team_name", "service"),
    *all_but(saving, "provider_code"),
)
