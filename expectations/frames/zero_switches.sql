-- watched variable × structure type: structures that pass from zero to something, or the reverse, among those that gave
-- an answer in both campaigns (percent). Hidiroglou-Berthelot says nothing of them: a ratio to zero has no meaning.
select
    watched.variable,
    watched.label_fr,
    pairs.structure_type,
    count(*) as pair_count,
    count(*) filter (where pairs.value = 0 and pairs.earlier_value > 0) as to_zero,
    count(*) filter (where pairs.value > 0 and pairs.earlier_value = 0) as from_zero,
    100.0 * count(*) filter (where (pairs.value = 0) <> (pairs.earlier_value = 0)) / count(*) as switched_pct
from pairs
join watched using (variable)
group by watched.variable, watched.label_fr, pairs.structure_type
having count(*) >= threshold('drift_min_pairs')
order by pairs.structure_type, watched.variable
