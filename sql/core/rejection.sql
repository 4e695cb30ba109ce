-- Rejected rows by batch and rule. No cell values: those stay outside the warehouse.
SELECT version.batch_id, found.rule_code, version.feed, version.provider_code, version.period, version.is_in_force,
       found.rows, found.amount_gbp
FROM staging.rule_found AS found
JOIN staging.version AS version USING (content_id)
