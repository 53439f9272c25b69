-- manager × pair of its structures of one type: share of the numeric answers that both gave, zero left out, that are
-- the same (percent). Two centres have no reason to have the same budget, staff and volunteers to the unit.
with answered as (
    select structures.manager_siren, structures.structure_id, structures.structure_type, measures.variable, measures.value
    from marts.dim_structure as structures
    join measures on measures.campaign = structures.campaign and measures.structure_id = structures.structure_id
    where structures.campaign = getvariable('campaign')
        and coalesce(structures.manager_siren, '') <> ''
        and measures.value <> 0
)

select
    one.manager_siren,
    one.structure_type,
    one.structure_id,
    other.structure_id as other_id,
    count(*) as shared_questions,
    count(*) filter (where one.value = other.value) as same_answers,
    100.0 * count(*) filter (where one.value = other.value) / count(*) as same_pct
from answered as one
join answered as other
    on other.manager_siren = one.manager_siren
    and other.structure_type = one.structure_type
    and other.variable = one.variable
    and other.structure_id > one.structure_id
group by all
having count(*) >= threshold('duplicate_min_answers')
order by same_pct desc, one.manager_siren, one.structure_id, other.structure_id
