-- What is added up over structures is the same over each type as over all types together.
with added as (
    select
        campaign,
        territory_id,
        indicator,
        breakdown,
        max(case when structure_type = '{{ all_types() }}' then 1 else 0 end) as has_all_types,
        sum(case when structure_type = '{{ all_types() }}' then 0 else numerator end) as over_types,
        sum(case when structure_type = '{{ all_types() }}' then numerator else 0 end) as over_all_types
    from {{ ref('figures') }}
    where kind in ('frame', 'count', 'sum')
    group by campaign, territory_id, indicator, breakdown
)

select
    campaign,
    territory_id,
    indicator,
    breakdown,
    over_types,
    over_all_types
from added
where has_all_types = 1 and over_types <> over_all_types
