with expressions as (
    select
        campaign,
        structure_type,
        indicator,
        breakdown,
        position,
        population,
        numerator_key,
        denominator_key,
        n_key,
        n_imputed_key,
        weights_key,
        squares_key,
        lightest_key,
        heaviest_key,
        kind,
        factor,
        decimals,
        unit,
        weighting,
        imputed,
        published
    from {{ ref('stg_registry__adjusted_expressions') }}
),

applied as (
    select
        campaign,
        weighting,
        mode
    from {{ ref('stg_intake__weightings') }}
),

territories as (
    select
        campaign,
        territory_id,
        level,
        level_order,
        territory,
        structure_type,
        n_agreed,
        n_solicited,
        n_responded
    from {{ ref('int_territories__counted') }}
),

measured as (
    select
        population,
        campaign,
        territory_id,
        structure_type,
        measure_key,
        amount
    from {{ ref('int_figures__adjusted_measured') }}
),

asked as (
    select
        territories.campaign,
        territories.territory_id,
        territories.level,
        territories.level_order,
        territories.territory,
        territories.structure_type,
        territories.n_agreed,
        territories.n_solicited,
        territories.n_responded,
        expressions.indicator,
        expressions.breakdown,
        expressions.position,
        expressions.population,
        expressions.numerator_key,
        expressions.denominator_key,
        expressions.n_key,
        expressions.n_imputed_key,
        expressions.weights_key,
        expressions.squares_key,
        expressions.lightest_key,
        expressions.heaviest_key,
        expressions.kind,
        expressions.factor,
        expressions.decimals,
        expressions.unit,
        expressions.weighting,
        coalesce(applied.mode, 'none') as mode,
        expressions.imputed,
        expressions.published
    from territories
    inner join expressions
        on
            territories.campaign = expressions.campaign
            and territories.structure_type = expressions.structure_type
    left join applied
        on expressions.campaign = applied.campaign and expressions.weighting = applied.weighting
)

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
{{ measured_join('numerators', 'numerator_key', 'inner') }}
{{ measured_join('rows_in_base', 'n_key', 'inner') }} and rows_in_base.amount > 0
{{ measured_join('denominators', 'denominator_key') }}
{{ measured_join('imputed', 'n_imputed_key') }}
{{ measured_join('weights', 'weights_key') }}
{{ measured_join('squares', 'squares_key') }}
{{ measured_join('lightest', 'lightest_key') }}
{{ measured_join('heaviest', 'heaviest_key') }}
where asked.denominator_key is null or denominators.amount <> 0
order by asked.campaign, asked.level_order, asked.territory, asked.structure_type, asked.position
