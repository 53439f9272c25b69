-- A rounded value is never further from the value than half of its last place, give or take the precision of the value.
select
    campaign,
    territory_id,
    structure_type,
    indicator,
    breakdown,
    value,
    value_rounded,
    decimals
from {{ ref('figures') }}
where abs(value - cast(value_rounded as double precision)) > 0.5 * power(10, -decimals) + abs(value) * 1e-12
