-- Coaches with the day they were enrolled and the first day in a higher band than they began in: of posts that began on one
-- day, the highest. Published as counts.
WITH post AS (
    SELECT provider_code, coach_ref, team_code, coalesce(valid_from, DATE '1900-01-01') AS valid_from, band,
           first_value(band) OVER one AS band_before, first_value(team_code) OVER one AS first_team
    FROM staging.role_log
    WHERE occasion = 'post' AND coach_ref IS NOT NULL
    WINDOW one AS (PARTITION BY provider_code, coach_ref ORDER BY coalesce(valid_from, DATE '1900-01-01'), band DESC NULLS LAST, team_code)
)
SELECT provider_code, coach_ref, any_value(first_team) AS team_code, min(valid_from) AS enrolled_on,
       min(valid_from) FILTER (band > band_before) AS progressed_on
FROM post
GROUP BY provider_code, coach_ref
