select
    cast(campaign as {{ dbt.type_int() }}) as campaign,
    structure_id,
    weighting,
    mode,
    weight,
    stratum,
    collapsed_into,
    capped
from {{ source('intake', 'weights') }}
