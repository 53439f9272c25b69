-- Indicators of a campaign with no figure at all, for any territory or breakdown, though structures responded.
with responding as (
    select
        campaign,
        structure_type
    from {{ ref('int_territories__counted') }}
    where level = 'national' and n_responded > 0
),

asked as (
    select distinct
        expressions.campaign,
        expressions.structure_type,
        expressions.indicator
    from {{ ref('stg_registry__figure_expressions') }} as expressions
    inner join responding
        on
            expressions.campaign = responding.campaign
            and expressions.structure_type = responding.structure_type
),

computed as (
    select distinct
        campaign,
        structure_type,
        indicator
    from {{ ref('figures') }}
)

select
    asked.campaign,
    asked.structure_type,
    asked.indicator
from asked
left join computed
    on
        asked.campaign = computed.campaign
        and asked.structure_type = computed.structure_type
        and asked.indicator = computed.indicator
where computed.indicator is null
