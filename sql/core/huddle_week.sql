-- Weeks in which a team met, and which professions were at the table. A huddle may be in the activity, in the log, or both.
WITH present AS (
    SELECT provider_code, team_code, date_trunc('week', valid_from)::DATE AS week_start,
           bool_or(role_family = 'clinical') AS has_clinical, bool_or(role_family = 'finance') AS has_finance,
           bool_or(role_family = 'data') AS has_data, count(DISTINCT role_family) AS role_families
    FROM staging.role_log
    WHERE occasion = 'huddle'
    GROUP BY ALL
),
held AS (
    SELECT DISTINCT provider_code, team_code, date_trunc('week', day)::DATE AS week_start
    FROM core.activity_day
    WHERE measure_code = 'huddle'
    UNION
    SELECT provider_code, team_code, week_start FROM present
)
SELECT provider_code, team_code, week_start,
       coalesce(has_clinical, false) AS has_clinical, coalesce(has_finance, false) AS has_finance,
       coalesce(has_data, false) AS has_data, coalesce(role_families, 0) AS role_families,
       coalesce(has_clinical AND has_finance AND has_data, false) AS is_extended
FROM held
LEFT JOIN present USING (provider_code, team_code, week_start)
