-- question asked × structure type: share of the respondents with a usable answer (percent), text questions left out.
-- The rate stands in one of two columns, the other one being 100: questions that are required, and those that are not.
with asked as (
    select
        variable,
        structure_type,
        any_value(question_label_fr) as question_label_fr,
        bool_or(required) as required
    from registry.questions
    where campaign = getvariable('campaign') and type <> 'text'
    group by variable, structure_type
)

select
    asked.variable,
    asked.question_label_fr,
    asked.structure_type,
    item_counts.respondents,
    item_counts.answered,
    case when asked.required then 100.0 * item_counts.answered / item_counts.respondents else 100 end as required_rate_pct,
    case when asked.required then 100 else 100.0 * item_counts.answered / item_counts.respondents end as optional_rate_pct
from asked
join item_counts using (variable, structure_type)
order by asked.structure_type, asked.variable
