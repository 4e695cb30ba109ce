-- A double as it is shown: rounded half up, where a double one hair below a half was meant as the half.
CREATE OR REPLACE MACRO vm.half_up(value /* DOUBLE PRECISION */, decimals /* INTEGER */ := 0) AS
    sign(value) * trunc(abs(value::DOUBLE) * pow(10.0, decimals) + 0.5 + 1.4901161193847656e-08) / pow(10.0, decimals)
