-- What was received for a ledger period = rejected + superseded + shared out to teams, to the penny.
-- Received and rejected are what staging counted; the rest is added up here, again, from what was published.
WITH shared AS (
    SELECT batch_id, financial_year, ledger_period::VARCHAR AS ledger_period, sum(amount_gbp) AS amount_gbp,
           sum(amount_gbp) FILTER (team_code = 'UNALLOCATED') AS unallocated_gbp
    FROM vm.fact_cost
    GROUP BY ALL
),
superseded AS (
    SELECT version.batch_id, ledger_month.financial_year, ledger.ledger_period::VARCHAR AS ledger_period,
           sum(ledger.amount) AS amount_gbp
    FROM staging.ledger AS ledger
    JOIN staging.version AS version USING (content_id)
    ANTI JOIN staging.month_in_force AS month USING (batch_id, batch_month)
    JOIN staging.ledger_month AS ledger_month
      ON ledger_month.year = ledger.financial_year AND ledger_month.ledger_period = ledger.ledger_period
    WHERE version.is_in_force
    GROUP BY ALL
)
SELECT version.provider_code, found.financial_year, found.ledger_period, version.batch_id, found.control_total_gbp,
       found.received_gbp AS ledger_total_gbp,
       found.received_gbp - found.accepted_gbp AS rejected_gbp,
       coalesce(superseded.amount_gbp, 0) AS superseded_gbp,
       coalesce(shared.amount_gbp, 0) AS team_total_gbp,
       coalesce(shared.unallocated_gbp, 0) AS unallocated_gbp,
       found.accepted_gbp - coalesce(superseded.amount_gbp, 0) - coalesce(shared.amount_gbp, 0) AS difference_gbp
FROM staging.period_found AS found
JOIN staging.version AS version USING (content_id)
LEFT JOIN shared USING (batch_id, financial_year, ledger_period)
LEFT JOIN superseded USING (batch_id, financial_year, ledger_period)
WHERE version.is_in_force
