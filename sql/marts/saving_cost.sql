-- What a saving case cost in each of its windows. Ledger period 0 is never in it; periods 13 and 14 are March's where
-- windows are whole months, and in no window of days: an adjustment of a year has no day.
SELECT side.case_id, side.side, sum(cost.amount_gbp) AS amount_gbp
FROM core.saving_window AS side
JOIN core.saving_case AS one USING (case_id)
JOIN vm.fact_cost AS cost ON cost.provider_code = one.provider_code AND cost.team_code = one.team_code
WHERE (one.cost_centre_code IS NULL OR cost.cost_centre_code = one.cost_centre_code)
  AND CASE WHEN one.account_code IS NULL THEN {direct_cost}
           ELSE cost.account_code = one.account_code END
  AND CASE WHEN one.is_by_month
           THEN cost.period BETWEEN strftime(side.first_day, '%Y-%m') AND strftime(side.last_day, '%Y-%m')
           ELSE cost.ledger_period BETWEEN 1 AND 12 AND cost.posting_date BETWEEN side.first_day AND side.last_day END
GROUP BY ALL
