-- Rejected rows by rule, with names and the day their batch came.
SELECT rejection.batch_id, rejection.rule_code, rejection.feed, provider.provider_code, provider.provider_name,
       rejection.period, rejection.is_in_force, rejection.rows, rejection.amount_gbp, batch.received_at
FROM vm.rejection AS rejection
JOIN vm.batch AS batch ON batch.batch_id = rejection.batch_id
LEFT JOIN vm.dim_provider AS provider ON provider.provider_code = rejection.provider_code
