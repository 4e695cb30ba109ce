-- Ingredients that are a condition on facts, of a batch, by day (vm_pipeline/indicators/ingredients.py). A day may stand in
-- more than one batch, so amounts are not rounded to three decimals here. All have one scale: of several, a UNION takes the
-- smallest.
{stated}
