-- Every point of a series that has a profile, with its lines, its signal, and what it signalled when it was first final.
-- A line that stands on too little (vm_pipeline/signals/tentative), or whose points hang together, is shown and raises
-- no signal.
WITH before AS (  -- a left join: DuckDB takes an inner one for far larger, and builds its hash table of the points
    SELECT series.provider_code, series.team_code, series.series, known.starts_on, known.signal, known.rule, known.published_at
    FROM core.as_published AS known
    LEFT JOIN core.signal_series AS series USING (indicator_code, level, provider_code, service, team_code, grain, rule_profile)
)
SELECT series.indicator_code, series.level, series.service, series.grain, series.rule_profile, series.chart,
       series.target, point.* EXCLUDE (stretch, signal, rule, tier),
       point.is_final AND NOT point.is_tentative AND point.signal AS signal,
       CASE WHEN point.is_final AND NOT point.is_tentative AND point.signal THEN point.rule END AS rule,
       CASE WHEN point.is_final AND NOT point.is_tentative AND point.signal THEN point.tier END AS tier,
       before.signal AS signal_as_published, before.rule AS rule_as_published, before.published_at
FROM core.judged_point AS point
JOIN core.signal_series AS series USING (provider_code, team_code, series)
LEFT JOIN before USING (provider_code, team_code, series, starts_on)
