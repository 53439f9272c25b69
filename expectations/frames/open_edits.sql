-- structure × numeric variable with an open edit: by how much it may move the national sum of its type (percent).
select structure_id, structure_type, variable, label_fr, sender, rules, value, earlier_value, weight_pct
from open_weights
order by weight_pct desc, structure_id, variable
