-- sender × numeric variable × structure type: median of the sender's answers against that of the same structures in the
-- earlier campaign or, for want of enough of them, against the earlier national median. Ratio >= 1.
with sent as (
    select
        centres.sender,
        measures.variable,
        measures.structure_type,
        median(abs(measures.value)) as median_value,
        count(*) as answers
    from measures
    join marts.fct_centres as centres
        on centres.campaign = measures.campaign and centres.structure_id = measures.structure_id
    where measures.campaign = getvariable('campaign')
    group by all
    having count(*) >= threshold('sender_min_answers')
),

matched as (
    select
        sender,
        variable,
        structure_type,
        median(abs(value)) as median_value,
        median(abs(earlier_value)) as earlier_median
    from pairs
    group by all
    having count(*) >= threshold('sender_min_answers')
),

nation as (
    select measures.variable, measures.structure_type, median(abs(measures.value)) as earlier_median
    from measures
    join earlier on earlier.campaign = measures.campaign and earlier.structure_type = measures.structure_type
    group by all
    having count(*) >= threshold('swap_min_answers')
)

select
    sent.sender,
    sent.variable,
    coalesce(variables.label_fr, sent.variable) as label_fr,
    sent.structure_type,
    sent.answers,
    case when matched.sender is not null then matched.median_value else sent.median_value end as sender_median,
    coalesce(matched.earlier_median, nation.earlier_median) as reference_median,
    greatest(sender_median / reference_median, reference_median / sender_median) as medians_ratio
from sent
left join matched using (sender, variable, structure_type)
left join nation using (variable, structure_type)
left join registry.variables on variables.variable = sent.variable
where sender_median > 0 and reference_median > 0
order by sent.sender, sent.structure_type, sent.variable
