-- Points of every series that has a rule profile, as they are judged: which take part, where a recorded decision begins
-- a new phase, which points make a fixed baseline. `paused_on`: the last week or month up to the point that was paused,
-- with or without a value of its own; where it is another than at the point before, a pause lies between them.
WITH point AS (
    SELECT series.provider_code, series.series, series.indicator_code, series.level, series.team_code, series.grain,
           series.baseline_from, series.baseline_to, value.starts_on, value.numerator, value.denominator, value.value,
           CASE value.grain WHEN 'event' THEN 'month' ELSE value.grain END AS span_grain,
           value.status <> 'final' OR value.qualifier IS NOT DISTINCT FROM 'paused' AS is_excluded
    FROM vm.indicator_value AS value
    JOIN core.signal_series AS series USING (indicator_code, level, provider_code, service, team_code, grain)
    WHERE value.value IS NOT NULL
),
paused AS (  -- asked once a week or month of a team: its series are many
    SELECT day.*, greatest(DATE '1900-01-01', of_all.starts_on, own.starts_on) AS paused_on
    FROM (SELECT DISTINCT provider_code, team_code, span_grain, starts_on FROM point) AS day
    ASOF LEFT JOIN (SELECT * FROM core.paused WHERE of_team = '*') AS of_all
           ON of_all.provider_code = day.provider_code AND of_all.grain = day.span_grain AND of_all.starts_on <= day.starts_on
    ASOF LEFT JOIN core.paused AS own
           ON own.provider_code = day.provider_code AND own.of_team = day.team_code
          AND own.grain = day.span_grain AND own.starts_on <= day.starts_on
),
decision AS (
    SELECT point.provider_code, point.team_code, point.series, min(point.starts_on) AS starts_on
    FROM point
    JOIN vm.rebase AS rebase USING (indicator_code, provider_code, team_code)
    WHERE point.level = 'team' AND point.starts_on >= (rebase.rebase_from || '-01')::DATE
    GROUP BY point.provider_code, point.team_code, point.series, rebase.rebase_from
)
SELECT point.provider_code, point.team_code, point.series, point.starts_on,
       point.numerator::DOUBLE AS num, point.denominator::DOUBLE AS den, point.value, point.is_excluded,
       paused.paused_on,
       decision.starts_on IS NOT NULL AS begins_phase,
       coalesce(
           NOT point.is_excluded AND point.starts_on >= point.baseline_from
           AND point.starts_on + CASE point.grain WHEN 'week' THEN 6 ELSE 0 END <= point.baseline_to, false
       ) AS is_baseline
FROM point
JOIN paused USING (provider_code, team_code, span_grain, starts_on)
LEFT JOIN (SELECT DISTINCT provider_code, team_code, series, starts_on FROM decision) AS decision
       ON decision.provider_code = point.provider_code AND decision.team_code = point.team_code
      AND decision.series = point.series AND decision.starts_on = point.starts_on
