-- Every month of the financial years that have data.
SELECT period, min(date) AS first_day, max(date) AS last_day, count(*) AS days,
       count_if(is_working_day) AS working_days, any_value(financial_year) AS financial_year,
       any_value(financial_quarter) AS financial_quarter, any_value(quarter_name) AS quarter_name,
       any_value(ledger_period) AS ledger_period
FROM vm.dim_date
GROUP BY period
