-- Saving cases as a programme declared them, with what an empty cell means.
SELECT * EXCLUDE (scale_by, activity_team_codes, one_off_gbp),
       coalesce(scale_by, 'days') AS scale_by, coalesce(activity_team_codes, team_code) AS activity_team_codes,
       coalesce(one_off_gbp, 0) AS one_off_gbp
FROM staging.saving_cases
