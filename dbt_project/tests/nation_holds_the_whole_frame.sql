-- Every structure of a frame is in one territory of the national level.
with national as (
    select
        bridge.campaign,
        bridge.structure_id
    from {{ ref('bridge_territory_structure') }} as bridge
    inner join {{ ref('dim_territory') }} as territories on bridge.territory_id = territories.territory_id
    where territories.level = 'national'
)

select
    frame.campaign,
    frame.structure_id,
    count(national.structure_id) as n_territories
from {{ ref('int_structures__panel') }} as frame
left join national
    on frame.campaign = national.campaign and frame.structure_id = national.structure_id
group by frame.campaign, frame.structure_id
having count(national.structure_id) <> 1
