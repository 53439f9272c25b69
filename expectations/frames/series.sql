-- indicator × structure type computed now and in the earlier campaign, whose variable was not asked in the same way (asked
-- then computed from others, or the reverse; another type; other choices): is the break declared?
with asked as (
    select distinct campaign, structure_type, variable, type, coalesce(choices, '') as choices from registry.questions
),

used_in_both as (
    select
        here.structure_type,
        here.indicator,
        here.variable,
        earlier.campaign as earlier_campaign
    from used_columns as here
    join earlier on earlier.structure_type = here.structure_type
    join used_columns as past
        on past.campaign = earlier.campaign
        and past.structure_type = here.structure_type
        and past.indicator = here.indicator
        and past.variable = here.variable
    where here.campaign = getvariable('campaign')
),

changed as (
    select used_in_both.*
    from used_in_both
    left join asked as here
        on here.campaign = getvariable('campaign')
        and here.structure_type = used_in_both.structure_type
        and here.variable = used_in_both.variable
    left join asked as past
        on past.campaign = used_in_both.earlier_campaign
        and past.structure_type = used_in_both.structure_type
        and past.variable = used_in_both.variable
    join registry.wide_columns as columns on columns."column" = used_in_both.variable and columns.kind <> 'option'
    where (here.type is null) <> (past.type is null)
        or here.type <> past.type
        or here.choices <> past.choices
)

select
    changed.indicator,
    indicators.label_fr,
    changed.structure_type,
    string_agg(distinct changed.variable, ', ' order by changed.variable) as variables,
    cast(any_value(changed.earlier_campaign) as varchar) as earlier_campaign,
    cast(count(breaks.indicator) = 0 as integer) as undeclared
from changed
left join registry.indicators on indicators.indicator = changed.indicator
left join registry.breaks
    on breaks.indicator = changed.indicator
    and breaks.campaign > changed.earlier_campaign
    and breaks.campaign <= getvariable('campaign')
group by changed.indicator, indicators.label_fr, changed.structure_type
order by changed.indicator, changed.structure_type
