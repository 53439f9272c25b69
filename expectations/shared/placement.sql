-- placed_structures: level that may divide the nation × structure of the frame, and in how many of its territories it is.
create view placed_structures as
select
    levels.level,
    frame.structure_id,
    frame.structure_type,
    frame.departement,
    count(placed.structure_id) as places
from marts.dim_structure as frame
cross join (select unnest(string_split(setting('partition_levels'), ';')) as level) as levels
left join (
    select publications.level, bridge.structure_id
    from marts.bridge_territory_structure as bridge
    join publications using (territory_id)
    where bridge.campaign = getvariable('campaign')
) as placed
    on placed.level = levels.level and placed.structure_id = frame.structure_id
where frame.campaign = getvariable('campaign')
group by levels.level, frame.structure_id, frame.structure_type, frame.departement;
