-- Signals of each series beside what its profile raises on noise, and where its centre line might be taken anew.
-- Points of a fixed baseline are not counted: what noise raises is counted without them, too.
-- Proposed only: the last points lie on one side for nine or more, so a decision may be due from the first of them on.
WITH judged AS (
    SELECT *, sign(value - centre_line) AS side FROM vm.indicator_signal WHERE is_final
),
last_side AS (
    SELECT indicator_code, level, provider_code, service, team_code, grain, max(starts_on) AS last_other
    FROM (
        SELECT *, last_value(side) OVER (
                   PARTITION BY indicator_code, level, provider_code, service, team_code, grain ORDER BY starts_on
                   ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
               ) AS final_side
        FROM judged WHERE side <> 0
    )
    WHERE side <> final_side
    GROUP BY ALL
),
last_run AS (
    SELECT judged.indicator_code, judged.level, judged.provider_code, judged.service, judged.team_code, judged.grain,
           min(judged.starts_on) AS run_from, count(*) AS points
    FROM judged
    LEFT JOIN last_side USING (indicator_code, level, provider_code, service, team_code, grain)
    WHERE judged.side <> 0 AND judged.starts_on > coalesce(last_side.last_other, DATE '1900-01-01')
    GROUP BY ALL
),
counted AS (
    SELECT indicator_code, level, provider_code, service, team_code, grain, any_value(rule_profile) AS rule_profile,
           any_value(chart) AS chart, count(*) AS points, count_if(NOT is_tentative AND NOT is_baseline) AS points_judged,
           count_if(signal AND NOT is_baseline) AS signals,
           count_if(signal AND NOT is_baseline AND tier = 'A') AS signals_tier_a,
           bool_or(is_baseline) AS has_baseline, max(phase) + 1 AS phases,
           max(starts_on) FILTER (signal AND NOT is_baseline) AS last_signal_on,
           max_by(longest_run, starts_on) AS longest_run, max_by(longest_run_max, starts_on) AS longest_run_max,
           max_by(crossings, starts_on) AS crossings, max_by(crossings_min, starts_on) AS crossings_min,
           max_by(assurance, starts_on) AS assurance
    FROM vm.indicator_signal WHERE is_final
    GROUP BY ALL
)
SELECT counted.*, noise.share AS false_alarm_share, noise.points AS false_alarm_points,
       CASE WHEN last_run.points >= 9 THEN last_run.run_from END AS rebase_proposed_from
FROM counted
LEFT JOIN last_run USING (indicator_code, level, provider_code, service, team_code, grain)
LEFT JOIN staging.noise AS noise
       ON noise.rule_profile = counted.rule_profile AND noise.has_baseline = counted.has_baseline
      AND noise.length = least(counted.points_judged, 400)
