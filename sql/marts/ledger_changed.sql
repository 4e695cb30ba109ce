-- What is told of a provider's ledgers as a whole, by month: it stands on UNALLOCATED.
SELECT provider_code, 'UNALLOCATED' AS team_code, period, 'restated_gbp' AS ingredient,
       sum(abs(amount_gbp - amount_before))::DECIMAL(38,9) AS amount
FROM core.restated
GROUP BY ALL
UNION ALL
SELECT provider_code, 'UNALLOCATED', period, 'replaced_gbp', sum(abs(amount_before))::DECIMAL(38,9) FROM core.restated GROUP BY ALL
UNION ALL
SELECT one.provider_code, 'UNALLOCATED', period.period, 'ledger_difference_gbp', sum(one.difference_gbp)::DECIMAL(38,9)
FROM vm.reconciliation AS one
JOIN vm.dim_period AS period
  ON period.financial_year = one.financial_year
 AND period.ledger_period = least(greatest(try_cast(one.ledger_period AS INTEGER), 1), 12)
GROUP BY ALL
