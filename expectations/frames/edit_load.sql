-- territory: share of the responding structures that have at least one open edit (percent). Small territories left out.
select
    publications.territory_id,
    publications.name as territory,
    publications.is_national,
    count(*) as responded,
    count(opened.structure_id) as with_open_edits,
    100.0 * count(opened.structure_id) / count(*) as open_share_pct
from marts.bridge_territory_structure as bridge
join publications using (territory_id)
join marts.fct_centres as centres
    on centres.campaign = bridge.campaign and centres.structure_id = bridge.structure_id
left join (
    select distinct structure_id from intake.edits where campaign = getvariable('campaign') and open
) as opened on opened.structure_id = bridge.structure_id
where bridge.campaign = getvariable('campaign') and centres.responded = 1
group by publications.territory_id, publications.name, publications.is_national, publications.level_order
having publications.is_national or count(*) >= threshold('open_edit_min_structures')
order by publications.level_order, publications.territory_id
