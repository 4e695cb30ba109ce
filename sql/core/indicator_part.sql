-- What numerators and denominators are made of, with weights: -1 is taken off.
SELECT * FROM staging.indicator_part
