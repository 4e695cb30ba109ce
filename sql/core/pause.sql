-- Pauses by month, both included. An empty team is every team of the provider.
SELECT * FROM staging.pauses
