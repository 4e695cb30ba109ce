-- Baselines and targets of teams.
SELECT * FROM staging.targets
