-- What coaches gained by their own rating: after less before, of those who answered both times. Others are counted apart.
WITH coach AS (
    SELECT provider_code, item_code, coach_ref,
           max(rating) FILTER (wave = 'before') AS before, max(rating) FILTER (wave = 'after') AS after
    FROM staging.coach_survey
    GROUP BY provider_code, item_code, coach_ref
)
SELECT provider_code, item_code, count(after - before) AS paired,
       coalesce(sum(after - before), 0)::BIGINT AS points_gained,
       count(*) FILTER (after > before) AS improved, -- count_if of nothing but NULL is NULL: of a first wave alone
       count_if(after IS NULL) AS only_before, count_if(before IS NULL) AS only_after
FROM coach
GROUP BY provider_code, item_code
