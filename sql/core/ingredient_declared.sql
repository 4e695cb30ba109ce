-- Ingredients as declared: their source, and where they are found.
SELECT * FROM staging.ingredient
