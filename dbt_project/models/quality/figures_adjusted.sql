{{ asked_figures(
    'adjusted_expressions',
    ref('stg_registry__adjusted_expressions'),
    ref('int_figures__adjusted_measured'),
    more=['imputed', 'published']
) }}

select
    asked.campaign,
    asked.territory_id,
    asked.level,
    asked.territory,
    asked.structure_type,
    asked.indicator,
    asked.breakdown,
    asked.weighting,
    asked.imputed,
    asked.mode,
    asked.published,
    cast(asked.factor * numerators.amount as double precision)
    / cast(coalesce(denominators.amount, 1) as double precision) as value,
    {{ ratio_rounded('asked.factor', 'numerators.amount', 'denominators.amount', 'asked.decimals') }} as value_rounded,
    asked.decimals,
    asked.unit,
    asked.kind,
    numerators.amount as numerator,
    denominators.amount as denominator,
    cast(rows_in_base.amount - coalesce(imputed.amount, 0) as {{ dbt.type_bigint() }}) as n_respondents,
    cast(coalesce(imputed.amount, 0) as {{ dbt.type_bigint() }}) as n_imputed,
    cast(asked.n_agreed as {{ dbt.type_bigint() }}) as n_agreed,
    cast(asked.n_solicited as {{ dbt.type_bigint() }}) as n_solicited,
    cast(asked.n_responded as {{ dbt.type_bigint() }}) as n_responded,
    cast(coalesce(weights.amount, rows_in_base.amount) as double precision) as weights_sum,
    cast(coalesce(lightest.amount, 1) as double precision) as weight_min,
    cast(coalesce(heaviest.amount, 1) as double precision) as weight_max,
    -- Kish: the number of equal weights that would be as precise as these.
    cast(coalesce(weights.amount, rows_in_base.amount) as double precision)
    * cast(coalesce(weights.amount, rows_in_base.amount) as double precision)
    / cast(coalesce(squares.amount, rows_in_base.amount) as double precision) as effective_n
from asked
{{ amounts_of_asked() }}
{{ measured_join('weights', 'weights_key') }}
{{ measured_join('squares', 'squares_key') }}
{{ measured_join('lightest', 'lightest_key') }}
{{ measured_join('heaviest', 'heaviest_key') }}
where asked.denominator_key is null or denominators.amount <> 0
order by asked.campaign, asked.level_order, asked.territory, asked.structure_type, asked.position
