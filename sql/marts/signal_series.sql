-- Every series that has a rule profile, and how it is judged. The newest target of a team that has begun counts; months
-- that it names make a fixed baseline. `series` numbers those of a team in order.
WITH one_series AS (
    SELECT DISTINCT value.indicator_code, value.level, value.provider_code, value.service, value.team_code, value.grain
    FROM vm.indicator_value AS value
    JOIN core.indicator AS one USING (indicator_code)
    WHERE one.profile IS NOT NULL AND value.value IS NOT NULL
),
target AS (
    SELECT indicator_code, provider_code, team_code, target,
           (baseline_from || '-01')::DATE AS baseline_from, last_day((baseline_to || '-01')::DATE) AS baseline_to
    FROM core.target_now
)
SELECT one_series.*,
       row_number() OVER (PARTITION BY one_series.provider_code, one_series.team_code ORDER BY one_series.indicator_code, level, service, grain)::INTEGER AS series,
       one.profile AS rule_profile, one.chart, one.factor, one.direction,
       target.target, target.baseline_from, target.baseline_to
FROM one_series
JOIN core.indicator AS one USING (indicator_code)
LEFT JOIN target USING (indicator_code, provider_code, team_code)
