-- Lines that a year-to-date ledger has sent before: each is taken off again in the month that follows in its year.
-- A line stands under the batch and period it is taken off in, with its row number below zero: row -7 is row 7 of the
-- batch before. So every row of fact_cost is one row of one file, and the months of a year add up to what it said last.
-- A month that was never sent is taken up in the next one that was.
WITH dated AS (
    SELECT follows.*, min(ledger.posting_date) AS posting_date
    FROM core.year_to_date_follows AS follows
    LEFT JOIN staging.ledger AS ledger USING (content_id, batch_month)
    GROUP BY ALL
)
SELECT dated.provider_code, dated.batch_id, -before.row_number AS row_number, before.cost_centre_code,
       before.account_code,
       coalesce(dated.posting_date, make_date(dated.batch_month // 12, dated.batch_month % 12 + 1, 1)) AS posting_date,
       before.financial_year, ((dated.batch_month - 3) % 12 + 1)::TINYINT AS ledger_period, -before.amount AS amount
FROM dated
JOIN staging.ledger AS before
  ON before.content_id = dated.content_before AND before.batch_month = dated.month_before
