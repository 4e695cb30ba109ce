-- The day of the last receipt in force: what is open or final is judged on it, never by the clock.
SELECT * FROM staging.known
