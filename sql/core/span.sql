-- Every week and month of the financial years that have data. `known_day` is the day of the last receipt in force:
-- what is open or final is judged on it, never by the clock.
SELECT 'month' AS grain, first_day AS starts_on, last_day AS ends_on, period AS first_period, period AS last_period, known_day
FROM vm.dim_period
CROSS JOIN staging.known
UNION ALL
SELECT DISTINCT 'week', week_start, week_start + 6, strftime(week_start, '%Y-%m'), strftime(week_start + 6, '%Y-%m'), known_day
FROM vm.dim_date
CROSS JOIN staging.known
