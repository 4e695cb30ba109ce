-- The date table: every day once, without a gap, with what it is grouped by.
SELECT date, week_start, iso_year, iso_week, period, CAST(period || '-01' AS DATE) AS month_start,
       CAST(substr('JanFebMarAprMayJunJulAugSepOctNovDec', 3 * CAST(extract(month FROM date) AS INTEGER) - 2, 3) AS VARCHAR)
           AS month_name,
       ledger_period AS month_of_financial_year, financial_quarter, quarter_name, financial_year, is_working_day
FROM vm.dim_date
