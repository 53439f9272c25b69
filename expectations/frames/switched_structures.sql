-- Behind the switches: structure × watched variable that passes from zero to something, or the reverse.
select
    pairs.variable, watched.label_fr, pairs.structure_type, pairs.structure_id, pairs.sender, pairs.value,
    pairs.earlier_value
from pairs
join watched using (variable)
where (pairs.value = 0 and pairs.earlier_value > 0) or (pairs.value > 0 and pairs.earlier_value = 0)
order by pairs.variable, pairs.structure_type, greatest(pairs.value, pairs.earlier_value) desc, pairs.structure_id
