-- What was received for a ledger period = rejected + superseded + said before + shared out to teams, to the penny.
-- Received and rejected are what staging counted; the rest is added up here, again, from what was published.
WITH shared AS (
    SELECT batch_id, financial_year, ledger_period::VARCHAR AS ledger_period, sum(amount_gbp) AS amount_gbp,
           sum(amount_gbp) FILTER (team_code = 'UNALLOCATED') AS unallocated_gbp
    FROM vm.fact_cost
    GROUP BY batch_id, financial_year, fact_cost.ledger_period
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
),
before AS (
    SELECT sent.batch_id, ledger_month.financial_year, sent.ledger_period::VARCHAR AS ledger_period,
           -sum(sent.amount) AS amount_gbp
    FROM core.year_to_date_before AS sent
    JOIN staging.ledger_month AS ledger_month
      ON ledger_month.year = sent.financial_year AND ledger_month.ledger_period = sent.ledger_period
    GROUP BY ALL
),
found AS (
    SELECT period.* EXCLUDE (provider_code)
    FROM staging.period_found AS period
    JOIN staging.version AS version USING (batch_id)
    WHERE version.is_in_force
    UNION ALL BY NAME
    SELECT before.* EXCLUDE (amount_gbp), 0 AS received_gbp, 0 AS accepted_gbp
    FROM before
    ANTI JOIN staging.period_found USING (batch_id, financial_year, ledger_period)
)
SELECT version.provider_code, found.financial_year, found.ledger_period, found.batch_id, found.control_total_gbp,
       found.received_gbp AS ledger_total_gbp,
       found.received_gbp - found.accepted_gbp AS rejected_gbp,
       coalesce(superseded.amount_gbp, 0) AS superseded_gbp,
       coalesce(before.amount_gbp, 0) AS year_to_date_before_gbp,
       coalesce(shared.amount_gbp, 0) AS team_total_gbp,
       coalesce(shared.unallocated_gbp, 0) AS unallocated_gbp,
       found.accepted_gbp - coalesce(superseded.amount_gbp, 0) - coalesce(before.amount_gbp, 0)
           - coalesce(shared.amount_gbp, 0) AS difference_gbp
FROM found
JOIN staging.version AS version USING (batch_id)
LEFT JOIN shared USING (batch_id, financial_year, ledger_period)
LEFT JOIN superseded USING (batch_id, financial_year, ledger_period)
LEFT JOIN before USING (batch_id, financial_year, ledger_period)
