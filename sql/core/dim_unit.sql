-- Units that are mapped, and any other that sent activity.
SELECT provider_code, unit_code, coalesce(valid_from, DATE '1900-01-01') AS valid_from, valid_to, team_code
FROM staging.unit_map
UNION ALL
SELECT provider_code, unit_code, DATE '1900-01-01', NULL, 'UNALLOCATED'
FROM (SELECT DISTINCT provider_code, unit_code FROM vm.fact_activity)
ANTI JOIN staging.unit_map USING (provider_code, unit_code)
