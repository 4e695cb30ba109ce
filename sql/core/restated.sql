-- Extracts of one ledger month that replaced an earlier one, with the totals of both; none that was withdrawn. One that was
-- superseded and is erased by now, as retention does, was there: its totals are kept.
WITH one AS (
    SELECT provider_code, part, period, amount_accepted_gbp AS amount_gbp, received_at,
           lag(amount_accepted_gbp) OVER (PARTITION BY provider_code, part, period ORDER BY received_at, batch_id) AS amount_before
    FROM vm.batch
    WHERE feed = 'ledger' AND refused_because IS NULL AND (withdrawn_because IS NULL OR superseded_at IS NOT NULL)
      AND period NOT LIKE '%\_%' ESCAPE '\'
)
SELECT provider_code, period, amount_gbp, amount_before FROM one WHERE amount_before IS NOT NULL
