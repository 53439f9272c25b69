-- territory × structure type × fault: figures that have it. Each fault has its column, zero on the rows of the others.
-- n_excess: more respondents than structures; share_outside: a part below zero or above its whole; not_a_number;
-- miscomputed: the value is not what numerator and denominator give; unknown: not asked for by the registry, or of no
-- territory of the campaign; repeated: the same figure twice.
with counted as (
    select
        territory_id,
        structure_type,
        count(*) as figures,
        count(*) filter (where n_excess) as n_excess,
        count(*) filter (where share_outside) as share_outside,
        count(*) filter (where not_a_number) as not_a_number,
        count(*) filter (where miscomputed) as miscomputed,
        count(*) filter (where unknown) as unknown,
        count(*) filter (where repeated) as repeated
    from bounded_figures
    group by territory_id, structure_type
),

faults as (
    select unnest(['n_excess', 'share_outside', 'not_a_number', 'miscomputed', 'unknown', 'repeated']) as fault
)

select
    counted.territory_id,
    coalesce(publications.name, counted.territory_id) as territory,
    counted.structure_type,
    faults.fault,
    counted.figures,
    case when faults.fault = 'n_excess' then counted.n_excess else 0 end as n_excess,
    case when faults.fault = 'share_outside' then counted.share_outside else 0 end as share_outside,
    case when faults.fault = 'not_a_number' then counted.not_a_number else 0 end as not_a_number,
    case when faults.fault = 'miscomputed' then counted.miscomputed else 0 end as miscomputed,
    case when faults.fault = 'unknown' then counted.unknown else 0 end as unknown,
    case when faults.fault = 'repeated' then counted.repeated else 0 end as repeated
from counted
cross join faults
left join publications using (territory_id)
order by publications.level_order, counted.territory_id, counted.structure_type, faults.fault
