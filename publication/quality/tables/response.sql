-- campaign × dimension (all, structure_type, management_mode, territory) × category: agreed, solicited, started, responded
-- and complete structures; `responded_in_scope` leaves out the respondents that were not solicited.
with panel as (
    select
        centres.campaign, centres.structure_id, centres.structure_type, structures.management_mode, centres.agreed,
        centres.solicited, cast(centres.response_status <> 'no_response' as integer) as started, centres.responded,
        centres.is_complete
    from marts.fct_centres as centres
    join marts.dim_structure as structures using (campaign, structure_id)
),

placed as (
    select *, 'all' as dimension, '' as category from panel
    union all
    select *, 'structure_type', structure_type from panel
    union all
    select *, 'management_mode', coalesce(management_mode, '') from panel
    union all
    select panel.*, 'territory', bridge.territory_id
    from panel
    join marts.bridge_territory_structure as bridge using (campaign, structure_id)
)

select
    campaign,
    dimension,
    category,
    cast(sum(agreed) as integer) as agreed,
    cast(sum(solicited) as integer) as solicited,
    cast(sum(started) as integer) as started,
    cast(sum(responded) as integer) as responded,
    cast(sum(responded * solicited) as integer) as responded_in_scope,
    cast(sum(is_complete) as integer) as complete,
    100.0 * sum(responded * solicited) / nullif(sum(solicited), 0) as rate_pct
from placed
group by campaign, dimension, category
order by campaign, dimension, category
