-- Saving cases as declared, with the length of their windows. `is_by_month`: both windows are whole months, so cost is
-- taken by ledger month; else by posting date. Both windows are taken the same way, to compare like with like.
SELECT (row_number() OVER (ORDER BY provider_code, case_code, baseline_from, baseline_to, after_from, after_to))::INTEGER AS case_id,
       * EXCLUDE (scale_by, activity_team_codes, one_off_gbp),
       coalesce(scale_by, 'days') AS scale_by,
       CASE WHEN activity_team_codes IS NULL THEN [team_code]
            ELSE list_transform(string_split(activity_team_codes, '|'), lambda one: trim(one)) END AS activity_teams,
       coalesce(one_off_gbp, 0)::DECIMAL(18,2) AS one_off_gbp,
       baseline_to - baseline_from + 1 AS days_before,
       after_to - after_from + 1 AS days_after,
       day(baseline_from) = 1 AND day(baseline_to + 1) = 1 AND day(after_from) = 1 AND day(after_to + 1) = 1 AS is_by_month
FROM staging.saving_cases
