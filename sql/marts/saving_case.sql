-- Saving cases, numbered, with the length of their windows. `is_by_month`: both windows are whole months, so cost is taken
-- by ledger month; else by posting date. Both windows are taken the same way, to compare like with like.
SELECT (row_number() OVER (ORDER BY provider_code, case_code, baseline_from, baseline_to, after_from, after_to))::INTEGER AS case_id,
       *, list_transform(string_split(activity_team_codes, '|'), lambda one: trim(one)) AS activity_teams,
       baseline_to - baseline_from + 1 AS days_before,
       after_to - after_from + 1 AS days_after,
       day(baseline_from) = 1 AND day(baseline_to + 1) = 1 AND day(after_from) = 1 AND day(after_to + 1) = 1 AS is_by_month
FROM vm.dim_saving_case
