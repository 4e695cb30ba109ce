-- The box score: one row a team and week, with baseline and target of each measure and the last week that was sampled.
-- Columns of measures come from the catalogue: every entry with a block, a column and a weekly grain.
WITH cell AS (
    SELECT value.provider_code, value.team_code, value.week_start, value.indicator_code,
           value.numerator, value.denominator, value.value,
           CASE WHEN value.status <> 'final' OR value.qualifier = 'paused'
                THEN coalesce(one.team_week_column, 'completeness_pct') END AS not_final, one.place
    FROM vm.indicator_value AS value
    JOIN core.indicator AS one USING (indicator_code)
    WHERE value.level = 'team' AND value.grain = 'week'
      AND (one.block IS NOT NULL AND one.team_week_column IS NOT NULL OR value.indicator_code = 'M02')  -- M02 counts the others
),
measured AS (
    SELECT provider_code, team_code, week_start,
           max(week_start) FILTER (indicator_code = 'C01' AND value IS NOT NULL) AS sampled_on,
           max(numerator) FILTER (indicator_code = 'M02') AS cells_filled,
           max(denominator) FILTER (indicator_code = 'M02') AS cells,
           max(value) FILTER (indicator_code = 'M02') AS completeness_pct,
           string_agg(not_final, ', ' ORDER BY place) FILTER (value IS NOT NULL) AS not_final,
           {box_score}
    FROM cell
    GROUP BY provider_code, team_code, week_start
),
sampled AS (
    SELECT provider_code, team_code, week_start,
           max(sampled_on) OVER (PARTITION BY provider_code, team_code ORDER BY week_start) AS last_sampled_week
    FROM measured
),
aimed_at AS (
    SELECT value.provider_code, value.team_code, value.week_start,
           {box_score_aims}
    FROM vm.indicator_value AS value
    JOIN core.target AS target USING (provider_code, team_code, indicator_code)
    WHERE value.level = 'team' AND value.grain = 'week'
      AND value.week_start + 6 BETWEEN coalesce(target.valid_from, DATE '1900-01-01') AND coalesce(target.valid_to, DATE '2199-12-31')
    GROUP BY value.provider_code, value.team_code, value.week_start
)
SELECT measured.* REPLACE (coalesce(cells, 0)::BIGINT AS cells, coalesce(cells_filled, 0)::BIGINT AS cells_filled),
       aimed_at.* EXCLUDE (provider_code, team_code, week_start), sampled.last_sampled_week
FROM measured
JOIN sampled USING (provider_code, team_code, week_start)
LEFT JOIN aimed_at USING (provider_code, team_code, week_start)
