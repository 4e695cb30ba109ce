-- The parts of a saving that need a division, each as one fraction, rounded once to a penny, halves away from zero.
-- With C cost, P price, q volume for a unit of activity, D activity, days, and D' = D before scaled to the days after:
--   baseline  C_before * days_after / days_before, or C_before * D_after / D_before
--   price     (P_before - P_after) * q_after * D_after       = V_after * worth_before / V_before - worth_after
--   activity  P_before * q_before * (D'_before - D_after)    = worth_before * (days_after / days_before - D_after / D_before)
--   gross     worth_after, of what moved beyond the window before: V_after - V_before * days_after / days_before
--   moved     the same at the price where it moved to
-- A part that cannot be known has no row.
WITH fraction AS (
    SELECT case_id, 'baseline' AS part, pence_before * days_after AS upper, days_before::HUGEINT AS lower
    FROM core.saving_measure
    WHERE fits AND method = 'window' AND scale_by = 'days'
    UNION ALL
    SELECT case_id, 'baseline' AS part, pence_before * activity_after AS upper, activity_before AS lower
    FROM core.saving_measure
    WHERE fits AND method = 'window' AND scale_by = 'activity' AND activity_after > 0
    UNION ALL
    SELECT case_id, 'price' AS part, volume_after * worth_before - worth_after * volume_before AS upper,
           volume_before * 10000000 AS lower
    FROM core.saving_measure
    WHERE method = 'window' AND volume_before > 0 AND volume_after > 0 AND worth_before > 0 AND worth_after > 0
    UNION ALL
    SELECT case_id, 'activity' AS part,
           CASE WHEN scale_by = 'activity' THEN 0
                ELSE worth_before * (days_after * activity_before - activity_after * days_before) END AS upper,
           days_before * activity_before * 10000000 AS lower
    FROM core.saving_measure
    WHERE method = 'window' AND activity_before > 0 AND activity_after > 0 AND worth_before > 0
    UNION ALL
    SELECT case_id, 'gross' AS part, worth_after * (volume_after * days_before - volume_before * days_after) AS upper,
           volume_after * days_before * 10000000 AS lower
    FROM core.saving_measure
    WHERE method = 'pathway' AND volume_after > 0 AND worth_after > 0
    UNION ALL
    SELECT case_id, 'moved' AS part, moved_worth * (volume_after * days_before - volume_before * days_after) AS upper,
           volume_after * days_before * 10000000 AS lower
    FROM core.saving_measure
    WHERE method = 'pathway' AND volume_after > 0 AND moved_worth IS NOT NULL
)
SELECT case_id, part, (sign(upper) * ((2 * abs(upper) + lower) // (2 * lower)))::DECIMAL(38,0) * 0.01 AS amount_gbp
FROM fraction
WHERE lower > 0
