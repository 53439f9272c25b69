-- open_weights: structure × numeric variable with an open edit, where a published figure rests on that variable: by how
-- much (percent) the national sum of its type may move once the edit is settled. That is the whole answer, or its
-- distance to what the structure answered in the earlier campaign when that is more (an amount a thousand times too low).
-- A mean moves as its sum does. Edits on text and choices weigh on no sum: `edit_load` counts them.
create table open_weights as
with opened as (
    select
        structure_id,
        structure_type,
        variable,
        any_value(sender) as sender,
        string_agg(distinct rule, ', ' order by rule) as rules
    from intake.edits
    where campaign = getvariable('campaign') and open
    group by structure_id, structure_type, variable
),

-- A column may reach a figure through a derived one.
published as (
    select distinct structure_type, variable from used_columns where campaign = getvariable('campaign')
    union
    select used_columns.structure_type, sources.variable
    from used_columns
    join (
        select "column" as derived, unnest(regexp_extract_all(expression, '[a-z_0-9]+')) as variable
        from registry.wide_columns
        where kind = 'derived'
    ) as sources on sources.derived = used_columns.variable
    where used_columns.campaign = getvariable('campaign')
),

totals as (
    select variable, structure_type, sum(abs(value)) as total
    from measures
    where campaign = getvariable('campaign')
    group by variable, structure_type
)

select
    opened.*,
    coalesce(variables.label_fr, opened.variable) as label_fr,
    measures.value,
    pairs.earlier_value,
    100 * greatest(abs(measures.value), coalesce(abs(measures.value - pairs.earlier_value), 0)) / totals.total
        as weight_pct
from opened
join published using (structure_type, variable)
join measures
    on measures.campaign = getvariable('campaign')
    and measures.structure_id = opened.structure_id
    and measures.variable = opened.variable
join totals on totals.variable = opened.variable and totals.structure_type = opened.structure_type
left join pairs on pairs.structure_id = opened.structure_id and pairs.variable = opened.variable
left join registry.variables on variables.variable = opened.variable
where totals.total > 0;
