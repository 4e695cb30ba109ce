-- Values of all indicators of all kinds, before anything is said of their state.
SELECT level.indicator_code, level.level, level.provider_code, level.service, level.team_code, level.grain, level.starts_on,
       level.numerator, level.denominator,
       CASE WHEN one.denominator IS NULL THEN one.factor * level.numerator::DOUBLE
            ELSE one.factor * level.numerator::DOUBLE / nullif(level.denominator, 0)::DOUBLE END AS value,
       level.is_known, level.is_known AND one.denominator IS NOT NULL AND level.denominator = 0 AS is_zero,
       level.lacks_part AND NOT one.is_sampled AS lacks_part, level.lacks_ledger, level.lacks_activity, NULL AS said, false AS is_open
FROM core.indicator_level AS level
JOIN core.indicator AS one USING (indicator_code)
UNION ALL
SELECT indicator_code, level, provider_code, service, team_code, grain, starts_on, NULL, denominator, value,
       value IS NOT NULL, false, false, false, lacks_activity, NULL, false
FROM core.indicator_median
UNION ALL
SELECT indicator_code, level, provider_code, service, team_code, grain, starts_on, numerator, denominator,
       numerator::DOUBLE / denominator::DOUBLE, true, false, false, false, false, CASE WHEN is_open THEN 'open_gap' END, is_open
FROM core.indicator_gap
UNION ALL
SELECT indicator_code, level, provider_code, service, team_code, grain, starts_on, NULL, NULL, value,
       true, false, false, false, false, class, false
FROM core.indicator_class
UNION ALL
SELECT 'M02', level.level, level.provider_code, level.service, level.team_code, 'week', level.starts_on,
       count(*) FILTER (level.is_known AND (one.denominator IS NULL OR level.denominator <> 0)), count(*),
       100 * count(*) FILTER (level.is_known AND (one.denominator IS NULL OR level.denominator <> 0))::DOUBLE / count(*)::DOUBLE,
       true, false, false, false, false, NULL, false
FROM core.indicator_level AS level
JOIN core.indicator AS one USING (indicator_code)
WHERE level.grain = 'week' AND one.block IS NOT NULL AND one.team_week_column IS NOT NULL AND NOT one.is_sampled
GROUP BY level.level, level.provider_code, level.service, level.team_code, level.starts_on
