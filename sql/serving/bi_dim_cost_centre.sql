-- Cost centres under one key: codes of two providers may be alike.
SELECT CAST(provider_code || '/' || cost_centre_code AS VARCHAR) AS cost_centre_key, provider_code, cost_centre_code,
       is_mapped
FROM vm.dim_cost_centre
