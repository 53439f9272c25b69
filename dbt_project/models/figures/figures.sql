{{ asked_figures(
    'figure_expressions', ref('stg_registry__figure_expressions'), ref('int_figures__measured')
) }},

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
    {{ amounts_of_asked() }}
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
