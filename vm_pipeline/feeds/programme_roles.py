"""Who takes part in the programme's own work: roles at huddles, coaches' posts, how coaches rate themselves.

Belongs here: the columns of `role_log.csv` and `coach_survey.csv` and the rules a row must meet.
Does not belong here: staff surveys (survey), what is counted of these (sql/core), other reference tables (reference).

`coach_ref` stands for a coach and is in no published table.
"""

from vm_pipeline.feeds.contract import Column, Fault, Privacy, Rule, missing, not_of, only_where
from vm_pipeline.feeds.reference_table import BACKWARDS, PROVIDER, optional
from vm_pipeline.feeds.values import CODE, COUNT, DATE, LOWER_CODE, TEXT

_COACH = "A number that stands for one coach."
_TOP_RATING = 10

ROLE_LOG = (
    PROVIDER,
    Column("team_code", CODE, "Team whose huddle it was, or that the coach belongs to."),
    Column("occasion", LOWER_CODE, "`huddle`: a role was present; `post`: a coach held a post."),
    Column("valid_from", DATE, "Day of the huddle, or first day of the post."),
    optional("valid_to", DATE, "The same day, or last day of the post; empty = still held."),
    Column("role_family", LOWER_CODE, "`clinical` `finance` `data` `pharmacy` `improvement` …"),
    optional("role", TEXT, "The role in words."),
    optional("band", COUNT, "Pay band of a post."),
    Column("coach_ref", CODE, f"{_COACH} Of a post.", optional=True, privacy=Privacy.IDENTIFIER),
)
ROLE_LOG_KEY = ("provider_code", "team_code", "role_family", "valid_from_sent")
ROLE_LOG_RULES = (
    Rule("bad_occasion", "Neither a huddle nor a post.", not_of("occasion", ("huddle", "post"))),
    BACKWARDS,
    Rule("nobody_s_post", "A post without its coach.", only_where("occasion = 'post'", missing("coach_ref"))),
)

COACH_SURVEY = (
    PROVIDER,
    Column("coach_ref", CODE, _COACH, privacy=Privacy.IDENTIFIER),
    Column("wave", LOWER_CODE, "`before` or `after` the programme's training."),
    optional("answered_on", DATE, "Day of the answer."),
    Column("item_code", CODE, "What is rated: `KNOWLEDGE`, `SKILL`, `CONFIDENCE` …"),
    Column("rating", COUNT, "0 to 10."),
)
COACH_SURVEY_KEY = ("provider_code", "coach_ref", "item_code", "rating_sent")
COACH_SURVEY_ALONE = ("provider_code", "coach_ref", "wave", "item_code")
COACH_SURVEY_RULES = (
    Rule("bad_wave", "Neither before nor after.", not_of("wave", ("before", "after"))),
    Rule("bad_rating", "The rating is above 10.", (Fault("rating", f"rating > {_TOP_RATING}", f"0 to {_TOP_RATING}"),)),
)
