-- The box score: one row a team and week, with baseline and target of each measure and the last week that was sampled.
-- Columns of measures come from the catalogue: every entry with a block, a column and a weekly grain.
WITH cell AS (
    SELECT value.provider_code, value.team_code, value.week_start, one.team_week_column AS measure, one.block,
           value.value, target.baseline::DOUBLE AS baseline, target.target::DOUBLE AS target
    FROM vm.indicator_value AS value
    JOIN core.indicator AS one USING (indicator_code)
    LEFT JOIN core.target AS target
           ON target.provider_code = value.provider_code AND target.team_code = value.team_code
          AND target.indicator_code = value.indicator_code
          AND value.week_start + 6 >= coalesce(target.valid_from, DATE '1900-01-01')
          AND value.week_start + 6 <= coalesce(target.valid_to, DATE '2199-12-31')
    WHERE value.level = 'team' AND value.grain = 'week' AND one.block IS NOT NULL AND one.team_week_column IS NOT NULL
),
whole AS (
    SELECT provider_code, team_code, week_start, numerator, denominator, value
    FROM vm.indicator_value
    WHERE indicator_code = 'M02' AND level = 'team'
),
side_by_side AS (
    SELECT provider_code, team_code, week_start,
           max(week_start) FILTER (block = 'capacity' AND value IS NOT NULL AND measure = 'direct_time_pct') AS sampled_on,
           {box_score}
    FROM cell
    GROUP BY provider_code, team_code, week_start
)
SELECT side_by_side.*,
       max(sampled_on) OVER (PARTITION BY provider_code, team_code ORDER BY week_start) AS last_sampled_week,
       coalesce(whole.denominator, 0)::BIGINT AS cells, coalesce(whole.numerator, 0)::BIGINT AS cells_filled,
       whole.value AS completeness_pct
FROM side_by_side
LEFT JOIN whole USING (provider_code, team_code, week_start)
