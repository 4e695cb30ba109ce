-- What a saving case counts in each window, by day of start: volume, activity, a balancing measure and its base.
-- `priced` and `moved_priced` are the volume at the price of its day, where it was and where it moved to: empty where
-- any of it has no such price. A measure that is declared and was never met counts 0.
WITH wanted AS (
    SELECT case_id, 'volume' AS role, [team_code] AS teams, volume_measure AS measure FROM core.saving_case
    UNION ALL
    SELECT case_id, 'activity' AS role, activity_teams AS teams, activity_measure AS measure FROM core.saving_case
    UNION ALL
    SELECT case_id, 'balancing' AS role, [team_code] AS teams, balancing_measure AS measure FROM core.saving_case
    UNION ALL
    SELECT case_id, 'base' AS role, activity_teams AS teams, balancing_base_measure AS measure FROM core.saving_case
),
counted AS (
    SELECT side.case_id, side.side, wanted.role, side.provider_code, activity.quantity,
           activity.start_at::DATE AS day
    FROM wanted
    JOIN core.saving_window AS side USING (case_id)
    LEFT JOIN vm.fact_activity AS activity
           ON activity.provider_code = side.provider_code
          AND activity.measure_code = split_part(wanted.measure, ':', 1)
          AND activity.start_at >= side.first_day AND activity.start_at < side.last_day + 1
          AND list_contains(wanted.teams, activity.team_code)
          AND (NOT contains(wanted.measure, ':') OR activity.outcome_code = split_part(wanted.measure, ':', 2))
    WHERE wanted.measure IS NOT NULL
),
priced AS (
    SELECT counted.case_id, counted.side, counted.role, counted.quantity,
           counted.quantity::DECIMAL(38,3) * price.price AS priced,
           counted.quantity::DECIMAL(38,3) * moved.price AS moved_priced,
           counted.quantity > 0 AND ((one.item_code IS NOT NULL AND price.price IS NULL)
                                     OR (one.moved_item_code IS NOT NULL AND moved.price IS NULL)) AS is_unpriced
    FROM counted
    JOIN core.saving_case AS one USING (case_id)
    LEFT JOIN vm.dim_price AS price
           ON counted.role = 'volume' AND price.provider_code = counted.provider_code AND price.item_code = one.item_code
          AND counted.day BETWEEN price.valid_from AND coalesce(price.valid_to, DATE '2199-12-31')
    LEFT JOIN vm.dim_price AS moved
           ON counted.role = 'volume' AND moved.provider_code = counted.provider_code AND moved.item_code = one.moved_item_code
          AND counted.day BETWEEN moved.valid_from AND coalesce(moved.valid_to, DATE '2199-12-31')
)
SELECT case_id, side, role, coalesce(sum(quantity), 0) AS quantity,
       CASE WHEN count_if(is_unpriced) = 0 THEN sum(priced) END AS priced,
       CASE WHEN count_if(is_unpriced) = 0 THEN sum(moved_priced) END AS moved_priced
FROM priced
GROUP BY ALL
