-- The catalogue, as marts read it.
SELECT * FROM staging.indicator
