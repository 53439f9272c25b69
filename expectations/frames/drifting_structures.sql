-- Behind the drift: structure × watched variable whose change stands out.
select variable, label_fr, structure_type, structure_id, sender, value, earlier_value, ratio
from judged_pairs
where flagged
order by variable, structure_type, greatest(ratio, 1 / ratio) desc, structure_id
