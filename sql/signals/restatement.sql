-- What the last landing changed of figures that there were before: one row a figure that is another now, or is gone.
-- A month that is new is none. The batches are those that came into force or went out of it: of the provider and of a
-- feed that the figure is made of, and every reference file, as a map that changes moves figures, too.
WITH changed AS (
    SELECT before.provider_code, before.period, before.measure, before.feed, before.other_feed,
           before.amount AS before, now.amount AS after
    FROM core.figure_before AS before
    LEFT JOIN core.figure_now AS now USING (provider_code, period, measure)
    WHERE before.amount IS DISTINCT FROM now.amount
)
SELECT changed.provider_code, changed.period, changed.measure, changed.before, changed.after,
       changed.after - changed.before AS difference,
       100 * (changed.after - changed.before) / nullif(abs(changed.before), 0) AS change_pct,
       string_agg(moved.batch_id, ' ' ORDER BY moved.batch_id) AS batch_ids
FROM changed
LEFT JOIN core.batch_moved AS moved
       ON starts_with(moved.feed, 'reference/')
       OR (moved.provider_code = changed.provider_code AND (changed.feed = '*' OR moved.feed IN (changed.feed, changed.other_feed)))
GROUP BY changed.provider_code, changed.period, changed.measure, changed.before, changed.after
