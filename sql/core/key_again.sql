-- Ledger lines in force whose key a line of an earlier batch in force has too, added up by batch: rows and pounds that may
-- count twice. Earlier is the batch of the earlier months. Only journals that stand in two batches are looked into. A ledger
-- that sends the year so far says every line again, and what it said before is taken off: none of it counts twice.
WITH batch AS (
    SELECT *, dense_rank() OVER (ORDER BY first_month, batch_id) AS place
    FROM (
        SELECT content_id, batch_id, provider_code, batch_month,
               min(batch_month) OVER (PARTITION BY batch_id) AS first_month
        FROM staging.month_in_force
        SEMI JOIN (SELECT batch_id FROM staging.version WHERE NOT is_year_to_date) USING (batch_id)
    )
),
split_journal AS (
    SELECT journal FROM core.journal_sent SEMI JOIN batch USING (batch_id) GROUP BY journal HAVING count(*) > 1
),
suspect AS NOT MATERIALIZED (
    SELECT batch.provider_code, batch.batch_id, batch.place, ledger.journal_id, ledger.line_no, ledger.amount,
           hash(batch.provider_code, ledger.journal_id, ledger.line_no) AS mark
    FROM staging.ledger AS ledger
    JOIN batch USING (content_id, batch_month)
    SEMI JOIN split_journal ON split_journal.journal = hash(batch.provider_code, ledger.journal_id)
),
split_line AS (
    SELECT mark FROM suspect GROUP BY mark HAVING min(place) < max(place)
),
marked AS (
    SELECT provider_code, batch_id, amount, place > min(place) OVER (PARTITION BY provider_code, journal_id, line_no) AS again
    FROM suspect
    SEMI JOIN split_line USING (mark)
)
SELECT provider_code, batch_id, count(*) AS rows, sum(amount)::DECIMAL(38,2) AS amount_gbp
FROM marked
WHERE again
GROUP BY ALL
