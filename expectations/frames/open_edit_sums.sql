-- numeric variable × structure type: what its open edits may move together, percent of the national sum.
select
    variable,
    structure_type,
    any_value(label_fr) as label_fr,
    count(*) as open_answers,
    sum(weight_pct) as weight_pct
from open_weights
group by variable, structure_type
order by weight_pct desc, variable, structure_type
