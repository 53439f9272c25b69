-- territory × watched variable × structure type: the panel's total against the earlier campaign's.
select
    publications.territory_id,
    publications.name as territory,
    publications.is_national,
    judged_pairs.label_fr,
    judged_pairs.variable,
    judged_pairs.structure_type,
    count(*) as pair_count,
    sum(judged_pairs.value) as total,
    sum(judged_pairs.earlier_value) as earlier_total,
    sum(judged_pairs.value) / sum(judged_pairs.earlier_value) as total_ratio
from judged_pairs
join marts.bridge_territory_structure as bridge
    on bridge.campaign = getvariable('campaign') and bridge.structure_id = judged_pairs.structure_id
join publications using (territory_id)
where not publications.is_national
group by all
having count(*) >= threshold('drift_min_pairs')
order by publications.territory_id, judged_pairs.structure_type, judged_pairs.variable
