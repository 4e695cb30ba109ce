-- Every week and month of the financial years that have data.
SELECT 'month' AS grain, first_day AS starts_on, last_day AS ends_on, period AS first_period, period AS last_period
FROM vm.dim_period
UNION ALL
SELECT DISTINCT 'week', week_start, week_start + 6, strftime(week_start, '%Y-%m'), strftime(week_start + 6, '%Y-%m')
FROM vm.dim_date
