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
        kind,
        factor,
        decimals,
        unit
    from {{ ref('stg_registry__figure_expressions') }}
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
        expressions.kind,
        expressions.factor,
        expressions.decimals,
        expressions.unit
    from territories
    inner join expressions
        on
            territories.campaign = expressions.campaign
            and territories.structure_type = expressions.structure_type
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
        case when asked.population = 'frame' then asked.n_responded else rows_in_base.amount end as n_respondents,
        asked.n_agreed,
        asked.n_solicited,
        asked.n_responded
    from asked
    inner join measured as numerators
        on
            asked.population = numerators.population
            and asked.campaign = numerators.campaign
            and asked.territory_id = numerators.territory_id
            and asked.structure_type = numerators.structure_type
            and asked.numerator_key = numerators.measure_key
    inner join measured as rows_in_base
        on
            asked.population = rows_in_base.population
            and asked.campaign = rows_in_base.campaign
            and asked.territory_id = rows_in_base.territory_id
            and asked.structure_type = rows_in_base.structure_type
            and asked.n_key = rows_in_base.measure_key
            and rows_in_base.amount > 0
    left join measured as denominators
        on
            asked.population = denominators.population
            and asked.campaign = denominators.campaign
            and asked.territory_id = denominators.territory_id
            and asked.structure_type = denominators.structure_type
            and asked.denominator_key = denominators.measure_key
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
    'none' as mode
from computed
order by campaign, level_order, territory, structure_type, position
