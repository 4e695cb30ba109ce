-- Lines that a year-to-date ledger has sent before: each is taken off again in the month that follows in its year.
-- A line stands under the batch and period it is taken off in, with its row number below zero: row -7 is row 7 of the
-- batch before. So every row of fact_cost is one row of one file, and the months of a year add up to what it said last.
-- A month that was never sent is taken up in the next one that was.
-- Balances say the period of their extract. A ledger that sends all lines since April again, each with a period and day of
-- its own, or balances brought forward, has them taken off where they stand: the month that follows names their period, too.
WITH dated AS (
    SELECT follows.*, min(ledger.posting_date) FILTER (ledger.month_number = ledger.batch_month) AS posting_date
    FROM core.year_to_date_follows AS follows
    LEFT JOIN staging.ledger AS ledger USING (content_id, batch_month)
    GROUP BY ALL
),
said AS (
    SELECT DISTINCT content_id, batch_month, financial_year, ledger_period
    FROM staging.ledger
    SEMI JOIN core.year_to_date_follows USING (content_id, batch_month)
)
SELECT dated.provider_code, dated.batch_id, -before.row_number AS row_number, before.cost_centre_code,
       before.account_code,
       CASE WHEN said.content_id IS NOT NULL THEN before.posting_date
            ELSE coalesce(dated.posting_date, make_date(dated.batch_month // 12, dated.batch_month % 12 + 1, 1)) END AS posting_date,
       CASE WHEN said.content_id IS NOT NULL THEN before.financial_year
            ELSE ((dated.batch_month - 3) // 12)::SMALLINT END AS financial_year,
       CASE WHEN said.content_id IS NOT NULL THEN before.ledger_period
            ELSE ((dated.batch_month - 3) % 12 + 1)::TINYINT END AS ledger_period,
       -before.amount AS amount
FROM dated
JOIN staging.ledger AS before
  ON before.content_id = dated.content_before AND before.batch_month = dated.month_before
LEFT JOIN said ON said.content_id = dated.content_id AND said.batch_month = dated.batch_month
 AND said.financial_year = before.financial_year AND said.ledger_period = before.ledger_period
