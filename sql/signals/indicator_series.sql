-- Signals of each series beside what its profile raises on noise, and where its centre line might be taken anew.
-- Points of a fixed baseline are not counted: what noise raises is counted without them, too. Points that could have
-- signalled are, whether they did or not.
-- Proposed only: the last points lie on one side for nine or more, so a decision may be due from the first of them on.
WITH judged AS (
    SELECT series.indicator_code, series.level, series.service, series.grain, series.rule_profile, series.chart,
           point.* REPLACE (point.signal AND NOT point.is_tentative AS signal), sign(point.value - point.centre_line) AS side,
           point.stretch = max(point.stretch) OVER (PARTITION BY point.provider_code, point.team_code, point.series) AS is_last
    FROM core.judged_point AS point
    JOIN core.signal_series AS series USING (provider_code, team_code, series)
    WHERE point.is_final
),
counted AS (
    SELECT indicator_code, level, provider_code, service, team_code, grain, any_value(rule_profile) AS rule_profile,
           any_value(chart) AS chart, count(*) AS points, count_if(is_asked AND NOT is_baseline) AS points_judged,
           count_if(signal AND NOT is_baseline) AS signals,
           count_if(signal AND NOT is_baseline AND tier = 'A') AS signals_tier_a,
           bool_or(is_baseline) AS has_baseline, max(phase) + 1 AS phases,
           max(starts_on) FILTER (signal AND NOT is_baseline) AS last_signal_on,
           arg_max_null(longest_run, starts_on) AS longest_run, arg_max_null(longest_run_max, starts_on) AS longest_run_max,
           arg_max_null(crossings, starts_on) AS crossings, arg_max_null(crossings_min, starts_on) AS crossings_min,
           arg_max_null(assurance, starts_on) AS assurance,
           max(starts_on) FILTER (side > 0 AND is_last) AS last_above,
           max(starts_on) FILTER (side < 0 AND is_last) AS last_below
    FROM judged
    GROUP BY ALL
),
last_run AS (  -- begins after the last point of the other side, and is carried across no pause and no decision
    SELECT judged.indicator_code, judged.level, judged.provider_code, judged.service, judged.team_code, judged.grain,
           min(judged.starts_on) AS run_from, count(*) AS points
    FROM judged
    JOIN counted USING (indicator_code, level, provider_code, service, team_code, grain)
    WHERE judged.side <> 0 AND judged.is_last AND judged.is_asked
      AND (counted.last_above IS NULL OR counted.last_below IS NULL OR judged.starts_on > least(counted.last_above, counted.last_below))
    GROUP BY ALL
)
SELECT counted.* EXCLUDE (last_above, last_below), noise.share AS false_alarm_share, noise.points AS false_alarm_points,
       CASE WHEN last_run.points >= 9 THEN last_run.run_from END AS rebase_proposed_from
FROM counted
LEFT JOIN last_run USING (indicator_code, level, provider_code, service, team_code, grain)
LEFT JOIN staging.noise AS noise
       ON noise.rule_profile = counted.rule_profile AND noise.has_baseline = counted.has_baseline
      AND noise.length = least(counted.points_judged, 400)
