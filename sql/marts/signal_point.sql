-- Points of every series that has a rule profile, as they are judged: which take part, where a recorded decision begins
-- a new phase, which points make a fixed baseline.
WITH point AS (
    SELECT series.provider_code, series.series, series.indicator_code, series.level, series.team_code, series.grain,
           series.baseline_from, series.baseline_to, value.starts_on, value.numerator, value.denominator, value.value,
           value.qualifier IS NOT DISTINCT FROM 'paused' AS is_paused,
           value.status <> 'final' OR value.qualifier IS NOT DISTINCT FROM 'paused' AS is_excluded
    FROM vm.indicator_value AS value
    JOIN core.signal_series AS series USING (indicator_code, level, provider_code, service, team_code, grain)
    WHERE value.value IS NOT NULL
),
decision AS (
    SELECT point.provider_code, point.team_code, point.series, min(point.starts_on) AS starts_on
    FROM point
    JOIN vm.rebase AS rebase USING (indicator_code, provider_code, team_code)
    WHERE point.level = 'team' AND point.starts_on >= (rebase.rebase_from || '-01')::DATE
    GROUP BY point.provider_code, point.team_code, point.series, rebase.rebase_from
)
SELECT point.provider_code, point.team_code, point.series, point.starts_on,
       point.numerator::DOUBLE AS num, point.denominator::DOUBLE AS den, point.value, point.is_excluded, point.is_paused,
       decision.starts_on IS NOT NULL AS begins_phase,
       coalesce(
           NOT point.is_excluded AND point.starts_on >= point.baseline_from
           AND point.starts_on + CASE point.grain WHEN 'week' THEN 6 ELSE 0 END <= point.baseline_to, false
       ) AS is_baseline
FROM point
LEFT JOIN (SELECT DISTINCT provider_code, team_code, series, starts_on FROM decision) AS decision
       USING (provider_code, team_code, series, starts_on)
