-- The day on which each feed of a provider was last received, system by system, of what is in force; and the last day of
-- the months that it was received for.
SELECT * FROM staging.heard
