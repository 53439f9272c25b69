-- territory: the largest gap between a figure printed for all types together and the sum over the types.
select
    type_gaps.territory_id,
    publications.name as territory,
    count(*) as figures,
    max(type_gaps.gap_relative) as gap_relative
from type_gaps
left join publications using (territory_id)
group by type_gaps.territory_id, publications.name
order by type_gaps.territory_id
