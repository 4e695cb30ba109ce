-- Both windows of a saving case side by side, in whole numbers: pence, thousandths of units, thousand-millionths of a
-- pound for a volume at its price (`worth`; without a price list that is the cost). Nothing is divided here.
-- Beyond £10,000,000,000 or 1,000,000,000 units products of these would leave HUGEINT: then `fits` is false.
WITH cost AS (
    SELECT case_id,
           (100 * sum(amount_gbp) FILTER (side = 'before'))::HUGEINT AS pence_before,
           (100 * sum(amount_gbp) FILTER (side = 'after'))::HUGEINT AS pence_after
    FROM core.saving_cost
    GROUP BY case_id
),
counted AS (
    SELECT case_id,
           (1000 * max(quantity) FILTER (role = 'volume' AND side = 'before'))::HUGEINT AS volume_before,
           (1000 * max(quantity) FILTER (role = 'volume' AND side = 'after'))::HUGEINT AS volume_after,
           (1000 * max(quantity) FILTER (role = 'activity' AND side = 'before'))::HUGEINT AS activity_before,
           (1000 * max(quantity) FILTER (role = 'activity' AND side = 'after'))::HUGEINT AS activity_after,
           (1000 * max(quantity) FILTER (role = 'balancing' AND side = 'before'))::HUGEINT AS balancing_before,
           (1000 * max(quantity) FILTER (role = 'balancing' AND side = 'after'))::HUGEINT AS balancing_after,
           (1000 * max(quantity) FILTER (role = 'base' AND side = 'before'))::HUGEINT AS base_before,
           (1000 * max(quantity) FILTER (role = 'base' AND side = 'after'))::HUGEINT AS base_after,
           max(priced) FILTER (role = 'volume' AND side = 'before') AS priced_before,
           max(priced) FILTER (role = 'volume' AND side = 'after') AS priced_after,
           max(moved_priced) FILTER (role = 'volume' AND side = 'after') AS moved_after
    FROM core.saving_volume
    GROUP BY case_id
),
missing AS (SELECT case_id, sum(months_missing)::BIGINT AS months_missing FROM core.saving_window GROUP BY case_id),
side_by_side AS (
    SELECT one.*, counted.* EXCLUDE (case_id), missing.months_missing,
           coalesce(cost.pence_before, 0) AS pence_before, coalesce(cost.pence_after, 0) AS pence_after,
           one.item_code IS NOT NULL AND one.volume_measure IS NOT NULL AS has_price_list
    FROM core.saving_case AS one
    JOIN missing USING (case_id)
    LEFT JOIN cost USING (case_id)
    LEFT JOIN counted USING (case_id)
),
judged AS (
    SELECT *,
           greatest(abs(pence_before), abs(pence_after), volume_before, volume_after, activity_before, activity_after,
                    balancing_before, balancing_after, base_before, base_after) < 1000000000000
           AND coalesce(greatest(priced_before, priced_after, moved_after), 0) < 10000000000 AS fits
    FROM side_by_side
)
SELECT * EXCLUDE (priced_before, priced_after, moved_after),
       CASE WHEN NOT fits THEN NULL WHEN has_price_list THEN (priced_before * 1000000000)::HUGEINT
            ELSE pence_before * 10000000 END AS worth_before,
       CASE WHEN NOT fits THEN NULL WHEN has_price_list THEN (priced_after * 1000000000)::HUGEINT
            ELSE pence_after * 10000000 END AS worth_after,
       CASE WHEN fits THEN (moved_after * 1000000000)::HUGEINT END AS moved_worth
FROM judged
