-- How far each feed of each provider has come, and what of it counts. Reference files belong to no provider.
SELECT CAST(batch.feed || coalesce('/' || provider.provider_code, '') AS VARCHAR) AS source, batch.feed,
       provider.provider_code,
       provider.provider_name,
       CAST(max(nullif(right(batch.period, 7), '')) FILTER (WHERE batch.is_in_force) AS VARCHAR) AS last_period,
       max(batch.received_at) AS last_received_at,
       count(*) FILTER (WHERE batch.is_in_force) AS batches_in_force,
       count(*) FILTER (WHERE batch.refused_because IS NOT NULL) AS batches_refused,
       CAST(coalesce(sum(batch.rows_received) FILTER (WHERE batch.is_in_force), 0) AS BIGINT) AS rows_received,
       CAST(coalesce(sum(batch.rows_accepted) FILTER (WHERE batch.is_in_force), 0) AS BIGINT) AS rows_accepted,
       CAST(coalesce(sum(batch.rows_rejected) FILTER (WHERE batch.is_in_force), 0) AS BIGINT) AS rows_rejected
FROM vm.batch AS batch
LEFT JOIN vm.dim_provider AS provider ON provider.provider_code = batch.provider_code
GROUP BY batch.feed, provider.provider_code, provider.provider_name
