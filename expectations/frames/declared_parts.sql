-- whole × structure type: declared parts against the declared whole, over the structures that gave the whole and every
-- part (euros, FTE or persons), gap in percent of the whole.
with wholes as (
    select
        whole,
        structure_type,
        label_fr,
        unnest(list_prepend(whole, string_split(parts, '|'))) as variable,
        1 + len(string_split(parts, '|')) as members
    from settings.wholes
    where getvariable('campaign') between coalesce(cast(campaign_from as integer), getvariable('campaign'))
        and coalesce(cast(campaign_to as integer), getvariable('campaign'))
),

answered as (
    select
        wholes.label_fr,
        wholes.structure_type,
        wholes.whole,
        measures.structure_id,
        max(measures.value) filter (where wholes.variable = wholes.whole) as whole_value,
        sum(measures.value) filter (where wholes.variable <> wholes.whole) as parts_value,
        count(*) = any_value(wholes.members) as is_complete
    from wholes
    join measures
        on measures.structure_type = wholes.structure_type
        and measures.variable = wholes.variable
        and measures.campaign = getvariable('campaign')
    group by wholes.label_fr, wholes.structure_type, wholes.whole, measures.structure_id
)

select
    label_fr,
    structure_type,
    whole,
    count(*) as structures,
    sum(whole_value) as whole_total,
    sum(parts_value) as parts_total,
    100 * abs(sum(parts_value) - sum(whole_value)) / sum(whole_value) as gap_pct
from answered
where is_complete
group by label_fr, structure_type, whole
having sum(whole_value) > 0
order by label_fr, structure_type
