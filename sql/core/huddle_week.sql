-- Weeks of a team with a huddle on record, and whether clinical, finance and data people were there.
SELECT provider_code, team_code, date_trunc('week', valid_from)::DATE AS week_start,
       bool_or(role_family = 'clinical') AND bool_or(role_family = 'finance') AND bool_or(role_family = 'data') AS is_extended
FROM staging.role_log
WHERE occasion = 'huddle' AND valid_from IS NOT NULL
GROUP BY ALL
