-- Coaches ever in post, and how many of them hold a higher band in their last post than in their first. Of posts that began
-- on one day the highest band counts: to hold two is no progress.
WITH coach AS (
    SELECT provider_code, coach_ref, min_by(band, (valid_from, -band)) AS first_band, max_by(band, (valid_from, band)) AS last_band
    FROM staging.role_log
    WHERE occasion = 'post'
    GROUP BY provider_code, coach_ref
)
SELECT provider_code, count(*) AS coaches, count(*) FILTER (last_band > first_band) AS progressed
FROM coach
GROUP BY provider_code
