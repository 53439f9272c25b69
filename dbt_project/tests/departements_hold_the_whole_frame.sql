-- Every structure of a frame is in one département: a code that the registry doesn't know leaves it out of every
-- departmental figure.
with departemental as (
    select
        bridge.campaign,
        bridge.structure_id
    from {{ ref('bridge_territory_structure') }} as bridge
    inner join {{ ref('dim_territory') }} as territories on bridge.territory_id = territories.territory_id
    where territories.level = 'departement'
)

select
    frame.campaign,
    frame.structure_id,
    frame.departement,
    count(departemental.structure_id) as n_territories
from {{ ref('dim_structure') }} as frame
left join departemental
    on frame.campaign = departemental.campaign and frame.structure_id = departemental.structure_id
group by frame.campaign, frame.structure_id, frame.departement
having count(departemental.structure_id) <> 1
