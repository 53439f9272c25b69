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
        kind,
        factor,
        decimals,
        unit,
        weighting
    from {{ ref('stg_registry__figure_expressions') }}
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
    from {{ ref('int_figures__measured') }}
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
        expressions.kind,
        expressions.factor,
        expressions.decimals,
        expressions.unit,
        coalesce(applied.mode, 'none') as mode
    from territories
    inner join expressions
        on
            territories.campaign = expressions.campaign
            and territories.structure_type = expressions.structure_type
    left join applied
        on expressions.campaign = applied.campaign and expressions.weighting = applied.weighting
),

computed as (
    select
        asked.campaign,
        asked.territory_id,
        asked.level,
        asked.level_order,
        asked.territory,
        asked.structure_type,
        asked.indicator,
        asked.breakdown,
        asked.position,
        asked.decimals,
        asked.unit,
        asked.kind,
        asked.factor,
        numerators.amount as numerator,
        denominators.amount as denominator,
        -- A figure on the frame rests on all of its structures: its respondents are those of the territory.
        case
            when asked.population = 'frame' then asked.n_responded
            else rows_in_base.amount - coalesce(imputed.amount, 0)
        end as n_respondents,
        coalesce(imputed.amount, 0) as n_imputed,
        asked.mode,
        asked.n_agreed,
        asked.n_solicited,
        asked.n_responded
    from asked
    {{ measured_join('numerators', 'numerator_key', 'inner') }}
    {{ measured_join('rows_in_base', 'n_key', 'inner') }} and rows_in_base.amount > 0
    {{ measured_join('denominators', 'denominator_key') }}
    {{ measured_join('imputed', 'n_imputed_key') }}
    where asked.denominator_key is null or denominators.amount <> 0
)

select
    campaign,
    territory_id,
    level,
    territory,
    structure_type,
    indicator,
    breakdown,
    cast(factor * numerator as double precision) / cast(coalesce(denominator, 1) as double precision) as value,
    {{ ratio_rounded('factor', 'numerator', 'denominator', 'decimals') }} as value_rounded,
    decimals,
    unit,
    kind,
    numerator,
    denominator,
    cast(n_respondents as {{ dbt.type_bigint() }}) as n_respondents,
    cast(n_agreed as {{ dbt.type_bigint() }}) as n_agreed,
    cast(n_solicited as {{ dbt.type_bigint() }}) as n_solicited,
    cast(n_responded as {{ dbt.type_bigint() }}) as n_responded,
    mode,
    cast(n_imputed as {{ dbt.type_bigint() }}) as n_imputed
from computed
order by campaign, level_order, territory, structure_type, position
