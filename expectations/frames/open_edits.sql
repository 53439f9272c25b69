-- structure × numeric variable with an open edit: weight of the structure's value in the national total of its type
-- (percent), and the rules that are open. Edits on text and choices weigh on no total: `edit_load` counts them.
with totals as (
    select variable, structure_type, sum(abs(value)) as total
    from measures
    where campaign = getvariable('campaign')
    group by variable, structure_type
)

select
    edits.structure_id,
    edits.structure_type,
    edits.variable,
    coalesce(any_value(variables.label_fr), edits.variable) as label_fr,
    any_value(edits.sender) as sender,
    string_agg(distinct edits.rule, ', ' order by edits.rule) as rules,
    any_value(measures.value) as value,
    100 * any_value(abs(measures.value) / totals.total) as weight_pct
from intake.edits
join measures
    on measures.campaign = edits.campaign
    and measures.structure_id = edits.structure_id
    and measures.variable = edits.variable
join totals on totals.variable = measures.variable and totals.structure_type = measures.structure_type
left join registry.variables on variables.variable = edits.variable
where edits.campaign = getvariable('campaign') and edits.open and totals.total > 0
group by edits.structure_id, edits.structure_type, edits.variable
order by weight_pct desc, edits.structure_id, edits.variable
