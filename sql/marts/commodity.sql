-- Cost of saving cases that name an account, and what drives it, of the teams the case names, which may be several.
WITH one AS (
    SELECT DISTINCT provider_code, case_code, team_code, cost_centre_code, account_code, activity_measure, activity_teams
    FROM core.saving_case
    WHERE account_code IS NOT NULL AND activity_measure IS NOT NULL
)
SELECT one.provider_code, one.team_code, cost.period, 'commodity_gbp' AS ingredient, sum(cost.amount_gbp)::DECIMAL(38,3) AS amount
FROM one
JOIN vm.fact_cost AS cost ON cost.provider_code = one.provider_code AND cost.team_code = one.team_code
 AND cost.account_code = one.account_code AND cost.cost_centre_code = coalesce(one.cost_centre_code, cost.cost_centre_code)
WHERE cost.period IS NOT NULL
GROUP BY ALL
UNION ALL
SELECT one.provider_code, one.team_code, strftime(activity.day, '%Y-%m'), 'commodity_base', sum(activity.quantity)::DECIMAL(38,3)
FROM one
JOIN core.activity_day AS activity ON activity.provider_code = one.provider_code
 AND list_contains(one.activity_teams, activity.team_code) AND activity.measure_code = split_part(one.activity_measure, ':', 1)
 AND (NOT contains(one.activity_measure, ':') OR activity.outcome_code = split_part(one.activity_measure, ':', 2))
GROUP BY ALL
