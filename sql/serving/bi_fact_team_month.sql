-- Cost beside work, a row a team and month: only what may be added up. Ratios are divided after adding up.
SELECT month.*, CAST(month.provider_code || '/' || month.team_code AS VARCHAR) AS team_key, day.date
FROM vm.team_month AS month
LEFT JOIN vm.dim_date AS day ON day.date = CAST(month.period || '-01' AS DATE)
