-- The day on which each feed of a provider was last received, of what is in force.
SELECT * FROM staging.heard
