-- Behind the response rates: territory × structure solicited that has not answered.
select
    publications.territory_id,
    publications.name as territory,
    bridge.structure_id,
    bridge.structure_type,
    structures.federation,
    structures.caf
from marts.bridge_territory_structure as bridge
join publications using (territory_id)
join marts.fct_centres as centres
    on centres.campaign = bridge.campaign and centres.structure_id = bridge.structure_id
join marts.dim_structure as structures
    on structures.campaign = bridge.campaign and structures.structure_id = bridge.structure_id
where bridge.campaign = getvariable('campaign') and centres.solicited = 1 and centres.responded = 0
order by publications.territory_id, bridge.structure_id
