-- Ledger cost of a batch added up by cost centre and day; open is a day on which the whole cost centre is on no team. A day
-- may stand in more than one batch.
SELECT batch_id, provider_code, cost_centre_code, posting_date AS day, bool_and(team_code = 'UNALLOCATED') AS is_open,
       count(*) AS rows, sum(amount_gbp)::DECIMAL(38,2) AS amount_gbp, sum(abs(amount_gbp))::DECIMAL(38,2) AS size_gbp
FROM vm.fact_cost
GROUP BY ALL
