select
    cast(campaign as {{ dbt.type_int() }}) as campaign,
    structure_type,
    indicator,
    breakdown,
    cast(position as {{ dbt.type_int() }}) as position,
    population,
    {{ measure_key('numerator') }} as numerator_key,
    {{ measure_key('denominator') }} as denominator_key,
    {{ measure_key('n') }} as n_key,
    {{ measure_key('n_imputed') }} as n_imputed_key,
    kind,
    cast(factor as {{ dbt.type_int() }}) as factor,
    cast(decimals as {{ dbt.type_int() }}) as decimals,
    unit,
    weighting
from {{ source('registry', 'figure_expressions') }}
