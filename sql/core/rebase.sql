-- Recorded decisions to begin a new centre line: from which month, when and by whom decided, and why.
SELECT provider_code, team_code, indicator_code, rebase_from, decided_on, decided_by, cause FROM staging.rebases
