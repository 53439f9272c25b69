-- territory × structure type × fault: figures that have it. Each fault has its column, zero on the rows of the others.
-- n_excess: more respondents than structures; share_outside: a part below zero or above its whole; not_a_number.
select
    publications.territory_id,
    publications.name as territory,
    faults.structure_type,
    faults.fault,
    faults.figures,
    case when faults.fault = 'n_excess' then faults.faulty else 0 end as n_excess,
    case when faults.fault = 'share_outside' then faults.faulty else 0 end as share_outside,
    case when faults.fault = 'not_a_number' then faults.faulty else 0 end as not_a_number
from (
    select
        territory_id,
        structure_type,
        unnest(['n_excess', 'share_outside', 'not_a_number']) as fault,
        count(*) as figures,
        unnest([
            count(*) filter (where n_excess), count(*) filter (where share_outside), count(*) filter (where not_a_number)
        ]) as faulty
    from bounded_figures
    group by territory_id, structure_type
) as faults
left join publications using (territory_id)
order by publications.level_order, territory_id, faults.structure_type, faults.fault
