-- Coaches who rated their confidence both before and after, by the day of the later rating (none without one). Published as sums only.
SELECT before.provider_code, coalesce(any_value(coach.team_code), 'UNALLOCATED') AS team_code, before.coach_ref,
       max(after.answered_on) AS day, max(after.rating) - max(before.rating) AS gain
FROM staging.coach_survey AS before
JOIN staging.coach_survey AS after USING (provider_code, coach_ref, item_code)
LEFT JOIN core.coach AS coach USING (provider_code, coach_ref)
WHERE before.wave = 'before' AND after.wave = 'after' AND item_code = 'CONFIDENCE' AND after.answered_on IS NOT NULL
GROUP BY before.provider_code, before.coach_ref
