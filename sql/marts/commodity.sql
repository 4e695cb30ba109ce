-- Cost of saving cases that name an account, and what drives it, of the teams the case names, which may be several.
-- A team may have several cases of one account, or of one activity: a line or record that more than one names counts once.
WITH one AS (
    SELECT DISTINCT provider_code, team_code, cost_centre_code, account_code, activity_measure, activity_teams
    FROM core.saving_case
    WHERE account_code IS NOT NULL AND activity_measure IS NOT NULL
),
named AS (
    SELECT DISTINCT provider_code, team_code, unnest(activity_teams) AS of_team, split_part(activity_measure, ':', 1) AS measure_code,
           nullif(split_part(activity_measure, ':', 2), '') AS outcome_code
    FROM one
),
driven AS (  -- without a list of outcomes all of them count
    SELECT provider_code, team_code, of_team, measure_code,
           CASE WHEN count(*) = count(outcome_code) THEN list(outcome_code ORDER BY outcome_code) END AS outcomes
    FROM named
    GROUP BY provider_code, team_code, of_team, measure_code
)
SELECT cost.provider_code, cost.team_code, cost.period, 'commodity_gbp' AS ingredient, sum(cost.amount_gbp)::DECIMAL(38,9) AS amount
FROM vm.fact_cost AS cost
SEMI JOIN one ON one.provider_code = cost.provider_code AND one.team_code = cost.team_code
 AND one.account_code = cost.account_code AND cost.cost_centre_code = coalesce(one.cost_centre_code, cost.cost_centre_code)
WHERE cost.period IS NOT NULL
GROUP BY ALL
UNION ALL
SELECT driven.provider_code, driven.team_code, strftime(activity.day, '%Y-%m'), 'commodity_base', sum(activity.quantity)::DECIMAL(38,9)
FROM driven
JOIN core.activity_day AS activity ON activity.provider_code = driven.provider_code AND activity.team_code = driven.of_team
 AND activity.measure_code = driven.measure_code
WHERE driven.outcomes IS NULL OR list_contains(driven.outcomes, activity.outcome_code)
GROUP BY ALL
