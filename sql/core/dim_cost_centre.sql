-- Cost centres that are mapped, or that a ledger in force has cost on.
WITH mapped AS (
    SELECT provider_code, cost_centre_code,
           CASE WHEN count(*) = count(valid_from) THEN min(valid_from) END AS valid_from,
           CASE WHEN count(*) = count(valid_to) THEN max(valid_to) END AS valid_to
    FROM staging.cost_centre_map
    GROUP BY ALL
),
met AS (SELECT DISTINCT provider_code, cost_centre_code FROM core.cost_centre_day)
SELECT provider_code, cost_centre_code, mapped.cost_centre_code IS NOT NULL AS is_mapped,
       met.cost_centre_code IS NOT NULL AS is_in_ledger, mapped.valid_from, mapped.valid_to
FROM mapped
FULL JOIN met USING (provider_code, cost_centre_code)
