-- Points of every series that has a rule profile, as they are judged: which take part, where nothing is carried over,
-- where a recorded decision begins a new phase, which points make a fixed baseline. The newest target of a team counts.
-- `series` and `place` number the series and points of a provider in order.
WITH point AS (
    SELECT value.*, one.chart, one.profile AS rule_profile, one.factor, one.direction,
           value.status <> 'final' OR value.qualifier IS NOT DISTINCT FROM 'paused' AS is_excluded,
           value.qualifier IS NOT DISTINCT FROM 'paused' AS is_paused
    FROM vm.indicator_value AS value
    JOIN core.indicator AS one USING (indicator_code)
    WHERE one.profile IS NOT NULL AND value.value IS NOT NULL
),
one_series AS (
    SELECT *, row_number() OVER (PARTITION BY provider_code ORDER BY indicator_code, level, service, team_code, grain)::INTEGER AS series
    FROM (SELECT DISTINCT provider_code, indicator_code, level, service, team_code, grain FROM point)
),
numbered AS (
    SELECT point.*, one_series.series
    FROM point
    JOIN one_series USING (provider_code, indicator_code, level, service, team_code, grain)
),
decision AS (
    SELECT point.indicator_code, point.provider_code, point.team_code, point.grain, min(point.starts_on) AS starts_on
    FROM point
    JOIN vm.rebase AS rebase USING (indicator_code, provider_code, team_code)
    WHERE point.level = 'team' AND point.starts_on >= (rebase.rebase_from || '-01')::DATE
    GROUP BY point.indicator_code, point.provider_code, point.team_code, point.grain, rebase.rebase_from
),
target AS (
    SELECT indicator_code, provider_code, team_code, target,
           (baseline_from || '-01')::DATE AS baseline_from, last_day((baseline_to || '-01')::DATE) AS baseline_to
    FROM core.target
    QUALIFY row_number() OVER (PARTITION BY indicator_code, provider_code, team_code ORDER BY valid_from DESC) = 1
)
SELECT point.indicator_code, point.level, point.provider_code, point.service, point.team_code, point.grain, point.starts_on,
       point.rule_profile, point.chart, point.factor, point.direction,
       point.series, row_number() OVER in_order AS place,
       point.numerator::DOUBLE AS num, point.denominator::DOUBLE AS den, point.value, point.is_excluded,
       coalesce(
           NOT point.is_paused AND lag(point.is_paused) OVER in_order AND lag(point.series) OVER in_order = point.series, false
       ) AS is_after_pause,
       decision.starts_on IS NOT NULL AS begins_phase,
       coalesce(
           NOT point.is_excluded AND point.starts_on >= target.baseline_from
           AND point.starts_on + CASE point.grain WHEN 'week' THEN 6 ELSE 0 END <= target.baseline_to, false
       ) AS is_baseline,
       target.target
FROM numbered AS point
LEFT JOIN decision USING (indicator_code, provider_code, team_code, grain, starts_on)
LEFT JOIN target USING (indicator_code, provider_code, team_code)
WINDOW in_order AS (PARTITION BY point.provider_code ORDER BY point.series, point.starts_on)
