-- Every version received, in force or not, with what staging found in it.
WITH left_out AS (
    SELECT batch_id, count(*) AS answers
    FROM core.survey_answer
    WHERE score IS NULL AND (answers IS NULL OR answer = '?')
    GROUP BY batch_id
)
SELECT found.* EXCLUDE (content_id, is_year_to_date),
       CASE WHEN found.feed = 'survey' AND found.is_in_force THEN coalesce(left_out.answers, 0) END AS answers_left_out
FROM staging.version AS found
LEFT JOIN left_out USING (batch_id)
