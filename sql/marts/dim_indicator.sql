-- The catalogue of indicators, and why one has no value where it has none.
WITH source AS (
    SELECT DISTINCT part.indicator_code, declared.source
    FROM core.indicator_part AS part
    JOIN core.ingredient_declared AS declared USING (ingredient)
    ANTI JOIN (
        SELECT DISTINCT known.source
        FROM core.ingredient
        JOIN core.ingredient_declared AS known USING (ingredient)
    ) AS met ON met.source = declared.source
),
lacking AS (
    SELECT indicator_code, 'nothing was received of ' || string_agg(source, ', ' ORDER BY source) AS because
    FROM source
    GROUP BY indicator_code
),
valued AS (SELECT DISTINCT indicator_code FROM vm.indicator_value WHERE value IS NOT NULL)
SELECT one.*, valued.indicator_code IS NOT NULL AS is_available,
       CASE WHEN valued.indicator_code IS NOT NULL THEN NULL
            WHEN one.kind = 'saving' THEN 'it is in the table saving'
            WHEN NOT one.is_in_value THEN 'it is read from the table batch'
            ELSE coalesce(lacking.because, 'no team has all that it needs') END AS absent_because
FROM core.indicator AS one
LEFT JOIN valued USING (indicator_code)
LEFT JOIN lacking USING (indicator_code)
