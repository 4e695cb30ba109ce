-- Every point of a series that has a profile, with its lines, its signal, and what it signalled when it was first final.
-- A line that stands on fewer than 10 points is shown and raises no signal.
SELECT point.* EXCLUDE (signal, rule, tier),
       point.is_final AND NOT point.is_tentative AND point.signal AS signal,
       CASE WHEN point.is_final AND NOT point.is_tentative AND point.signal THEN point.rule END AS rule,
       CASE WHEN point.is_final AND NOT point.is_tentative AND point.signal THEN point.tier END AS tier,
       before.signal AS signal_as_published, before.rule AS rule_as_published, before.published_at
FROM core.judged_point AS point
LEFT JOIN core.as_published AS before
       USING (indicator_code, level, provider_code, service, team_code, grain, starts_on, rule_profile)
