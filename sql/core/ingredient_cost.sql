-- Which cost categories count in which ingredient; `direct_only` leaves out accounts that are not direct.
SELECT * FROM staging.ingredient_cost
