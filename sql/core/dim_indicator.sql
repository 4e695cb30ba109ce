-- The catalogue of indicators.
SELECT * FROM staging.indicator
