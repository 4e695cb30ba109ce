-- Providers of the reference list, and any other that sent something.
SELECT provider_code, coalesce(any_value(provider_name), provider_code) AS provider_name
FROM (
    SELECT provider_code, provider_name FROM staging.providers
    UNION ALL
    SELECT provider_code, NULL FROM staging.version WHERE provider_code <> ''
)
GROUP BY provider_code
