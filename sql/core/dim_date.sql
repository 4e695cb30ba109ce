-- Every day of the financial years that have data.
SELECT * FROM staging.day
